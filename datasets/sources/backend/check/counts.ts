import type { TableSpec } from '../../../../contracts/backend.js';
import type { ColumnSpec } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { DAY_MS } from '../../../../learning/time-series/calendar/index.js';
import { EXAMPLE_ZONE } from '../column-types.js';
import type { SourceFinding } from './finding.js';

/** Rows of one category column by value. */
export interface CategoryCounts {
  readonly column: string;
  /** Rows of each value of the closed list that occurs. */
  readonly known: Readonly<Record<string, number>>;
  /** Rows of values outside the list; only frequent short ones are named, since any text may stand here. */
  readonly unlisted: Readonly<Record<string, number>>;
  /** Rows with another value outside the list. */
  readonly otherRows: number;
  readonly nullRows: number;
}

/** A value outside the list is named when at least so many rows have it, and as many values at most. */
const NAMED_ROWS = 5;
const NAMED_VALUES = 20;
const NAMED_CHARACTERS = 40;

const textValues = (table: Table, name: string): readonly (string | null)[] => {
  const column = table.columns[name];
  return column?.kind === 'text' ? column.values : [];
};

function tally(values: readonly (string | null)[]): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Counts a category column. @param column - with its closed list. */
export function countCategory(column: ColumnSpec, table: Table): CategoryCounts {
  const listed = new Set(column.categories);
  const counts = [...tally(textValues(table, column.name))].sort((a, b) => b[1] - a[1]);
  const present = counts.filter((entry): entry is [string, number] => entry[0] !== null);
  const unlisted = present.filter(([value]) => !listed.has(value));
  const named = unlisted
    .filter(([value, rows]) => rows >= NAMED_ROWS && value.length <= NAMED_CHARACTERS)
    .slice(0, NAMED_VALUES);
  const rowsOf = (entries: readonly (readonly [string, number])[]): number =>
    entries.reduce((total, [, rows]) => total + rows, 0);
  return {
    column: column.name,
    known: Object.fromEntries(present.filter(([value]) => listed.has(value))),
    unlisted: Object.fromEntries(named),
    otherRows: rowsOf(unlisted) - rowsOf(named),
    nullRows: counts.find(([value]) => value === null)?.[1] ?? 0,
  };
}

/** Counts every category column of a table. */
export const countCategories = ({ columns }: TableSpec, table: Table): readonly CategoryCounts[] =>
  columns.filter(({ categories }) => categories !== undefined).map((column) => countCategory(column, table));

/** The expression that maps the values found to those of the list. */
export function mappingOf({ column, unlisted }: CategoryCounts, { categories = [], nullable }: ColumnSpec): string {
  const words = Object.keys(unlisted).map((value) => value.replaceAll("'", "''"));
  const cases = (words.length === 0 ? ['<your word>'] : words).map((word) => `when '${word}' then '<listed value>'`);
  const rest = nullable !== true && categories.includes('other') ? `'other'` : column;
  return `case ${column} ${cases.join(' ')} else ${rest} end as ${column}`;
}

/** Fewer rows say nothing about the times of day. */
const FEWEST_TIMES = 50;
const SAME_TIME_SHARE = 0.95;

/** The most frequent time of the day and its share; null without times. */
function commonTimeOfDay(times: Float64Array): { readonly clock: string; readonly share: number } | null {
  const counts = new Map<number, number>();
  for (const time of times) {
    const minute = Math.floor((((time % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  const [top] = [...counts].sort((a, b) => b[1] - a[1]);
  if (top === undefined) return null;
  const [minute, rows] = top;
  const two = (value: number): string => String(value).padStart(2, '0');
  return { clock: `${two(Math.floor(minute / 60))}:${two(minute % 60)}`, share: rows / times.length };
}

/** Dates in place of moments: hours and nights cannot be learned, and midnight may be that of another zone. */
export function timeOfDayFinding(spec: TableSpec, table: Table): SourceFinding | null {
  const column = spec.eventTime === null ? undefined : table.columns[spec.eventTime];
  if (column?.kind !== 'timestamp' || column.values.length < FEWEST_TIMES) return null;
  const common = commonTimeOfDay(column.values);
  if (common === null || common.share < SAME_TIME_SHARE) return null;
  return {
    table: `backend.${spec.name}`,
    column: spec.eventTime,
    severity: 'warning',
    found: `${Math.round(100 * common.share)} % of the rows are at ${common.clock} UTC`,
    wanted: 'moments with their time of day, or midnight in the zone of your customers',
    remedy: `<your date>::timestamp at time zone '${EXAMPLE_ZONE}' as ${spec.eventTime}`,
  };
}
