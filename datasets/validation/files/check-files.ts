import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { columnsOfRule, type RowRule } from '../../../contracts/expectations.js';
import { type ReportStep, unreported } from '../../../platform/child-process/report-step.js';
import type { TableReport } from '../check-ledger.js';
import { ruleCheck } from '../expectations/rule-sql.js';
import { absentFault, kindFault, kindOfType } from '../column-checks.js';
import { AS_OF_FAULT, foreignKeyFault, UNIQUE_FAULT } from '../key-checks.js';
import { valueRules } from '../value-rules.js';
import { checkFile, collectFaults, type FileCheck, type FileFindings, type FilePlan, valueName } from './check-file.js';
import { collectKeys, countSql, markFalls, markRepeated } from './marked-rows.js';
import { mergeFindings } from './merge-findings.js';
import { failsSql, numberSql } from './row-checks.js';
import { describeFiles, type StoredFile } from './stored-file.js';

/** One check of a table, in the order of reports. */
export type TableCheck =
  | { readonly kind: 'column'; readonly spec: ColumnSpec }
  | { readonly kind: 'unique'; readonly column: string }
  | { readonly kind: 'foreign-key'; readonly column: string; readonly target: string }
  | { readonly kind: 'before-as-of'; readonly column: string; readonly asOf: number }
  | { readonly kind: 'rule'; readonly rule: RowRule };

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

/** Joins marks of rows; null when there are none. */
async function joinMarks(connection: DuckDBConnection, into: string): Promise<Prepared | null> {
  if ((await countSql(connection, `select count(*) from ${into}`)) === 0) return null;
  return { columns: [], join: `left join ${into} on ${into}.pos = t.pos`, fails: `${into}.pos is not null` };
}

interface Preparing {
  readonly connection: DuckDBConnection;
  readonly files: readonly StoredFile[];
  readonly targets: ReadonlyMap<string, readonly string[]>;
  /** Number of the check, for names. */
  readonly place: number;
}

async function prepareUnique({ connection, files, place }: Preparing, columns: readonly string[]) {
  const into = `repeats_${place}`;
  await markRepeated(connection, { files, columns, into });
  return joinMarks(connection, into);
}

async function prepareForeignKey(
  { connection, files, targets, place }: Preparing,
  { column, target }: { readonly column: string; readonly target: string },
): Promise<Prepared | null> {
  const paths = targets.get(target);
  if (paths === undefined) return null;
  const into = `keys_${place}`;
  const keys = { files: await describeFiles(connection, paths), column: 'id' };
  await collectKeys(connection, keys, { usedIn: { files, column }, into });
  const value = `t.${valueName(column)}`;
  return {
    columns: [column],
    join: `left join ${into} on ${into}.key = ${value}`,
    fails: `${value} is not null and ${into}.key is null`,
  };
}

async function prepareRule(preparing: Preparing, rule: RowRule): Promise<Prepared | null> {
  const { connection, files, place } = preparing;
  if (rule.rule === 'unique') return prepareUnique(preparing, rule.columns);
  if (rule.rule === 'foreign-key') return prepareForeignKey(preparing, { column: rule.column, target: rule.table });
  if (rule.rule !== 'monotone') return null;
  const into = `falls_${place}`;
  await markFalls(connection, { files, rule, into });
  return joinMarks(connection, into);
}

async function prepareOne(preparing: Preparing, check: TableCheck): Promise<Prepared | null> {
  if (check.kind === 'unique') return prepareUnique(preparing, [check.column]);
  if (check.kind === 'foreign-key') return prepareForeignKey(preparing, check);
  return check.kind === 'rule' ? prepareRule(preparing, check.rule) : null;
}

async function prepare(
  connection: DuckDBConnection,
  files: readonly StoredFile[],
  { checks, targets = new Map<string, readonly string[]>() }: FileChecks,
): Promise<PreparedChecks> {
  const prepared = new Map<number, Prepared>();
  for (const [place, check] of checks.entries()) {
    const one = await prepareOne({ connection, files, targets, place }, check);
    if (one !== null) prepared.set(place, one);
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
    case 'rule':
      return ruleChecks(check.rule, file, prepared);
  }
}

/** A file without a column of the rule is the business of that column's own check. */
function ruleChecks(rule: RowRule, { kinds }: StoredFile, prepared: Prepared | undefined): FileCheck[] {
  if (!columnsOfRule(rule).every((column) => kinds.has(column))) return [];
  const named = {
    column: 'column' in rule ? rule.column : rule.columns.join(', '),
    check: rule.name ?? rule.rule,
    severity: rule.severity,
  };
  if (rule.rule !== 'unique' && rule.rule !== 'foreign-key' && rule.rule !== 'monotone')
    return [{ ...named, ...ruleCheck(rule, kinds) }];
  return prepared === undefined ? [] : [{ ...named, finding: findingOf(rule), fails: prepared.fails }];
}

function findingOf(rule: Extract<RowRule, { readonly rule: 'unique' | 'foreign-key' | 'monotone' }>): string {
  if (rule.rule === 'foreign-key') return foreignKeyFault(rule.table).finding;
  if (rule.rule === 'unique') return rule.columns.length === 1 ? UNIQUE_FAULT.finding : 'the values occur before';
  const within = rule.within === undefined ? '' : ` within ${rule.within}`;
  return `lower than in the row before it by ${rule.by}${within}`;
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
      ...checks.flatMap((check) => (check.kind === 'rule' ? columnsOfRule(check.rule) : [])),
    ],
    joins: joined.map(({ join }) => join),
  };
}

/** A checked table whose preparations are still there. */
interface CheckedTable {
  readonly report: TableReport;
  /** Adds the faults of single rows to the temporary table of `collectFaults`. */
  readonly collect: () => Promise<void>;
}

/**
 * As {@link checkFiles}; `collect` of the result may be called until another table is checked on the connection.
 */
export async function checkStoredTable(
  connection: DuckDBConnection,
  { files: paths, ...checks }: FileChecks & { readonly files: readonly string[] },
  onStep: ReportStep = unreported,
): Promise<CheckedTable> {
  const files = await describeFiles(connection, paths);
  const prepared = await prepare(connection, files, checks);
  const checked: { readonly file: StoredFile; readonly plan: FilePlan; readonly findings: FileFindings }[] = [];
  for (const file of files) {
    await onStep(`check ${checks.table}`, file.part, files.length);
    const plan = planOf(checks, file, prepared);
    checked.push({ file, plan, findings: await checkFile(connection, file, plan) });
  }
  const { table } = checks;
  return {
    report: mergeFindings(
      table,
      checked.map(({ findings }) => findings),
    ),
    async collect() {
      for (const { file, plan, findings } of checked)
        if (findings.rejectedRows > 0) await collectFaults(connection, file, { plan, table });
    },
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
  checks: FileChecks & { readonly files: readonly string[] },
  onStep: ReportStep = unreported,
): Promise<TableReport> {
  return (await checkStoredTable(connection, checks, onStep)).report;
}
