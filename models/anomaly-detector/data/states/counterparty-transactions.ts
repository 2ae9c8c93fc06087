import { z } from 'zod';
import type { EntityStateView } from '../../../../contracts/entity-state.js';
import { WEEKLY_TIME_TO_LIVE_SECONDS } from '../../../../contracts/feature-view.js';
import { DAY_MS } from '../../../../feature-store/definitions/event-index.js';
import { groupBy } from '../../../../learning/group-by.js';
import { COUNTERPARTY_DAYS, type PastTransaction } from '../../../../feature-store/definitions/transaction-context.js';
import type { CounterpartyPast } from '../../../../feature-store/definitions/transaction-timeline.js';
import { HOUR_MS } from '../../../../learning/time-series/calendar/index.js';
import { columnNames } from '../columns.js';
import { GRACE_DAYS, pastTransactions } from './read-rows.js';

/** A counterparty with more transactions than this keeps their hour only, which bounds its state. */
export const MOST_EXACT = 5_000;

/** Everybody's transactions with one counterparty in the longest window. */
const counterpartyState = z.strictObject({
  /** Moments, ascending: exact, or the beginning of the hour. */
  time: z.array(z.number()),
  /** (as `time`) Transactions at each moment. */
  count: z.array(z.int().positive()),
  /** Those that are known as misuse: when they were booked (as exact as `time`), ascending, and since when it is known. */
  misusedAt: z.array(z.number()),
  misuseKnownAt: z.array(z.number()),
});
export type CounterpartyState = z.infer<typeof counterpartyState>;

/** Distinct moments with their number of transactions. @param times - ascending. */
function runs(times: readonly number[]): Pick<CounterpartyState, 'time' | 'count'> {
  const time: number[] = [];
  const count: number[] = [];
  for (const moment of times)
    if (moment === time.at(-1)) count[count.length - 1]! += 1;
    else {
      time.push(moment);
      count.push(1);
    }
  return { time, count };
}

function stateOfCounterparty(recent: readonly PastTransaction[]): CounterpartyState {
  const resolution = recent.length > MOST_EXACT ? HOUR_MS : 1;
  const momentOf = ({ bookedAt }: PastTransaction): number => Math.floor(bookedAt / resolution) * resolution;
  const rows = [...recent].sort((a, b) => a.bookedAt - b.bookedAt);
  const misused = rows.filter(({ misuseKnownAt }) => !Number.isNaN(misuseKnownAt));
  return {
    ...runs(rows.map(momentOf)),
    misusedAt: misused.map(momentOf),
    misuseKnownAt: misused.map(({ misuseKnownAt }) => misuseKnownAt),
  };
}

/** A counterparty's recent transactions and known misuse; one without any has no state, as if it were unknown. */
export const counterpartyTransactions: EntityStateView<CounterpartyState> = {
  name: 'counterparty-transactions',
  version: 1,
  entity: 'counterparty',
  idColumn: columnNames.counterparty,
  timeColumn: columnNames.time,
  timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS,
  state: counterpartyState,
  *build({ table }, asOf) {
    const since = asOf - (COUNTERPARTY_DAYS + GRACE_DAYS) * DAY_MS;
    const recent = pastTransactions(table, asOf).filter(({ bookedAt }) => bookedAt >= since);
    const groups = groupBy(recent, ({ counterparty }) => counterparty);
    for (const [counterparty, rows] of groups) yield [counterparty, stateOfCounterparty(rows)];
  },
};

/** The past that a state holds, as the features read it. */
export function counterpartyPastOfState(state: CounterpartyState): CounterpartyPast {
  const before = new Float64Array(state.time.length + 1);
  state.count.forEach((count, i) => (before[i + 1] = before[i]! + count));
  return {
    time: Float64Array.from(state.time),
    before,
    misusedAt: Float64Array.from(state.misusedAt),
    misuseKnownAt: Float64Array.from(state.misuseKnownAt),
  };
}
