import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import { numberColumn, textColumn, timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { OnlineValue } from '../../feature-store/online/online-value.js';
import { loadFeatureSet, loadFeatureTable } from '../../feature-store/offline/feature-set-store.js';

/**
 * The values of a view in the offline store by entity: those of a feature set, and of the sets that it continues for
 * entities that it leaves out. Memory: one view of all entities.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function readFeatures(
  blobs: BlobStore,
  hash: string,
  view: Pick<FeatureView, 'name' | 'version' | 'fields'>,
): Promise<Map<string, OnlineValue>> {
  const values = new Map<string, OnlineValue>();
  for (let next: string | undefined = hash; next !== undefined;) {
    const set = await loadFeatureSet(blobs, next);
    const stored = set.views.find(({ name, version }) => name === view.name && version === view.version);
    if (stored !== undefined) await addValues(blobs, stored.hash, { view, values });
    next = set.continues?.[referenceOf(view)];
  }
  return values;
}

async function addValues(
  blobs: BlobStore,
  hash: string,
  {
    view: { fields, version: viewVersion },
    values,
  }: { readonly view: Pick<FeatureView, 'fields' | 'version'>; readonly values: Map<string, OnlineValue> },
): Promise<void> {
  const table = await loadFeatureTable(blobs, hash);
  const times = timestampColumn(table, 'event_time');
  const columns = fields.map(({ name }) => numberColumn(table, name));
  for (const [row, id] of textColumn(table, 'entity_id').entries()) {
    if (id === null || values.has(id)) continue;
    values.set(id, { viewVersion, eventTime: times[row]!, features: Float64Array.from(columns, (each) => each[row]!) });
  }
}
