import { type BackendTable, backendTables } from '../../contracts/backend.js';
import type { ColumnAction, ColumnChange } from '../../contracts/data-policy.js';
import { isKeyColumn } from '../sources/backend/column-types.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { fitsColumn } from './check-policy.js';
import type { ChangedTables, Reader } from './withheld.js';

/** What a policy may do and does with one column of a source. */
export interface ColumnOverview {
  readonly table: BackendTable;
  readonly column: string;
  readonly action: ColumnAction;
  /** Changes that the column's type allows. */
  readonly possible: readonly ColumnChange[];
  /** Who reads it, and the changes that each can do with. */
  readonly readers: readonly { readonly name: string; readonly allowed: readonly ColumnChange[] }[];
}

const changes: readonly ColumnChange[] = ['mask', 'hash', 'drop'];

const readersOfColumn = (table: BackendTable, column: string, readers: readonly Reader[]): ColumnOverview['readers'] =>
  readers.flatMap(({ name, tables, needs }) => {
    const allowed = needs === undefined && tables.includes(table) ? [] : needs?.[table]?.[column];
    return allowed === undefined ? [] : [{ name, allowed }];
  });

/** Every column of the source's tables that is no key and that a policy could change. */
export function overviewOf(readers: readonly Reader[], policy: ChangedTables | null): readonly ColumnOverview[] {
  return backendTables.flatMap((table) =>
    tableSpecs[table].columns
      .filter((spec) => !isKeyColumn(spec))
      .map((spec) => ({
        ...{ table, column: spec.name },
        action: policy?.tables[table]?.[spec.name] ?? ('keep' as const),
        possible: changes.filter((change) => fitsColumn(spec, change)),
        readers: readersOfColumn(table, spec.name, readers),
      }))
      .filter(({ possible }) => possible.length > 0),
  );
}
