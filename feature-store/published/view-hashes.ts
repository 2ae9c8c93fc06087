import type { SnapshotTables } from '../../contracts/backend.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { hashOfJson, sha256 } from '../../platform/blobs/hash.js';
import { GOLDEN_CUSTOMERS, GOLDEN_MOMENTS, goldenTables } from './golden-customers.js';

/** What a published version of a view is held to. */
export interface ViewHashes {
  /** sha256 of what is declared: entity, time to live, tables with columns, fields with units and meanings. */
  readonly definition: string;
  /** sha256 of what is computed: the values of the golden customers at the golden moments, as little-endian float64. */
  readonly golden: string;
}

/** Owner and description of the view as a whole may change: they say nothing about its values. */
const declared = ({ name, version, entity, timeToLiveSeconds, tables, columns, fields }: FeatureView) => ({
  ...{ name, version, entity, timeToLiveSeconds, fields },
  tables: [...tables].sort(),
  columns: Object.fromEntries(Object.entries(columns).map(([table, names]) => [table, [...names].sort()])),
});

/** Only the columns that a view declares: one that reads others would fail in the pipeline too. */
function declaredTables({ columns }: FeatureView, tables: SnapshotTables): SnapshotTables {
  const picked = Object.entries(columns).map(([name, wanted]) => {
    const table = tables[name as keyof SnapshotTables]!;
    return [name, { ...table, columns: Object.fromEntries(wanted.map((each) => [each, table.columns[each]!])) }];
  });
  return Object.fromEntries(picked) as SnapshotTables;
}

function goldenValues(view: FeatureView): Buffer {
  const compute = view.prepare(declaredTables(view, goldenTables()));
  const values = GOLDEN_MOMENTS.flatMap((asOf) => GOLDEN_CUSTOMERS.flatMap((id) => [...compute(id, asOf)]));
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value + 0, 8 * i));
  return bytes;
}

/** Deterministic; about 400 rows are read. */
export const hashesOf = (view: FeatureView): ViewHashes => ({
  definition: hashOfJson(declared(view)),
  golden: sha256(goldenValues(view)),
});
