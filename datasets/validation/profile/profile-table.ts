import type { DuckDBConnection } from '@duckdb/node-api';
import { firstRow } from '../../snapshots/duckdb.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import type { ColumnKind } from '../../../contracts/table.js';
import { kindOfType } from '../column-checks.js';
import { valueName, valuesOf } from '../files/check-file.js';
import { describeFiles, type StoredFile } from '../files/stored-file.js';

/** Texts of a column are listed when there are at most so many different ones. */
const MOST_VALUES = 20;
/** Fewest rows of a listed text: what a few rows have may say who they are. */
const FEWEST_ROWS = 20;

/** What the rows of one column are like. */
export interface ColumnProfile {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly missingShare: number;
  /** Number of different values, within a few per cent. */
  readonly distinct: number;
  /** Smallest and largest number or moment (milliseconds); null for texts and empty columns. */
  readonly range: { readonly minimum: number; readonly maximum: number } | null;
  /** All texts of a column with few different ones, each in at least twenty rows; null otherwise. */
  readonly values: readonly string[] | null;
}

export interface TableProfile {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

const statistics = (column: string, kind: ColumnKind): string[] => {
  const value = valueName(column);
  const ends = kind === 'text' ? ['null', 'null'] : [`min(${value})`, `max(${value})`];
  return [`count(${value})::double`, `approx_count_distinct(${value})::double`, ...ends];
};

async function fewValues(connection: DuckDBConnection, from: string, column: string): Promise<string[] | null> {
  const value = valueName(column);
  const sql = `select ${value}, count(*)::double from (${from}) where ${value} is not null group by 1 order by 1 limit ${MOST_VALUES + 1}`; // prettier-ignore
  const rows = (await connection.runAndReadAll(sql)).getRows() as [string, number][];
  if (rows.length === 0 || rows.length > MOST_VALUES || rows.some(([, count]) => count < FEWEST_ROWS)) return null;
  return rows.map(([text]) => text);
}

const unionOf = (files: readonly StoredFile[], columns: readonly string[]): string =>
  files.map((file) => valuesOf(file, columns)).join(' union all ');

/**
 * Describes the columns of a table in one pass, and those with few different texts in a second. Keys are described, and
 * never listed. Columns that are absent, or of another kind than their spec says, are left out.
 * @param keys - columns whose values name rows or customers.
 */
export async function profileTable(
  connection: DuckDBConnection,
  paths: readonly string[],
  {
    table,
    specs,
    keys,
  }: { readonly table: string; readonly specs: readonly ColumnSpec[]; readonly keys: ReadonlySet<string> },
): Promise<TableProfile> {
  const files = await describeFiles(connection, paths);
  const known = specs.filter(({ name, type }) => files.every(({ kinds }) => kinds.get(name) === kindOfType(type)));
  const names = known.map(({ name }) => name);
  const from = unionOf(files, names);
  const selected = known.flatMap(({ name, type }) => statistics(name, kindOfType(type)));
  const sql = `select ${['count(*)::double', ...selected].join(', ')} from (${from})`;
  const [rows, ...found] = await firstRow<[number, ...(number | null)[]]>(connection, sql);
  const columns: ColumnProfile[] = [];
  for (const [index, { name: column, type }] of known.entries()) {
    const [present, distinct, minimum, maximum] = found.slice(index * 4) as [
      number,
      number,
      number | null,
      number | null,
    ];
    const kind = kindOfType(type);
    const listed = kind === 'text' && !keys.has(column) && distinct <= MOST_VALUES * 2;
    columns.push({
      ...{ column, kind, distinct, missingShare: rows === 0 ? 0 : 1 - present / rows },
      range: minimum === null || maximum === null ? null : { minimum, maximum },
      values: listed ? await fewValues(connection, from, column) : null,
    });
  }
  return { table, rows, columns };
}
