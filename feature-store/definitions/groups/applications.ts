import { textsOf, timesOf } from '../columns.js';
import { before, DAY_MS, indexEvents, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';

interface Applications {
  readonly agesMonths: number[];
  declined: number;
  lastAt: number;
}

/**
 * True if a snapshot at `asOf` would not contain the row: an application is extracted once it is decided, because its
 * decision is not nullable. Counting it earlier would give training a value that serving never has.
 */
const isUndecided = (decidedAt: number, asOf: number): boolean => decidedAt >= asOf;

/** Earlier credit applications by window, and declines. */
export const applications = defineGroup({
  columns: { credit_applications: ['user_id', 'applied_at', 'decided_at', 'decision'] },
  fields: {
    applications3Months: { unit: 'count', description: 'Earlier credit applications decided by then, last 3 months.' },
    applications6Months: { unit: 'count', description: 'Earlier credit applications decided by then, last 6 months.' },
    applications12Months: {
      unit: 'count',
      description: 'Earlier credit applications decided by then, last 12 months.',
    },
    declinedApplications: { unit: 'count', description: 'Earlier applications declined by then.' },
    daysSinceLastApplication: { unit: 'days', description: 'Since the last earlier application that was decided.' },
  },
  prepare(tables) {
    const table = tables.credit_applications;
    const index = indexEvents(table, 'user_id', 'applied_at');
    const decision = textsOf(table, 'decision');
    const decidedAt = timesOf(table, 'decided_at');
    return (userId, asOf) => {
      const decided: Applications = { agesMonths: [], declined: 0, lastAt: Number.NaN };
      index.visit(userId, before(asOf), (row, appliedAt) => {
        if (isUndecided(decidedAt[row]!, asOf)) return;
        decided.agesMonths.push((asOf - appliedAt) / MONTH_MS);
        decided.lastAt = appliedAt;
        if (decision[row] === 'declined') decided.declined += 1;
      });
      const within = (months: number): number => decided.agesMonths.filter((age) => age <= months).length;
      return {
        applications3Months: within(3),
        applications6Months: within(6),
        applications12Months: within(12),
        declinedApplications: decided.declined,
        daysSinceLastApplication: (asOf - decided.lastAt) / DAY_MS,
      };
    };
  },
});
