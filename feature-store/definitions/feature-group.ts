import type { BackendTable, SnapshotTables, TableColumns } from '../../contracts/backend.js';
import type { FeatureField, FeatureFunction, FeatureView } from '../../contracts/feature-view.js';
import { sum } from '../../learning/numeric/statistics/sum.js';
import { unionOfColumns } from './table-columns.js';

/** Computes one group's values by name from rows strictly before `asOf`; NaN = unknown. */
export type GroupFunction<Name extends string> = (entityId: string, asOf: number) => Readonly<Record<Name, number>>;

/** Features that are computed together because they read the same rows. */
export interface FeatureGroup<Name extends string = string> {
  /** All that `prepare` reads. */
  readonly columns: TableColumns;
  readonly fields: Readonly<Record<Name, Omit<FeatureField, 'name'>>>;
  prepare(tables: SnapshotTables): GroupFunction<Name>;
}

/** Returns its argument; the type makes the compiler check that a group computes exactly its fields. */
export const defineGroup = <Name extends string>(group: FeatureGroup<Name>): FeatureGroup => group;

function combine(groups: readonly FeatureGroup[], tables: SnapshotTables): FeatureFunction {
  const prepared = groups.map((group) => ({ names: Object.keys(group.fields), compute: group.prepare(tables) }));
  const width = sum(prepared.map(({ names }) => names.length));
  return (entityId, asOf) => {
    const values = new Float64Array(width);
    let position = 0;
    for (const { names, compute } of prepared) {
      const computed = compute(entityId, asOf);
      for (const name of names) values[position++] = computed[name]! + 0; // −0 becomes 0, as in storage
    }
    return values;
  };
}

/** A view of entity `user` with the groups' fields in order and the union of their columns. */
export function defineView(
  header: Pick<FeatureView, 'name' | 'version' | 'timeToLiveSeconds' | 'needs'>,
  groups: readonly FeatureGroup[],
): FeatureView {
  const fields = groups.flatMap((group) => Object.entries(group.fields).map(([name, field]) => ({ name, ...field })));
  const columns = unionOfColumns(groups.map((group) => group.columns));
  const tables = Object.keys(columns) as BackendTable[];
  return { ...header, entity: 'user', tables, columns, fields, prepare: (loaded) => combine(groups, loaded) };
}
