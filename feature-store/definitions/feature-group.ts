import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import type { FeatureField, FeatureFunction, FeatureView } from '../../contracts/feature-view.js';

/** Computes one group's values by name from rows strictly before `asOf`; NaN = unknown. */
export type GroupFunction<Name extends string> = (entityId: string, asOf: number) => Readonly<Record<Name, number>>;

/** Features that are computed together because they look at the same rows. */
export interface FeatureGroup<Name extends string = string> {
  readonly tables: readonly BackendTable[];
  readonly fields: Readonly<Record<Name, Omit<FeatureField, 'name'>>>;
  prepare(tables: SnapshotTables): GroupFunction<Name>;
}

/** A typed identity: the compiler holds a group's values to its fields. */
export const defineGroup = <Name extends string>(group: FeatureGroup<Name>): FeatureGroup => group;

function combine(groups: readonly FeatureGroup[], tables: SnapshotTables): FeatureFunction {
  const prepared = groups.map((group) => ({ names: Object.keys(group.fields), compute: group.prepare(tables) }));
  const width = prepared.reduce((total, { names }) => total + names.length, 0);
  return (entityId, asOf) => {
    const values = new Float64Array(width);
    let position = 0;
    for (const { names, compute } of prepared) {
      const found = compute(entityId, asOf);
      for (const name of names) values[position++] = found[name]! + 0; // −0 becomes 0, as it is stored
    }
    return values;
  };
}

/** A view made of groups: their fields one after the other, their tables together. */
export function defineView(
  header: Pick<FeatureView, 'name' | 'version' | 'timeToLiveSeconds'>,
  groups: readonly FeatureGroup[],
): FeatureView {
  const fields = groups.flatMap((group) => Object.entries(group.fields).map(([name, field]) => ({ name, ...field })));
  const tables = [...new Set(groups.flatMap((group) => group.tables))];
  return { ...header, entity: 'user', tables, fields, prepare: (loaded) => combine(groups, loaded) };
}
