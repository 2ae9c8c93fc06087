import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '../../contracts/table.js';
import { firstColumn, firstRow, parquetRows, quoteName, quoteText } from './duckdb.js';

/** Rows of one query: a row group of the files that DuckDB writes. */
const BLOCK_ROWS = 122_880;
/** A column of a block with more bytes is read in halves: V8 holds no string of more than 512 MB. */
const MAX_BLOCK_BYTES = 64 * 2 ** 20;
/** Number of distinct texts in a column for which equal texts share one string in memory. */
const INTERNED_TEXTS = 20_000;
/** DuckDB's column with the number of a row in its file, which a file with a column of this name does not have. */
const ROW_NUMBER = 'file_row_number';
const SEPARATOR = '\u0001';
const MISSING = '\u0002';

/** Rows `from` ≤ row < `to` of one file. */
interface Block {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Texts of a block; undefined when they cannot be told apart in joined form. */
type JoinedTexts = readonly (string | null)[] | undefined;

const rowsOf = ({ path, from, to }: Block): string =>
  `${parquetRows([path], `${ROW_NUMBER} = true`)} ` + `where ${ROW_NUMBER} >= ${from} and ${ROW_NUMBER} < ${to}`;

/**
 * A column of a block joined to one text, which costs a tenth of fetching value by value; null when it is too long.
 * Beside it the number of its values, by which `split` sees whether a value contains a separator.
 */
const joinedColumn = (name: string): string =>
  `case when coalesce(sum(strlen(${name})), 0) > ${MAX_BLOCK_BYTES} then null ` +
  `else array_to_string(list(coalesce(${name}, ${quoteText(MISSING)})), ${quoteText(SEPARATOR)}) end, ` +
  `count(${name})::double`;

function split(joined: string, rows: number, present: number): JoinedTexts {
  const texts: (string | null)[] = joined.split(SEPARATOR);
  if (texts.length !== rows) return undefined;
  let missing = 0;
  for (let i = 0; i < rows; i++) {
    if (texts[i] !== MISSING) continue;
    texts[i] = null;
    missing += 1;
  }
  return missing === rows - present ? texts : undefined;
}

const fetchTexts = (connection: DuckDBConnection, name: string, from: string): Promise<(string | null)[]> =>
  firstColumn<string | null>(connection, `select ${name} from ${from}`);

/** Equal texts as one string object, up to a number of distinct ones: categories and ids of owners repeat often. */
class TextColumn {
  readonly values: (string | null)[];
  readonly #interned = new Map<string, string>();
  #seen = 0;
  #shared = 0;

  constructor(rowCount: number) {
    this.values = new Array<string | null>(rowCount).fill(null);
  }

  put(start: number, texts: readonly (string | null)[]): void {
    const repeats = this.#shared * 2 >= this.#seen; // a key's values never do
    for (let i = 0; i < texts.length; i++) this.values[start + i] = repeats ? this.#share(texts[i]!) : texts[i]!;
  }

  #share(text: string | null): string | null {
    if (text === null) return null;
    this.#seen += 1;
    const first = this.#interned.get(text);
    if (first !== undefined) {
      this.#shared += 1;
      return first;
    }
    if (this.#interned.size >= INTERNED_TEXTS) return text;
    const own = Buffer.from(text).toString(); // a copy: a part of the joined text would keep the whole of it in memory
    this.#interned.set(own, own);
    return own;
  }
}

/** A column's name in the file, and where its values go: into `column` from row `start` on. */
interface Target {
  readonly name: string;
  readonly column: TextColumn;
  readonly start: number;
}

async function readBlock(connection: DuckDBConnection, block: Block, { name, column, start }: Target): Promise<void> {
  const result = await connection.runAndReadAll(`select ${joinedColumn(quoteName(name))} from ${rowsOf(block)}`);
  const [joined, present] = result.getRows()[0] as [string | null, number];
  const { path, from, to } = block;
  if (joined !== null || to - from === 1) {
    const texts = joined === null ? undefined : split(joined, to - from, present);
    column.put(start, texts ?? (await fetchTexts(connection, quoteName(name), rowsOf(block))));
    return;
  }
  const middle = from + ((to - from) >> 1);
  await readBlock(connection, { path, from, to: middle }, { name, column, start });
  await readBlock(connection, { path, from: middle, to }, { name, column, start: start + middle - from });
}

/** A file and its number of rows. */
export interface CountedFile {
  readonly path: string;
  readonly rows: number;
  /** Whether it has a column of its own of the name `file_row_number`, in upper or lower case. */
  readonly namesRowNumber: boolean;
}

async function readFile(
  connection: DuckDBConnection,
  { path, rows, namesRowNumber }: CountedFile,
  { name, column, start }: Target,
): Promise<void> {
  if (namesRowNumber) {
    column.put(start, await fetchTexts(connection, quoteName(name), parquetRows([path])));
    return;
  }
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, rows);
    await readBlock(connection, { path, from, to }, { name, column, start: start + from });
  }
}

async function namesRowNumber(connection: DuckDBConnection, path: string): Promise<boolean> {
  const result = await connection.runAndReadAll(`select * from ${parquetRows([path])} limit 0`);
  return result.columnNames().some((name) => name.toLowerCase() === ROW_NUMBER);
}

/** The number of rows of each file, from its footer. */
export async function countRows(connection: DuckDBConnection, paths: readonly string[]): Promise<CountedFile[]> {
  const files: CountedFile[] = [];
  for (const path of paths) {
    const sql = `select coalesce(sum(num_rows), 0)::double from parquet_file_metadata(${quoteText(path)})`;
    const [rows] = await firstRow<[number]>(connection, sql);
    files.push({ path, rows, namesRowNumber: await namesRowNumber(connection, path) });
  }
  return files;
}

/**
 * Text columns of Parquet files, concatenated. The values of a block of rows are joined in the database and split here:
 * fetching them one by one costs four times as much. Memory: the columns, and the joined texts of one block.
 */
export async function readTextColumns(
  connection: DuckDBConnection,
  files: readonly CountedFile[],
  names: readonly string[],
): Promise<ReadonlyMap<string, Column>> {
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  const columns = new Map<string, Column>();
  for (const name of names) {
    const column = new TextColumn(total);
    let start = 0;
    for (const file of files) {
      await readFile(connection, file, { name, column, start });
      start += file.rows;
    }
    columns.set(name, { kind: 'text', values: column.values });
  }
  return columns;
}
