import type { Table } from '../../contracts/table.js';
import { groupBy } from '../../learning/group-by.js';
import { textColumn, timestampColumn } from '../../learning/table.js';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';

export { DAY_MS };

/** Milliseconds in a twelfth of a Julian year, used as the month of windows so that all windows have the same length. */
export const MONTH_MS = (365.25 / 12) * DAY_MS;

/** A half-open interval of time in milliseconds: `since` ≤ t < `before`. */
export interface Span {
  readonly since: number;
  readonly before: number;
}

/** All times strictly before `asOf`. */
export const before = (asOf: number): Span => ({ since: -Infinity, before: asOf });
/** The last `months` months strictly before `asOf`. */
export const lastMonths = (asOf: number, months: number): Span => ({ since: asOf - months * MONTH_MS, before: asOf });
/** The last `days` days strictly before `asOf`. */
export const lastDays = (asOf: number, days: number): Span => ({ since: asOf - days * DAY_MS, before: asOf });

/** Rows of a table by entity, sorted by time. A visit takes a binary search and one call for each row in the span. */
export interface EventIndex {
  /** Calls `each` for the entity's rows in the span, in order of time, equal times in row order. */
  visit(entityId: string, span: Span, each: (row: number, time: number) => void): void;
  /** Time of the entity's first event if it is before `asOf`, else NaN. */
  firstBefore(entityId: string, asOf: number): number;
}

const empty: EventIndex = { visit: () => undefined, firstBefore: () => Number.NaN };

/** First position of the ascending `times` whose value is not below `bound`, or their length. O(log n). */
export function lowerBound(times: ArrayLike<number>, bound: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One entity's row numbers in order of time, with their times; both (n,). */
interface EntityEvents {
  readonly rows: readonly number[];
  readonly times: Float64Array;
}

function sortedByTime(rows: readonly number[], times: Float64Array): EntityEvents {
  const sorted = [...rows].sort((a, b) => times[a]! - times[b]!);
  return { rows: sorted, times: Float64Array.from(sorted, (row) => times[row]!) };
}

/**
 * Indexes a table by entity and time. Rows without entity or time are left out; an absent table counts as empty.
 * O(n log n) time, two numbers a row of memory.
 * @throws PipelineError `MISSING_COLUMN`.
 */
export function indexEvents(table: Table | undefined, entityColumn: string, timeColumn: string): EventIndex {
  if (table === undefined) return empty;
  const allTimes = timestampColumn(table, timeColumn);
  const entities = textColumn(table, entityColumn);
  const groups = groupBy(allTimes.keys(), (row) => (Number.isNaN(allTimes[row]) ? null : (entities[row] ?? null)));
  const byEntity = new Map(Array.from(groups, ([entity, rows]) => [entity, sortedByTime(rows, allTimes)]));
  return {
    visit(entityId, span, each) {
      const events = byEntity.get(entityId);
      if (events === undefined) return;
      const { rows, times } = events;
      for (let i = lowerBound(times, span.since); i < rows.length && times[i]! < span.before; i++)
        each(rows[i]!, times[i]!);
    },
    firstBefore(entityId, asOf) {
      const first = byEntity.get(entityId)?.times[0];
      return first === undefined || first >= asOf ? Number.NaN : first;
    },
  };
}
