import type { TableSpec } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import type { CheckLedger } from './check-ledger.js';

/** Faults of keys and times by their check, without the column. */
export const UNIQUE_FAULT = { check: 'unique', finding: 'the value occurs before' } as const;
export const AS_OF_FAULT = {
  check: 'before-as-of',
  finding: 'dated at or after the moment of the snapshot',
} as const;
export const foreignKeyFault = (target: string): { readonly check: string; readonly finding: string } => ({
  check: 'foreign-key',
  finding: `names no row of ${target}`,
});

/**
 * A check that fails rows whose value has occurred before, in this or an earlier part. Memory: all distinct values, so
 * only for rows that are in memory anyway; files/marked-rows.ts is for stored tables of any size.
 */
export function createUniquenessCheck(column: string): (table: Table, ledger: CheckLedger) => void {
  const seen = new Set<string | number>();
  return (table, ledger) => {
    const values = table.columns[column]?.values ?? [];
    for (let row = 0; row < table.rowCount; row++) {
      const value = values[row];
      if (value === null || value === undefined || Number.isNaN(value)) continue;
      if (seen.has(value)) ledger.fail(row, { column, ...UNIQUE_FAULT });
      else seen.add(value);
    }
  };
}

/** Fails rows whose foreign key names no row of its table. Missing keys are left to the not-null check. */
export function checkForeignKeys(
  spec: TableSpec,
  table: Table,
  ledger: CheckLedger,
  idsOf: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const [column, target] of Object.entries(spec.foreignKeys)) {
    const references = table.columns[column];
    const known = idsOf.get(target);
    if (references?.kind !== 'text' || known === undefined) continue;
    const fault = { column, ...foreignKeyFault(target) };
    for (let row = 0; row < table.rowCount; row++) {
      const reference = references.values[row] ?? null;
      if (reference !== null && !known.has(reference)) ledger.fail(row, fault);
    }
  }
}

/** Fails rows dated at or after `asOf`, which would leak future information into features and labels. */
export function checkEventTime(spec: TableSpec, table: Table, ledger: CheckLedger, asOf: number): void {
  const column = spec.eventTime === null ? undefined : table.columns[spec.eventTime];
  if (column?.kind !== 'timestamp') return;
  const fault = { column: spec.eventTime, ...AS_OF_FAULT };
  for (let row = 0; row < table.rowCount; row++) if (column.values[row]! >= asOf) ledger.fail(row, fault);
}
