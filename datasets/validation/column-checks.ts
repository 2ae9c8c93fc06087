import type { ColumnSpec, DatasetSchema } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import { selectRows } from '../../learning/table.js';
import type { CheckLedger } from './check-ledger.js';

/** True for a row that fails, by its number. */
type RowTest = (row: number) => boolean;

interface ColumnCheck {
  readonly check: string;
  /** What was found and wanted, without the value, which may be personal. */
  readonly finding: string;
  readonly fails: RowTest;
}

const textKinds: readonly ColumnSpec['type'][] = ['text', 'category'];

const kindFits = (spec: ColumnSpec, column: Column): boolean => {
  if (textKinds.includes(spec.type)) return column.kind === 'text';
  return column.kind === (spec.type === 'timestamp' ? 'timestamp' : 'number');
};

const isMissing = (column: Column): RowTest =>
  column.kind === 'text' ? (row) => column.values[row] === null : (row) => Number.isNaN(column.values[row]!);

function rangeChecks(spec: ColumnSpec, values: Float64Array): ColumnCheck[] {
  const checks: ColumnCheck[] = [];
  const { minimum, maximum } = spec;
  if (minimum !== undefined)
    checks.push({ check: 'range', finding: `below the minimum ${minimum}`, fails: (row) => values[row]! < minimum });
  if (maximum !== undefined)
    checks.push({ check: 'range', finding: `above the maximum ${maximum}`, fails: (row) => values[row]! > maximum });
  return checks;
}

function numberChecks(spec: ColumnSpec, values: Float64Array): ColumnCheck[] {
  const checks: ColumnCheck[] = [
    {
      check: 'finite',
      finding: 'infinite, wanted a finite number',
      fails: (row) => Math.abs(values[row]!) === Infinity,
    },
  ];
  if (spec.type === 'integer')
    checks.push({
      check: 'type',
      finding: 'has a fraction, wanted an integer',
      fails: (row) => Number.isFinite(values[row]!) && !Number.isInteger(values[row]!),
    });
  if (spec.type === 'flag')
    checks.push({
      check: 'type',
      finding: 'neither 0 nor 1',
      fails: (row) => !Number.isNaN(values[row]!) && values[row] !== 0 && values[row] !== 1,
    });
  return [...checks, ...rangeChecks(spec, values)];
}

function valueChecks(spec: ColumnSpec, column: Column): ColumnCheck[] {
  if (column.kind !== 'text') return numberChecks(spec, column.values);
  if (spec.type !== 'category') return [];
  const allowed = new Set<string | null>(spec.categories ?? []);
  const finding = `not among the ${allowed.size} known categories`;
  return [
    { check: 'category', finding, fails: (row) => column.values[row] !== null && !allowed.has(column.values[row]!) },
  ];
}

/**
 * Checks one column of a table or part against its spec: presence, kind, missing values, range, categories, fractions,
 * infinities. A column that a file may lack may be absent: older data sets are without those that came later. Uniqueness
 * and foreign keys need all parts; see key-checks.ts.
 */
export function checkColumn(spec: ColumnSpec, table: Table, ledger: CheckLedger): void {
  const column = table.columns[spec.name];
  if (column === undefined) {
    if (spec.optional === true) return;
    ledger.failAll(table.rowCount, { column: spec.name, check: 'present', finding: 'the column is absent' });
  } else if (kindFits(spec, column)) {
    checkValues(spec, column, ledger);
  } else {
    const finding = `the column holds ${column.kind}, wanted ${spec.type}`;
    ledger.failAll(table.rowCount, { column: spec.name, check: 'type', finding });
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
    if (column === undefined || !kindFits(spec, column)) continue;
    const missing = isMissing(column);
    const checks = valueChecks(spec, column);
    for (let row = 0; row < column.values.length; row++)
      if ((spec.nullable !== true && missing(row)) || checks.some(({ fails }) => fails(row))) faulty.add(row);
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
  const checks = valueChecks(spec, column);
  if (spec.nullable !== true) checks.unshift({ check: 'not-null', finding: 'missing, wanted a value', fails: missing });
  for (let row = 0; row < column.values.length; row++) {
    if (missing(row)) ledger.countMissing(spec.name);
    for (const { check, finding, fails } of checks)
      if (fails(row)) ledger.fail(row, { column: spec.name, check, finding });
  }
}
