import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableRule } from '../../../contracts/expectations.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import type { BlobStore } from '../../../platform/blobs/blob-store.js';
import { firstRow, parquetRows } from '../../snapshots/duckdb.js';
import { loadSnapshot } from '../../snapshots/load-snapshot.js';
import { nullIfLost } from '../../snapshots/lost-blob.js';
import type { SnapshotManifest } from '../../snapshots/manifest.js';
import type { Fault } from '../check-ledger.js';
import { describeFiles, valueSql } from '../files/stored-file.js';

/** A rule on a whole table that does not hold. */
export interface TableFault extends Fault {
  readonly severity: 'warn' | 'fail';
}

/** A table as its rules see it. */
export interface RuledTable {
  readonly files: readonly string[];
  readonly rows: number;
  /** Milliseconds: the moment of the snapshot. */
  readonly asOf: number;
  /** Numbers of rows in former snapshots of the source, newest first. */
  readonly formerRows: readonly number[];
}

/** Fewest former runs from which a band is drawn. */
const FEWEST_RUNS = 3;

/** Numbers of rows by table in former snapshots, newest first, and at most `runs` of them. */
export async function formerRowCounts(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  runs: number,
): Promise<ReadonlyMap<string, number>[]> {
  const counts: ReadonlyMap<string, number>[] = [];
  let parent = manifest.parent;
  while (parent !== null && counts.length < runs) {
    const former: SnapshotManifest | null = await nullIfLost(loadSnapshot(blobs, parent));
    if (former === null) break;
    // A snapshot as of a past moment compares with what was known then.
    if (former.asOf <= manifest.asOf) counts.push(new Map(former.tables.map(({ table, rows }) => [table, rows])));
    parent = former.parent;
  }
  return counts;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

type RowCountRule = Extract<TableRule, { readonly rule: 'row-count' }>;

/** What is found where the number of rows is outside its bounds or its band; null: it is within. */
export function rowCountFinding(
  { minimum, maximum, tolerance, runs }: RowCountRule,
  { rows, formerRows }: Pick<RuledTable, 'rows' | 'formerRows'>,
): string | null {
  if (minimum !== undefined && rows < minimum) return `${rows} rows, wanted at least ${minimum}`;
  if (maximum !== undefined && rows > maximum) return `${rows} rows, wanted at most ${maximum}`;
  const former = formerRows.slice(0, runs);
  if (tolerance === undefined || former.length < FEWEST_RUNS) return null;
  const usual = median(former);
  if (Math.abs(rows - usual) <= tolerance * usual) return null;
  return `${rows} rows, wanted within ${tolerance * 100} % of ${usual}, the median of the last ${former.length} runs`;
}

/** Newest moment of a column; null without one. */
async function newestOf(
  connection: DuckDBConnection,
  paths: readonly string[],
  column: string,
): Promise<number | null> {
  const files = (await describeFiles(connection, paths)).filter(({ kinds }) => kinds.get(column) === 'timestamp');
  if (files.length === 0) return null;
  const from = parquetRows(files.map(({ path }) => path));
  const sql = `select max(${valueSql(column, 'timestamp')}) from ${from}`;
  return (await firstRow<[number | null]>(connection, sql))[0];
}

const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

async function findingOf(connection: DuckDBConnection, rule: TableRule, table: RuledTable): Promise<string | null> {
  if (rule.rule === 'row-count') return rowCountFinding(rule, table);
  const newest = await newestOf(connection, table.files, rule.column);
  if (newest === null || newest >= table.asOf - rule.maxAgeDays * DAY_MS) return null;
  const age = Math.floor((table.asOf - newest) / DAY_MS);
  return `the newest is of ${dayOf(newest)}, ${age} days before the snapshot, wanted at most ${rule.maxAgeDays}`;
}

/** The rules on a whole table that do not hold. A table without rows has nothing that could be stale. */
export async function checkTableRules(
  connection: DuckDBConnection,
  rules: readonly TableRule[],
  table: RuledTable,
): Promise<TableFault[]> {
  const faults: TableFault[] = [];
  for (const rule of rules) {
    const finding = await findingOf(connection, rule, table);
    if (finding === null) continue;
    const column = rule.rule === 'freshness' ? rule.column : null;
    faults.push({ column, check: rule.name ?? rule.rule, finding, severity: rule.severity });
  }
  return faults;
}
