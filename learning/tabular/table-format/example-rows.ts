import { DAY_MS } from '../../time-series/calendar/index.js';
import type { TableColumn, TableSchema } from '../../../contracts/table-schema.js';
import { createRandom, type Random } from '../../numeric/random/index.js';

/** Rows beyond the fewest that a model needs, so that enough are learned from. */
const SPARE = 4;
/** Where numbers without bounds lie. */
const BOUNDS = { minimum: 0, maximum: 100 } as const;
const WORDS = ['first', 'second', 'third'] as const;
const FIRST_DAY = Date.UTC(2026, 0, 1);
/** Rows of one group. */
const GROUP_ROWS = 2;

function numberBetween({ minimum, maximum, kind }: TableColumn, random: Random): number {
  const low = minimum ?? Math.min(BOUNDS.minimum, maximum ?? 0);
  const high = maximum ?? Math.max(BOUNDS.maximum, low + BOUNDS.maximum);
  const value = low + random.uniform() * (high - low);
  return kind === 'integer' ? Math.min(Math.floor(value), high) : Math.round(100 * value) / 100;
}

/** An invented value of a column without a role. */
function valueOf(column: TableColumn, random: Random): string | number {
  const { kind, values = WORDS } = column;
  if (kind === 'flag') return random.integer(2);
  if (kind === 'category') return values[random.integer(values.length)]!;
  return numberBetween(column, random);
}

/** The value that is not `positive`. */
const otherThan = (positive: string, { values }: TableColumn): string =>
  values?.find((value) => value !== positive) ?? (positive === '0' ? '1' : '0');

interface Row {
  readonly index: number;
  readonly random: Random;
}

function labelOf(column: TableColumn, { positive }: TableSchema, { index }: Row): string | number {
  const isPositive = index % 3 === 0;
  if (positive === undefined) return isPositive ? 1 : 0;
  return isPositive ? positive : otherThan(positive, column);
}

function cellOf(column: TableColumn, schema: TableSchema, row: Row): string | number {
  const { name } = column;
  const { index, random } = row;
  if (name === schema.key) return column.kind === 'integer' ? index + 1 : `row-${index + 1}`;
  if (name === schema.label) return labelOf(column, schema, row);
  if (name === schema.time) return new Date(FIRST_DAY + index * DAY_MS).toISOString().slice(0, 10);
  if (name === schema.part) return Math.floor(index / GROUP_ROWS) % 4 === 0 ? 'test' : 'train';
  if (name === schema.group) return Math.floor(index / GROUP_ROWS) + 1;
  return valueOf(column, random);
}

/** Invented rows that fit a schema, enough to train from. The same seed gives the same rows. */
export function exampleRows(
  schema: TableSchema,
  { minimumRows }: { readonly minimumRows: number },
  seed: number,
): readonly Readonly<Record<string, unknown>>[] {
  const random = createRandom(seed);
  return Array.from({ length: SPARE * minimumRows }, (_, index) =>
    Object.fromEntries(schema.columns.map((column) => [column.name, cellOf(column, schema, { index, random })])),
  );
}
