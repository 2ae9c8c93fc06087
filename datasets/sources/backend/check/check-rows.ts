import type { TableSpec } from '../../../../contracts/backend.js';
import type { FailedCheck } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { checkTable } from '../../../validation/check-table.js';
import { type CategoryCounts, countCategories, mappingOf, timeOfDayFinding } from './counts.js';
import type { SourceFinding } from './finding.js';
import type { Sample } from './sample.js';

/** What the rows of one table showed. */
export interface RowsCheck {
  readonly categories: readonly CategoryCounts[];
  readonly findings: readonly SourceFinding[];
}

/** Ids by table, of the tables that were read completely: only there a foreign key can be called wrong. */
export type KnownIds = ReadonlyMap<string, ReadonlySet<string>>;

/** What is asked of the rows, as validation asks it. */
export interface RowLimits {
  readonly asOf: number;
  readonly idsOf: KnownIds;
  /** A larger share of rows with a fault rejects the table in a run. */
  readonly maxRejectedShare: number;
}

async function* single(table: Table): AsyncGenerator<Table> {
  yield await Promise.resolve(table);
}

const wantedOf = (check: string): string => {
  const wanted: Readonly<Record<string, string>> = {
    'not-null': 'a value in every row',
    category: 'values of the list in docs/backend-schema.md',
    unique: 'another value in every row',
    'foreign-key': 'the id of an existing row',
  };
  return wanted[check] ?? 'values as in docs/backend-schema.md';
};

/** A query that shows the rows at fault. */
function queryOf({ column, check }: FailedCheck, { name, foreignKeys }: TableSpec): string {
  if (column === null) return '';
  const table = `backend.${name}`;
  if (check === 'unique') return `select ${column}, count(*) from ${table} group by ${column} having count(*) > 1;`;
  const target = foreignKeys[column];
  const conditions: Readonly<Record<string, string>> = {
    'not-null': ` where ${column} is null`,
    'foreign-key': ` where ${column} not in (select id from backend.${target ?? ''})`,
  };
  return `select id, ${column} from ${table}${conditions[check] ?? ''};`;
}

function remedyOf(failed: FailedCheck, spec: TableSpec, counts: readonly CategoryCounts[]): string {
  const column = spec.columns.find(({ name }) => name === failed.column);
  const counted = counts.find((one) => one.column === failed.column);
  if (failed.check !== 'category' || column === undefined || counted === undefined) return queryOf(failed, spec);
  return mappingOf(counted, column);
}

/** The finding of a failed check; an error when its rows alone would reject the table. */
function rowFinding(
  failed: FailedCheck,
  place: { readonly spec: TableSpec; readonly checkedRows: number; readonly maxRejectedShare: number },
  counts: readonly CategoryCounts[],
): SourceFinding {
  const { spec, checkedRows, maxRejectedShare } = place;
  const { column, check, failedRows, example } = failed;
  return {
    table: `backend.${spec.name}`,
    column,
    severity: failedRows > maxRejectedShare * checkedRows ? 'error' : 'warning',
    found: `${failedRows} of ${checkedRows} rows fail ${check}${example === null ? '' : `; first: ${example}`}`,
    wanted: wantedOf(check),
    remedy: remedyOf(failed, spec, counts),
  };
}

/** Checks the rows that were read, as the validation of a run does, and counts their categories. */
export async function checkRows(spec: TableSpec, { table }: Sample, limits: RowLimits): Promise<RowsCheck> {
  const categories = countCategories(spec, table);
  const { failedChecks, checkedRows, rejectedRows } = await checkTable(spec, single(table), limits);
  const { maxRejectedShare } = limits;
  const findings = failedChecks.map((one) => rowFinding(one, { spec, checkedRows, maxRejectedShare }, categories));
  const rejected = rejectedRows > maxRejectedShare * checkedRows;
  const together = rejected && findings.every(({ severity }) => severity === 'warning');
  const timeOfDay = spec.name === 'transactions' ? timeOfDayFinding(spec, table) : null;
  return {
    categories,
    findings: [
      ...(together ? findings.map((finding) => ({ ...finding, severity: 'error' as const })) : findings),
      ...(timeOfDay === null ? [] : [timeOfDay]),
    ],
  };
}
