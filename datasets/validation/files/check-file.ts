import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnKind } from '../../../contracts/table.js';
import { quoteText } from '../../snapshots/duckdb.js';
import type { Fault } from '../check-ledger.js';
import type { RowCheck } from './row-checks.js';
import { rowsOf, type StoredFile, valueSql } from './stored-file.js';

/** What one group of checks asks of a file: a fault of every row, or checks of single rows. */
export type FileCheck = { readonly ofAllRows: Fault } | RowCheck;

/** The checks of a file in the order in which their faults are reported. */
export interface FilePlan {
  /** Columns whose missing values are counted. */
  readonly counted: readonly string[];
  /** Columns that checks read beside. */
  readonly read: readonly string[];
  /** Faults of one group are ordered by their first row. */
  readonly groups: readonly (readonly FileCheck[])[];
  /** SQL after the file's rows, named `t`: tables of keys and marks. */
  readonly joins: readonly string[];
  /** Column that names a row in reports. */
  readonly key: string;
  /** Name of a row without a key. @param row - from 0. */
  readonly unnamed: (row: number) => string;
}

/** A fault of a file with what is known of the rows that have it. */
export interface FoundFault extends Fault {
  readonly severity: 'warn' | 'fail';
  readonly failedRows: number;
  /** Key of the first row; null for a fault of all rows in a file without rows. */
  readonly firstKey: string | null;
  /** Place in the report among the faults of the file. */
  readonly place: readonly [group: number, row: number, check: number];
}

/** What the checks found in one file. */
export interface FileFindings {
  readonly part: number;
  readonly rows: number;
  readonly rejectedRows: number;
  readonly missing: Readonly<Record<string, number>>;
  readonly faults: readonly FoundFault[];
}

/** Name of a column's value in the SQL of checks. */
export const valueName = (column: string): string => `"v:${column.replaceAll('"', '""')}"`;

/** SQL of the rows of a file with `r`, `pos` and the values of these columns. */
export function valuesOf(file: StoredFile, columns: Iterable<string>): string {
  const selected = [...new Set(columns)].flatMap((name) => {
    const kind = file.kinds.get(name);
    return kind === undefined ? [] : [`${valueSql(name, kind)} as ${valueName(name)}`];
  });
  return rowsOf(file, selected);
}

const rowOfNumbers = async (connection: DuckDBConnection, sql: string): Promise<(number | null)[]> =>
  (await connection.runAndReadAll(sql)).getRows()[0] as (number | null)[];

interface PlacedCheck extends RowCheck {
  readonly group: number;
  readonly index: number;
}

const rowChecksOf = ({ groups }: FilePlan): PlacedCheck[] =>
  groups.flatMap((checks, group) =>
    checks.flatMap((check, index) => ('ofAllRows' in check ? [] : [{ ...check, group, index }])),
  );

const severityOf = ({ severity = 'fail' }: RowCheck): 'warn' | 'fail' => severity;

/** SQL of the rows with `r`, `pos` and one boolean for each SQL condition: `f0`, `f1`, … */
export function flaggedRows(file: StoredFile, plan: FilePlan, conditions: readonly string[]): string {
  const flags = conditions.map((condition, i) => `(${condition}) as f${i}`);
  const from = `(${valuesOf(file, [...plan.counted, ...plan.read])}) t ${plan.joins.join(' ')}`;
  return `select ${['t.r', 't.pos', ...flags].join(', ')} from ${from}`;
}

/** SQL that is true where one of the first `count` flags is. */
export const anyFlag = (count: number): string =>
  count === 0 ? 'false' : `list_bool_or([${Array.from({ length: count }, (_, i) => `f${i}`).join(', ')}])`;

/** Conditions counted in one query: planning takes time by the square of their number. */
const COUNTED_AT_ONCE = 200;

/** Number of rows of which each condition is true. */
async function countTrue(
  connection: DuckDBConnection,
  { file, plan }: { readonly file: StoredFile; readonly plan: FilePlan },
  conditions: readonly string[],
): Promise<number[]> {
  const counts: number[] = [];
  for (let from = 0; from < conditions.length; from += COUNTED_AT_ONCE) {
    const some = conditions.slice(from, from + COUNTED_AT_ONCE);
    const sums = some.map((_, i) => `sum(f${i}::integer)::double`); // planned ten times as fast as a count with a filter
    const row = await rowOfNumbers(connection, `select ${sums.join(', ')} from (${flaggedRows(file, plan, some)})`);
    for (const sum of row) counts.push(sum ?? 0);
  }
  return counts;
}

/** Rows that failing checks reject, and the first row of each of them. */
async function locateFaults(
  connection: DuckDBConnection,
  { file, plan }: { readonly file: StoredFile; readonly plan: FilePlan },
  failing: readonly RowCheck[],
): Promise<{ readonly rejected: number; readonly firsts: readonly number[] }> {
  if (failing.length === 0) return { rejected: 0, firsts: [] };
  const rejecting = failing.filter((check) => severityOf(check) === 'fail');
  const ordered = [...rejecting, ...failing.filter((check) => severityOf(check) === 'warn')];
  const flagged = flaggedRows(
    file,
    plan,
    ordered.map(({ fails }) => fails),
  );
  const firsts = ordered.map((_, i) => `min(case when f${i} then r end)::double`);
  const rejected = `sum((${anyFlag(rejecting.length)})::integer)::double`;
  const row = await rowOfNumbers(connection, `select ${[rejected, ...firsts].join(', ')} from (${flagged})`);
  return { rejected: row[0] ?? 0, firsts: failing.map((check) => row[1 + ordered.indexOf(check)]!) };
}

/** SQL of a key as it reads in JavaScript: numbers and moments as numbers, missing ones as NaN. */
const keySql = (name: string, kind: ColumnKind): string =>
  kind === 'text' ? valueSql(name, kind) : `coalesce(${valueSql(name, kind)}, 'NaN'::double)`;

/** Names of rows by their numbers. */
async function keysOf(
  connection: DuckDBConnection,
  file: StoredFile,
  { key, unnamed, rows }: Pick<FilePlan, 'key' | 'unnamed'> & { readonly rows: Iterable<number> },
): Promise<ReadonlyMap<number, string>> {
  const wanted = [...new Set(rows)];
  const kind = file.kinds.get(key);
  if (kind === undefined || wanted.length === 0) return new Map(wanted.map((row) => [row, unnamed(row)]));
  const from = rowsOf(file, [`${keySql(key, kind)} as k`]);
  const sql = `select r::double, k from (${from}) where r in (${wanted.join(', ')})`;
  const found = (await connection.runAndReadAll(sql)).getRows() as [number, string | number | null][];
  return new Map(found.map(([row, value]) => [row, String(value ?? unnamed(row))]));
}

/** Faults of every row. Without rows they are of the table. */
function faultsOfAll({ groups }: FilePlan, rows: number): Omit<FoundFault, 'firstKey'>[] {
  return groups.flatMap((checks, group) =>
    checks.flatMap((check, index) =>
      'ofAllRows' in check
        ? [{ ...check.ofAllRows, severity: 'fail' as const, failedRows: rows, place: [group, 0, index] as const }]
        : [],
    ),
  );
}

interface Located {
  readonly checks: readonly PlacedCheck[];
  readonly failedRows: readonly number[];
  readonly firsts: readonly number[];
  readonly keys: ReadonlyMap<number, string>;
}

const singleFaults = ({ checks, failedRows, firsts, keys }: Located): FoundFault[] =>
  checks.map(({ group, index, column, check, finding, severity = 'fail' }, i) => ({
    ...{ column, check, finding, severity, failedRows: failedRows[i]! },
    firstKey: keys.get(firsts[i]!)!,
    place: [group, firsts[i]!, index],
  }));

/**
 * Checks one Parquet file in one pass over the columns that are needed; a second one, over a file with faults, finds the
 * first row of each. Memory: one vector of rows beside the tables of keys.
 */
export async function checkFile(connection: DuckDBConnection, file: StoredFile, plan: FilePlan): Promise<FileFindings> {
  const checks = rowChecksOf(plan);
  const missing = plan.counted.map((name) => `t.${valueName(name)} is null`);
  const conditions = ['true', ...missing, ...checks.map(({ fails }) => fails)];
  const [rows, ...counts] = (await countTrue(connection, { file, plan }, conditions)) as [number, ...number[]];
  const failing = checks.flatMap((check, i) => {
    const failedRows = counts[missing.length + i]!;
    return failedRows > 0 ? [{ check, failedRows }] : [];
  });
  const failed = failing.map(({ check }) => check);
  const { rejected, firsts } = await locateFaults(connection, { file, plan }, failed);
  const ofAll = faultsOfAll(plan, rows);
  const named = ofAll.length > 0 && rows > 0 ? [...firsts, 0] : firsts;
  const keys = await keysOf(connection, file, { ...plan, rows: named });
  const failedRows = failing.map((one) => one.failedRows);
  return {
    ...{ part: file.part, rows, rejectedRows: ofAll.length > 0 ? rows : rejected },
    missing: Object.fromEntries(plan.counted.flatMap((name, i) => (counts[i]! > 0 ? [[name, counts[i]!]] : []))),
    faults: [
      ...ofAll.map((fault) => ({ ...fault, firstKey: keys.get(0) ?? null })),
      ...singleFaults({ checks: failed, failedRows, firsts, keys }),
    ],
  };
}

/** Temporary table that takes the faults of single rows, one a row and check. */
export const FAULTS = 'faults';

/** SQL that makes {@link FAULTS}. `cascaded`: the row has no fault, but belongs to a row that was left out. */
export const CREATE_FAULTS =
  `create or replace temp table ${FAULTS} ("table" varchar, part integer, r bigint, pos bigint, key varchar, ` +
  `rule varchar, "column" varchar, reason varchar, cascaded boolean)`;

/**
 * Adds the faults of a file's rows to {@link FAULTS}, for the checks that reject rows. A row without a key is named by
 * its place.
 */
export async function collectFaults(
  connection: DuckDBConnection,
  file: StoredFile,
  { plan, table }: { readonly plan: FilePlan; readonly table: string },
): Promise<void> {
  const kind = file.kinds.get(plan.key);
  const key = kind === undefined ? 'null' : `t.${valueName(plan.key)}::varchar`;
  const from = `(${valuesOf(file, [plan.key, ...plan.counted, ...plan.read])}) t ${plan.joins.join(' ')}`;
  for (const check of rowChecksOf(plan)) {
    if (severityOf(check) === 'warn') continue;
    const facts = [check.check, check.column ?? '', check.finding].map(quoteText).join(', ');
    await connection.run(
      `insert into ${FAULTS} select ${quoteText(table)}, ${file.part}, t.r, t.pos, ${key}, ${facts}, false ` +
        `from ${from} where ${check.fails}`,
    );
  }
}
