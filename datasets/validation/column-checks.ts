import type { ColumnSpec, DatasetSchema } from '../../contracts/dataset.js';
import type { Column, ColumnKind, Table } from '../../contracts/table.js';
import { selectRows } from '../../learning/table.js';
import type { CheckLedger, Fault } from './check-ledger.js';
import { valueRules, type ValueTest } from './value-rules.js';

/** True for a row that fails, by its number. */
type RowTest = (row: number) => boolean;

/** What a column of this type is in memory and in files. */
export const kindOfType = (type: ColumnSpec['type']): ColumnKind => {
  if (type === 'text' || type === 'category') return 'text';
  return type === 'timestamp' ? 'timestamp' : 'number';
};

/** The column has no values at all, though a file must have it. */
export const absentFault = (column: string): Fault => ({
  ...{ column, check: 'present' },
  finding: 'the column is absent',
});

/** All values of the column are of another kind. */
export const kindFault = ({ name, type }: ColumnSpec, found: ColumnKind): Fault => ({
  ...{ column: name, check: 'type' },
  finding: `the column holds ${found}, wanted ${type}`,
});

const isMissing = (column: Column): RowTest =>
  column.kind === 'text' ? (row) => column.values[row] === null : (row) => Number.isNaN(column.values[row]!);

function textTest(test: ValueTest, values: readonly (string | null)[]): RowTest {
  if (test.kind !== 'categories') return () => false;
  const allowed = new Set<string | null>(test.values);
  return (row) => values[row] !== null && !allowed.has(values[row]!);
}

function numberTest(test: ValueTest, values: Float64Array): RowTest {
  switch (test.kind) {
    case 'finite':
      return (row) => Math.abs(values[row]!) === Infinity;
    case 'integer':
      return (row) => Number.isFinite(values[row]!) && !Number.isInteger(values[row]!);
    case 'flag':
      return (row) => !Number.isNaN(values[row]!) && values[row] !== 0 && values[row] !== 1;
    case 'minimum':
      return (row) => values[row]! < test.bound;
    case 'maximum':
      return (row) => values[row]! > test.bound;
    case 'not-null':
    case 'categories': // of texts alone
      return () => false;
  }
}

function rowTest(test: ValueTest, column: Column): RowTest {
  if (test.kind === 'not-null') return isMissing(column);
  return column.kind === 'text' ? textTest(test, column.values) : numberTest(test, column.values);
}

/**
 * Checks one column of a table or part against its spec: presence, kind, missing values, range, categories, fractions,
 * infinities. A column that a file may lack may be absent: older data sets are without those that came later. Uniqueness
 * and foreign keys need all parts; see key-checks.ts.
 */
export function checkColumn(spec: ColumnSpec, table: Table, ledger: CheckLedger): void {
  const column = table.columns[spec.name];
  if (column === undefined) {
    if (spec.optional !== true) ledger.failAll(table.rowCount, absentFault(spec.name));
  } else if (column.kind === kindOfType(spec.type)) {
    checkValues(spec, column, ledger);
  } else {
    ledger.failAll(table.rowCount, kindFault(spec, column.kind));
  }
}

/**
 * Rows of a table in which some value breaks its column's spec: range, list, kind of number, or a missing value that must
 * be there. Columns that are absent or of another kind are the business of {@link checkColumn}.
 */
export function faultyRows(table: Table, schema: Pick<DatasetSchema, 'columns'>): ReadonlySet<number> {
  const faulty = new Set<number>();
  for (const spec of schema.columns) {
    const column = table.columns[spec.name];
    if (column === undefined || column.kind !== kindOfType(spec.type)) continue;
    const tests = valueRules(spec).map(({ test }) => rowTest(test, column));
    for (let row = 0; row < column.values.length; row++) if (tests.some((fails) => fails(row))) faulty.add(row);
  }
  return faulty;
}

/** The rows that a request could have as well: those without a value that breaks its column's spec. */
export function soundRows(table: Table, schema: Pick<DatasetSchema, 'columns'>): Table {
  const faulty = faultyRows(table, schema);
  if (faulty.size === 0) return table;
  const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => !faulty.has(row));
  return selectRows(table, rows);
}

function checkValues(spec: ColumnSpec, column: Column, ledger: CheckLedger): void {
  const missing = isMissing(column);
  const checks = valueRules(spec).map(({ test, ...rule }) => ({ ...rule, fails: rowTest(test, column) }));
  for (let row = 0; row < column.values.length; row++) {
    if (missing(row)) ledger.countMissing(spec.name);
    for (const { check, finding, fails } of checks)
      if (fails(row)) ledger.fail(row, { column: spec.name, check, finding });
  }
}
