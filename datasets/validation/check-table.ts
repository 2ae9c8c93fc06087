import type { TableSpec } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import { CheckLedger, type TableReport } from './check-ledger.js';
import { checkColumn } from './column-checks.js';
import { checkEventTime, checkForeignKeys, createUniquenessCheck } from './key-checks.js';

/** Ids by table, of the tables that foreign keys are compared with. */
export type IdSets = ReadonlyMap<string, ReadonlySet<string>>;

/** Name in reports of a row without a key. @param row - from 0. */
export const rowOfPart = (row: number): string => `number ${row + 1} of its part`;

const keyOfRow =
  (table: Table) =>
  (row: number): string =>
    String(table.columns.id?.values[row] ?? rowOfPart(row));

/**
 * Checks rows of a source's table in memory, part by part: a sample before there is a snapshot. Stored tables are checked
 * by the same rules in SQL; see files/check-files.ts.
 * @param parts - in key order.
 */
export async function checkTable(
  spec: TableSpec,
  parts: AsyncIterable<Table>,
  context: { readonly asOf: number; readonly idsOf: IdSets },
): Promise<TableReport> {
  const ledger = new CheckLedger(spec.name);
  const unique = spec.columns.filter((column) => column.unique === true).map(({ name }) => createUniquenessCheck(name));
  for await (const part of parts) {
    ledger.startPart(part.rowCount, keyOfRow(part));
    for (const column of spec.columns) checkColumn(column, part, ledger);
    for (const check of unique) check(part, ledger);
    checkForeignKeys(spec, part, ledger, context.idsOf);
    checkEventTime(spec, part, ledger, context.asOf);
  }
  return ledger.report();
}
