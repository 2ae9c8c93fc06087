import type { BackendTable, TableColumns } from '../../contracts/backend.js';

/** All columns that several readers read, each once, in order of first mention. */
export function unionOfColumns(readers: readonly TableColumns[]): TableColumns {
  const union: Partial<Record<BackendTable, readonly string[]>> = {};
  for (const columns of readers)
    for (const [table, names] of Object.entries(columns) as [BackendTable, readonly string[]][])
      union[table] = [...new Set([...(union[table] ?? []), ...names])];
  return union;
}
