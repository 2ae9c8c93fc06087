import type { BackendTable } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';

type Cells = Readonly<Record<string, string | number | null>>;

/** Generated or imported rows of a backend table as a snapshot holds them. */
export function backendTable(name: BackendTable, rows: readonly object[]): Table {
  const cells = rows as readonly Cells[];
  const columns = tableSpecs[name].columns.map(({ name: column, type }): [string, Column] => {
    if (type === 'text' || type === 'category')
      return [column, { kind: 'text', values: cells.map((row) => (row[column] ?? null) as string | null) }];
    const values = Float64Array.from(cells, (row) => (row[column] ?? Number.NaN) as number);
    return [column, { kind: type === 'timestamp' ? 'timestamp' : 'number', values }];
  });
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}
