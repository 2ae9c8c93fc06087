import { textsOf, timesOf } from '../columns.js';
import { before, DAY_MS, indexEvents, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';

interface Applications {
  readonly agesMonths: number[];
  declined: number;
  lastAt: number;
}

/**
 * A snapshot made then would not hold the row: an application is extracted once it is decided (its decision may not be
 * empty), so counting it earlier would give training what serving never sees.
 */
const isUndecided = (decidedAt: number, asOf: number): boolean => decidedAt >= asOf;

export const applications = defineGroup({
  tables: ['credit_applications'],
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
      const found: Applications = { agesMonths: [], declined: 0, lastAt: Number.NaN };
      index.visit(userId, before(asOf), (row, appliedAt) => {
        if (isUndecided(decidedAt[row]!, asOf)) return;
        found.agesMonths.push((asOf - appliedAt) / MONTH_MS);
        found.lastAt = appliedAt;
        if (decision[row] === 'declined') found.declined += 1;
      });
      const within = (months: number): number => found.agesMonths.filter((age) => age <= months).length;
      return {
        applications3Months: within(3),
        applications6Months: within(6),
        applications12Months: within(12),
        declinedApplications: found.declined,
        daysSinceLastApplication: (asOf - found.lastAt) / DAY_MS,
      };
    };
  },
});
