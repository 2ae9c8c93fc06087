import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSpec } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import { populationStability } from '../../learning/evaluation/drift/population-stability.js';
import { parquetRows, quoteName } from '../snapshots/duckdb.js';

/** How far the values of one column have moved from one snapshot to another. */
export interface ColumnDrift {
  readonly table: string;
  readonly column: string;
  /** What is compared: values in tenths of the former ones, categories, or lengths of texts in tenths. */
  readonly of: 'values' | 'categories' | 'lengths';
  /** Population stability index over these bands and the missing values; see `populationStability`. */
  readonly psi: number;
  /** (mean after − mean before) / pooled standard deviation; null for categories and where nothing varies. */
  readonly standardisedDifference: number | null;
  /** Shares from 0 to 1. */
  readonly missing: { readonly before: number; readonly after: number };
  /** Names from the column's documented list; those of other texts are data and are not named. */
  readonly newCategories: readonly string[];
  readonly goneCategories: readonly string[];
}

/** Parquet files of the same table in two snapshots. */
export interface ComparedFiles {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Bands that numbers and lengths are counted in. */
const BANDS = 10;

const isKey = ({ name, unique }: ColumnSpec, { foreignKeys }: TableSpec): boolean =>
  unique === true || Object.hasOwn(foreignKeys, name) || name === 'id' || name.endsWith('_id');

/**
 * Columns whose distribution says something: keys differ in every row, and moments move with time.
 * @param columns - names that both snapshots have.
 */
export const comparedColumns = (spec: TableSpec, columns: ReadonlySet<string>): readonly ColumnSpec[] =>
  spec.columns.filter((column) => columns.has(column.name) && column.type !== 'timestamp' && !isKey(column, spec));

/** Distribution changes of some columns of one table, in their order; [] when one side has no rows. */
export async function columnDrifts(
  connection: DuckDBConnection,
  {
    spec,
    columns,
    files,
  }: { readonly spec: TableSpec; readonly columns: readonly ColumnSpec[]; readonly files: ComparedFiles },
): Promise<ColumnDrift[]> {
  if (files.before.length === 0 || files.after.length === 0) return [];
  const drifts: ColumnDrift[] = [];
  for (const column of columns) {
    const drift = await (column.type === 'category' ? categoryDrift : bandDrift)(connection, column, files);
    if (drift !== null) drifts.push({ table: spec.name, column: column.name, ...drift });
  }
  return drifts;
}

type Drift = Omit<ColumnDrift, 'table' | 'column'>;

/** Rows by text; null = missing. */
async function countValues(
  connection: DuckDBConnection,
  expression: string,
  paths: readonly string[],
): Promise<Map<string | null, number>> {
  const sql = `select (${expression})::varchar, count(*)::double from ${parquetRows(paths)} group by 1`;
  const rows = (await connection.runAndReadAll(sql)).getRowsJS();
  return new Map(rows.map(([value, rows]) => [value as string | null, Number(rows)]));
}

const total = (counts: ReadonlyMap<unknown, number>): number =>
  [...counts.values()].reduce((sum, rows) => sum + rows, 0);
const missingShare = (counts: ReadonlyMap<string | null, number>): number => (counts.get(null) ?? 0) / total(counts);

/** PSI over all values of both sides; null when one side has no rows. */
function stabilityOf(
  before: ReadonlyMap<string | null, number>,
  after: ReadonlyMap<string | null, number>,
): number | null {
  if (total(before) === 0 || total(after) === 0) return null;
  const values = [...new Set([...before.keys(), ...after.keys()])];
  const countsOf = (counts: ReadonlyMap<string | null, number>) => values.map((value) => counts.get(value) ?? 0);
  return populationStability(countsOf(before), countsOf(after));
}

async function categoryDrift(
  connection: DuckDBConnection,
  { name, categories = [] }: ColumnSpec,
  files: ComparedFiles,
): Promise<Drift | null> {
  const before = await countValues(connection, quoteName(name), files.before);
  const after = await countValues(connection, quoteName(name), files.after);
  const psi = stabilityOf(before, after);
  if (psi === null) return null;
  const only = (these: ReadonlyMap<string | null, number>, others: ReadonlyMap<string | null, number>): string[] =>
    categories.filter((value) => these.has(value) && !others.has(value));
  return {
    of: 'categories',
    psi,
    standardisedDifference: null,
    missing: { before: missingShare(before), after: missingShare(after) },
    newCategories: only(after, before),
    goneCategories: only(before, after),
  };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

async function bandDrift(
  connection: DuckDBConnection,
  { name, type }: ColumnSpec,
  files: ComparedFiles,
): Promise<Drift | null> {
  const isText = type === 'text';
  const value = isText ? `length(${quoteName(name)})` : quoteName(name);
  const edges = await bandEdges(connection, value, files.before);
  const band = edges.map((edge) => `(${value} > ${edge}::double)::integer`).join(' + ');
  // Comparisons with null are null, so that missing values are a band of their own.
  const expression = edges.length === 0 ? `${value} * 0` : band;
  const before = await countValues(connection, expression, files.before);
  const after = await countValues(connection, expression, files.after);
  const psi = stabilityOf(before, after);
  if (psi === null) return null;
  return {
    of: isText ? 'lengths' : 'values',
    psi,
    standardisedDifference: standardised(
      await momentsOf(connection, value, files.before),
      await momentsOf(connection, value, files.after),
    ),
    missing: { before: missingShare(before), after: missingShare(after) },
    newCategories: [],
    goneCategories: [],
  };
}

/** Bounds between tenths of the finite values, ascending and without repetition. */
async function bandEdges(
  connection: DuckDBConnection,
  value: string,
  paths: readonly string[],
): Promise<readonly number[]> {
  const shares = Array.from({ length: BANDS - 1 }, (_, index) => (index + 1) / BANDS);
  const sql = `select unnest(quantile_cont(v, [${shares.join(', ')}])) from (
    select (${value})::double as v from ${parquetRows(paths)}) where isfinite(v)`;
  const rows = (await connection.runAndReadAll(sql)).getRowsJS();
  return [...new Set(rows.map(([edge]) => Number(edge)))].filter(Number.isFinite);
}

/** Of the finite values. */
async function momentsOf(connection: DuckDBConnection, value: string, paths: readonly string[]): Promise<Moments> {
  const sql = `select avg(v), var_samp(v) from (
    select (${value})::double as v from ${parquetRows(paths)}) where isfinite(v)`;
  const [[mean, variance] = []] = (await connection.runAndReadAll(sql)).getRowsJS();
  const asNumber = (found: unknown): number => (typeof found === 'number' ? found : Number.NaN);
  return { mean: asNumber(mean), variance: asNumber(variance) };
}

/** Cohen's d with the mean of both variances; null where it is not defined. */
function standardised(before: Moments, after: Moments): number | null {
  const difference = after.mean - before.mean;
  const deviation = Math.sqrt((before.variance + after.variance) / 2);
  if (difference === 0) return 0;
  const size = difference / deviation;
  return Number.isFinite(size) ? size : null;
}
