import { type BackendTable, backendTables, type SnapshotTables } from '../../contracts/backend.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';
import { backendTable } from '../support/backend-table.js';

/** Generated customers as the tables of a snapshot. */
export function historiesOf(users: number, months: number): { readonly tables: SnapshotTables; readonly asOf: number } {
  const all = emptyRows();
  let asOf = 0;
  for (const { rows, end } of generateCustomers({ users, months })) {
    for (const name of backendTables) for (const row of rows[name]) (all[name] as object[]).push(row);
    asOf = end;
  }
  const tables = backendTables.map((name: BackendTable) => [name, backendTable(name, all[name])]);
  return { tables: Object.fromEntries(tables) as SnapshotTables, asOf };
}
