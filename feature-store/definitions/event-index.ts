import type { Table } from '../../contracts/table.js';
import { textColumn, timestampColumn } from '../../learning/table.js';

export const DAY_MS = 24 * 3600 * 1000;
/** A month of windows: a twelfth of a Julian year, so that every window is as long as every other. */
export const MONTH_MS = (365.25 / 12) * DAY_MS;

/** A half-open span of time in milliseconds: `since` ≤ t < `before`. */
export interface Span {
  readonly since: number;
  readonly before: number;
}

/** Everything strictly before a moment. */
export const before = (asOf: number): Span => ({ since: -Infinity, before: asOf });
/** The last `months` months strictly before a moment. */
export const lastMonths = (asOf: number, months: number): Span => ({ since: asOf - months * MONTH_MS, before: asOf });
export const lastDays = (asOf: number, days: number): Span => ({ since: asOf - days * DAY_MS, before: asOf });

/** Rows of a table by entity and time. Sorting happens once; a visit costs its rows and a binary search. */
export interface EventIndex {
  /** Calls back for each row of the entity in the span, in order of time, equal times in row order. */
  visit(entityId: string, span: Span, each: (row: number, time: number) => void): void;
  /** The entity's first event, or NaN when it has none before `asOf`. */
  firstBefore(entityId: string, asOf: number): number;
}

const empty: EventIndex = { visit: () => undefined, firstBefore: () => Number.NaN };

function rowsByEntity(entities: readonly (string | null)[], times: Float64Array): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (let row = 0; row < times.length; row++) {
    const entity = entities[row] ?? null;
    if (entity === null || Number.isNaN(times[row])) continue; // an event without owner or time belongs to no history
    const known = rows.get(entity);
    if (known === undefined) rows.set(entity, [row]);
    else known.push(row);
  }
  return rows;
}

/** First position in `rows` whose time is not below `bound`. */
function lowerBound(rows: readonly number[], times: Float64Array, bound: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[rows[middle]!]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Indexes a table; O(n log n) time, one number a row of memory. An absent table is an empty one.
 * @throws PipelineError `MISSING_COLUMN`.
 */
export function indexEvents(table: Table | undefined, entityColumn: string, timeColumn: string): EventIndex {
  if (table === undefined) return empty;
  const times = timestampColumn(table, timeColumn);
  const byEntity = rowsByEntity(textColumn(table, entityColumn), times);
  for (const rows of byEntity.values()) rows.sort((a, b) => times[a]! - times[b]!);
  return {
    visit(entityId, span, each) {
      const rows = byEntity.get(entityId) ?? [];
      for (let i = lowerBound(rows, times, span.since); i < rows.length; i++) {
        const row = rows[i]!;
        if (times[row]! >= span.before) return;
        each(row, times[row]!);
      }
    },
    firstBefore(entityId, asOf) {
      const first = byEntity.get(entityId)?.[0];
      return first === undefined || times[first]! >= asOf ? Number.NaN : times[first]!;
    },
  };
}
