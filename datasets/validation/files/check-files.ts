import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { type ReportStep, unreported } from '../../../platform/child-process/report-step.js';
import type { TableReport } from '../check-ledger.js';
import { absentFault, kindFault, kindOfType } from '../column-checks.js';
import { AS_OF_FAULT, foreignKeyFault, UNIQUE_FAULT } from '../key-checks.js';
import { valueRules } from '../value-rules.js';
import { checkFile, type FileCheck, type FileFindings, type FilePlan, valueName } from './check-file.js';
import { collectKeys, countSql, markRepeated } from './marked-rows.js';
import { mergeFindings } from './merge-findings.js';
import { failsSql, numberSql } from './row-checks.js';
import { describeFiles, type StoredFile } from './stored-file.js';

/** One check of a table, in the order of reports. */
export type TableCheck =
  | { readonly kind: 'column'; readonly spec: ColumnSpec }
  | { readonly kind: 'unique'; readonly column: string }
  | { readonly kind: 'foreign-key'; readonly column: string; readonly target: string }
  | { readonly kind: 'before-as-of'; readonly column: string; readonly asOf: number };

/** What is asked of a table in Parquet files. */
export interface FileChecks extends Pick<FilePlan, 'key' | 'unnamed'> {
  readonly table: string;
  readonly checks: readonly TableCheck[];
  /** Paths of the tables that foreign keys refer to, whose key is `id`; a table that is not named is not asked for. */
  readonly targets?: ReadonlyMap<string, readonly string[]>;
}

/** Temporary tables of a connection that checks join. */
interface Prepared {
  readonly columns: readonly string[];
  readonly join: string;
  /** SQL for a row that fails. */
  readonly fails: string;
}

/** A prepared check by its place among the table's checks. */
type PreparedChecks = ReadonlyMap<number, Prepared>;

async function prepareUnique(
  connection: DuckDBConnection,
  files: readonly StoredFile[],
  { column, place }: { readonly column: string; readonly place: number },
): Promise<Prepared | null> {
  const into = `repeats_${place}`;
  await markRepeated(connection, { files, columns: [column], into });
  if ((await countSql(connection, `select count(*) from ${into}`)) === 0) return null;
  return { columns: [], join: `left join ${into} on ${into}.pos = t.pos`, fails: `${into}.pos is not null` };
}

async function prepareForeignKey(
  connection: DuckDBConnection,
  paths: readonly string[],
  { column, place }: { readonly column: string; readonly place: number },
): Promise<Prepared> {
  const into = `keys_${place}`;
  await collectKeys(connection, { files: await describeFiles(connection, paths), column: 'id', into });
  const value = `t.${valueName(column)}`;
  return {
    columns: [column],
    join: `left join ${into} on ${into}.key = ${value}`,
    fails: `${value} is not null and ${into}.key is null`,
  };
}

async function prepare(
  connection: DuckDBConnection,
  files: readonly StoredFile[],
  { checks, targets = new Map<string, readonly string[]>() }: FileChecks,
): Promise<PreparedChecks> {
  const prepared = new Map<number, Prepared>();
  for (const [place, check] of checks.entries()) {
    if (check.kind === 'unique') {
      const marks = await prepareUnique(connection, files, { column: check.column, place });
      if (marks !== null) prepared.set(place, marks);
    } else if (check.kind === 'foreign-key') {
      const paths = targets.get(check.target);
      if (paths !== undefined)
        prepared.set(place, await prepareForeignKey(connection, paths, { column: check.column, place }));
    }
  }
  return prepared;
}

function columnChecks(spec: ColumnSpec, { kinds }: StoredFile): FileCheck[] {
  const kind = kinds.get(spec.name);
  if (kind === undefined) return spec.optional === true ? [] : [{ ofAllRows: absentFault(spec.name) }];
  if (kind !== kindOfType(spec.type)) return [{ ofAllRows: kindFault(spec, kind) }];
  return valueRules(spec).map(({ check, finding, test }) => ({
    ...{ column: spec.name, check, finding },
    fails: failsSql(test, `t.${valueName(spec.name)}`),
  }));
}

function fileChecks(check: TableCheck, file: StoredFile, prepared: Prepared | undefined): FileCheck[] {
  switch (check.kind) {
    case 'column':
      return columnChecks(check.spec, file);
    case 'unique':
      return prepared === undefined || !file.kinds.has(check.column)
        ? []
        : [{ column: check.column, ...UNIQUE_FAULT, fails: prepared.fails }];
    case 'foreign-key':
      return prepared === undefined || file.kinds.get(check.column) !== 'text'
        ? []
        : [{ column: check.column, ...foreignKeyFault(check.target), fails: prepared.fails }];
    case 'before-as-of':
      return file.kinds.get(check.column) !== 'timestamp'
        ? []
        : [{ column: check.column, ...AS_OF_FAULT, fails: `t.${valueName(check.column)} >= ${numberSql(check.asOf)}` }];
  }
}

/** Columns of the file that the check counts the missing values of. */
const countedColumn = (check: TableCheck, { kinds }: StoredFile): string[] =>
  check.kind === 'column' && kinds.get(check.spec.name) === kindOfType(check.spec.type) ? [check.spec.name] : [];

function planOf({ checks, key, unnamed }: FileChecks, file: StoredFile, prepared: PreparedChecks): FilePlan {
  const groups = checks.map((check, place) => fileChecks(check, file, prepared.get(place)));
  const joined = [...prepared].flatMap(([place, one]) => (groups[place]!.length > 0 ? [one] : []));
  return {
    ...{ key, unnamed, groups },
    counted: checks.flatMap((check) => countedColumn(check, file)),
    read: [
      ...joined.flatMap(({ columns }) => columns),
      ...checks.flatMap((check) => (check.kind === 'before-as-of' ? [check.column] : [])),
    ],
    joins: joined.map(({ join }) => join),
  };
}

/**
 * Checks a table in Parquet files by SQL, file by file; the keys of unique columns and of the tables that foreign keys
 * refer to are compared over all files. The report is that of the row predicates (`check-ledger.ts`) over the files in
 * their order. Memory: see {@link markRepeated}; the rows themselves are never held.
 * @param files - of one table, in the order of its rows.
 * @throws PipelineError `MALFORMED_FILE`, and what `onStep` throws.
 */
export async function checkFiles(
  connection: DuckDBConnection,
  { files: paths, ...checks }: FileChecks & { readonly files: readonly string[] },
  onStep: ReportStep = unreported,
): Promise<TableReport> {
  const files = await describeFiles(connection, paths);
  const prepared = await prepare(connection, files, checks);
  const findings: FileFindings[] = [];
  for (const file of files) {
    await onStep(`check ${checks.table}`, file.part, files.length);
    findings.push(await checkFile(connection, file, planOf(checks, file, prepared)));
  }
  return mergeFindings(checks.table, findings);
}
