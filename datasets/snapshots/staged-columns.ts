import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Column, StoredValues } from '../../contracts/table.js';
import { firstRow, parquetRows, quoteName } from './duckdb.js';

/** Rows in one DuckDB vector, the unit of every transfer. */
const VECTOR_ROWS = 2048;

/** What DuckDB's vectors have beside their declared interface. */
export interface OpenVector {
  /** The memory of a vector of numbers. */
  readonly items: Float64Array | Int32Array;
  setItem(item: number, value: string | null): void;
  flush(): void;
}

/** One vector of a chunk. */
export const vectorOf = (chunk: DuckDBDataChunk, index: number): OpenVector =>
  chunk.getColumnVector(index) as unknown as OpenVector;

type Texts = readonly (string | null)[];
type Values = Float64Array | Int32Array | Texts;

const isTexts = (values: Values): values is Texts => Array.isArray(values);

function typeOf(values: Values): DuckDBType {
  if (isTexts(values)) return VARCHAR;
  return values instanceof Int32Array ? INTEGER : DOUBLE;
}

/** Rows `start` ≤ row < `end` of one column. */
interface Slice {
  readonly values: Values;
  readonly start: number;
  readonly end: number;
}

/** Numbers are copied as a whole, a missing one as NaN: marking each as valid or not would cost more than all else. */
function fillVector(vector: OpenVector, { values, start, end }: Slice): void {
  if (isTexts(values)) for (let i = start; i < end; i++) vector.setItem(i - start, values[i]!);
  else vector.items.set(values.subarray(start, end));
  vector.flush();
}

/** Creates a temporary table with columns `c0`, `c1` … and fills it. @param columns - of equal length. */
async function stage(connection: DuckDBConnection, name: string, columns: readonly Values[]): Promise<void> {
  const types = columns.map(typeOf);
  await connection.run(`create temp table ${name} (${types.map((type, i) => `c${i} ${type.toString()}`).join(', ')})`);
  const appender = await connection.createAppender(name, null, 'temp');
  const rows = columns[0]?.length ?? 0;
  for (let start = 0; start < rows; start += VECTOR_ROWS) {
    const end = Math.min(rows, start + VECTOR_ROWS);
    const chunk = DuckDBDataChunk.create(types, end - start);
    columns.forEach((values, index) => fillVector(vectorOf(chunk, index), { values, start, end }));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Distinct texts in a variable of the connection, as a list. */
async function stageWords(connection: DuckDBConnection, name: string, words: readonly string[]): Promise<void> {
  await stage(connection, name, [Int32Array.from(words.keys()), words]);
  await connection.run(`set variable ${name} = (select coalesce(list(c1 order by c0), []) from ${name})`);
}

/** Columns that lie in the same rows of the same files. */
interface StoredGroup {
  readonly place: StoredValues;
  readonly names: string[];
}

const isSamePlace = (a: StoredValues, b: StoredValues): boolean =>
  a.paths.length === b.paths.length &&
  a.paths.every((path, i) => path === b.paths[i]) &&
  (a.rows === b.rows || (a.rows.length === b.rows.length && a.rows.every((row, i) => row === b.rows[i])));

/** The chosen rows of stored columns, in their order. A join by row number would not keep it. */
async function storedSource(connection: DuckDBConnection, group: StoredGroup, index: number): Promise<string> {
  const { place, names } = group;
  const columns = names.map((name, i) => `${quoteName(name)} as s${index}_${i}`).join(', ');
  const files = `(select ${columns} from ${parquetRows(place.paths)})`;
  const [count] = await firstRow<[number]>(connection, `select count(*)::integer from ${files}`);
  const kept = new Int32Array(count);
  for (const row of place.rows) kept[row] = 1;
  await stage(connection, `kept${index}`, [kept]);
  return `(select * exclude (c0) from ${files} positional join kept${index} where c0 = 1)`;
}

/** The SQL of staged columns: `from`, and an expression for each column in order. */
export interface StagedColumns {
  readonly from: string;
  readonly expressions: readonly string[];
}

/** What is staged of a column: its values, or the codes of encoded texts; stored columns are read from their files. */
const stagedValues = (column: Column): Values | null => {
  if (column.kind !== 'text') return column.values;
  if (column.encoded !== undefined) return column.encoded.codes;
  return column.stored === undefined ? column.values : null;
};

/**
 * Puts columns of equal length where SQL can read them, in their order. Encoded texts are transferred as codes and
 * looked up in a list, which costs a fifth of transferring them one by one; stored ones are not transferred at all.
 */
export async function stageColumns(
  connection: DuckDBConnection,
  columns: readonly Column[],
  rowCount: number,
): Promise<StagedColumns> {
  const staged: Values[] = [];
  const groups: StoredGroup[] = [];
  const expressions: string[] = [];
  for (const [i, column] of columns.entries()) {
    const values = stagedValues(column);
    if (values === null && column.kind === 'text') expressions.push(storedColumn(groups, column.stored!));
    else expressions.push(await stagedColumn(connection, column, i, staged.push(values!) - 1));
  }
  // Without a staged column there would be no table whose rows the stored ones stand beside.
  if (staged.length === 0) staged.push(new Int32Array(rowCount));
  await stage(connection, 'staged', staged);
  const sources = ['staged'];
  for (const [index, group] of groups.entries()) sources.push(await storedSource(connection, group, index));
  return { from: sources.join(' positional join '), expressions };
}

function storedColumn(groups: StoredGroup[], place: StoredValues): string {
  let index = groups.findIndex((group) => isSamePlace(group.place, place));
  if (index < 0) index = groups.push({ place, names: [] }) - 1;
  return `s${index}_${groups[index]!.names.push(place.name) - 1}`;
}

async function stagedColumn(
  connection: DuckDBConnection,
  column: Column,
  index: number,
  position: number,
): Promise<string> {
  if (column.kind !== 'text' || column.encoded === undefined) return `staged.c${position}`;
  await stageWords(connection, `words${index}`, column.encoded.words);
  return `list_extract(getvariable('words${index}'), staged.c${position} + 1)`;
}
