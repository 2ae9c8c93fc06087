import type { EncodedValues, Table } from '../../contracts/table.js';
import { encodedColumn, timestampColumn } from '../../learning/table.js';
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

/** First position from `from` on, before `to`, of the ascending `times` with a value not below `bound`, or `to`. O(log n). */
export function lowerBound(times: ArrayLike<number>, bound: number, from = 0, to = times.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Row numbers by entity in order of time, with their times; those of entity k stand from `starts[k]` on. */
export interface SortedEvents {
  /** (entities + 1,) */
  readonly starts: Int32Array;
  /** (rows,) */
  readonly rows: Int32Array;
  /** (rows,) milliseconds */
  readonly times: Float64Array;
}

/** Where the rows of each entity begin when they stand together. @returns (entities + 1,) */
function startsOf({ codes, words }: EncodedValues, times: Float64Array): Int32Array {
  const starts = new Int32Array(words.length + 1);
  for (let row = 0; row < codes.length; row++)
    if (codes[row]! >= 0 && !Number.isNaN(times[row])) starts[codes[row]! + 1]! += 1;
  for (let k = 0; k < words.length; k++) starts[k + 1]! += starts[k]!;
  return starts;
}

function isAscending(rows: Int32Array, times: Float64Array): boolean {
  for (let i = 1; i < rows.length; i++) if (times[rows[i]!]! < times[rows[i - 1]!]!) return false;
  return true;
}

/**
 * The rows of each entity together, in order of time, equal times in row order; rows without an entity or a time are
 * left out. A counting sort, so that no row becomes an object. O(n log n) time.
 * @param times - (n,) milliseconds.
 */
export function sortByEntity(entities: EncodedValues, times: Float64Array): SortedEvents {
  const { codes, words } = entities;
  const starts = startsOf(entities, times);
  const rows = new Int32Array(starts[words.length]!);
  const next = starts.slice();
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code >= 0 && !Number.isNaN(times[row])) rows[next[code]!++] = row;
  }
  for (let k = 0; k < words.length; k++) {
    const own = rows.subarray(starts[k], starts[k + 1]);
    if (!isAscending(own, times)) own.sort((a, b) => times[a]! - times[b]! || a - b);
  }
  const sorted = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) sorted[i] = times[rows[i]!]!;
  return { starts, rows, times: sorted };
}

/**
 * Indexes a table by entity and time. Rows without entity or time are left out; an absent table counts as empty.
 * O(n log n) time, two numbers a row of memory.
 * @throws PipelineError `MISSING_COLUMN`.
 */
export function indexEvents(table: Table | undefined, entityColumn: string, timeColumn: string): EventIndex {
  if (table === undefined) return empty;
  const entities = encodedColumn(table, entityColumn);
  const { starts, rows, times } = sortByEntity(entities, timestampColumn(table, timeColumn));
  const positions = new Map(entities.words.map((word, position) => [word, position]));
  return {
    visit(entityId, span, each) {
      const entity = positions.get(entityId);
      if (entity === undefined) return;
      const to = starts[entity + 1]!;
      const first = lowerBound(times, span.since, starts[entity], to);
      for (let i = first; i < to && times[i]! < span.before; i++) each(rows[i]!, times[i]!);
    },
    firstBefore(entityId, asOf) {
      const entity = positions.get(entityId);
      if (entity === undefined || starts[entity] === starts[entity + 1]) return Number.NaN;
      const first = times[starts[entity]!]!;
      return first >= asOf ? Number.NaN : first;
    },
  };
}
