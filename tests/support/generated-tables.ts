import { backendTables, type SnapshotTables } from '../../contracts/backend.js';
import { backendTable } from '../../bench/support/backend-table.js';
import { type GeneratorOptions, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';

/** A generated backend in memory: the tables of a snapshot at `asOf`, the end of its last day. */
export function generatedTables(options: GeneratorOptions): {
  readonly tables: SnapshotTables;
  readonly asOf: number;
} {
  const all = emptyRows();
  let asOf = 0;
  for (const { rows, end } of generateCustomers(options)) {
    for (const name of backendTables) for (const row of rows[name]) (all[name] as object[]).push(row);
    asOf = end;
  }
  return { tables: Object.fromEntries(backendTables.map((name) => [name, backendTable(name, all[name])])), asOf };
}
