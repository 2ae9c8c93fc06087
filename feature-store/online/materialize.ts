import type { FeaturePart, Materialized } from '../../contracts/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { Table } from '../../contracts/table.js';
import { numberColumn, textColumn, timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadFeatureSet, loadFeatureTable } from '../offline/feature-set-store.js';
import { recordMaterialisation } from './materialisations.js';
import { onlineNameOf } from './online-name.js';
import type { OnlineStore, OnlineValue } from './online-store.js';
import { KEPT_SECONDS } from './retention.js';

/** Entities in one call of the store; limits the memory for packed values. */
const BATCH = 1_000;

/** One batch of a view's table, from row `start`, as online values by entity. */
function valuesOf(view: FeatureView, table: Table, start: number): Map<string, OnlineValue> {
  const entityIds = textColumn(table, 'entity_id');
  const eventTimes = timestampColumn(table, 'event_time');
  const fields = view.fields.map(({ name }) => numberColumn(table, name));
  const values = new Map<string, OnlineValue>();
  for (let row = start; row < Math.min(table.rowCount, start + BATCH); row++) {
    const features = Float64Array.from(fields, (field) => field[row]!);
    values.set(entityIds[row]!, { viewVersion: view.version, eventTime: eventTimes[row]!, features });
  }
  return values;
}

function findView(views: readonly FeatureView[], name: string, version: number): FeatureView {
  const known = views.filter((candidate) => candidate.name === name);
  const view = known.find((candidate) => candidate.version === version);
  if (view !== undefined) return view;
  const versions = known.map((candidate) => candidate.version).join(', ');
  const found = known.length === 0 ? 'there is no such view' : `the code has version ${versions}`;
  throw new PipelineError('CONFLICT', `the feature set has ${name} version ${version}, ${found}`, { view: name });
}

async function writeTable(
  store: OnlineStore,
  { source, view, table }: { readonly source: string; readonly view: FeatureView; readonly table: Table },
): Promise<void> {
  for (let start = 0; start < table.rowCount; start += BATCH)
    await store.put(source, onlineNameOf(view), valuesOf(view, table, start), KEPT_SECONDS);
}

/**
 * Writes the features of one bucket to the online store, the tables in the order of the views. Idempotent, as
 * {@link materializeFeatureSet}.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `SERVICE_UNAVAILABLE`.
 */
export async function materializeFeaturePart(
  { blobs, store, source }: { readonly blobs: BlobStore; readonly store: OnlineStore; readonly source: string },
  views: readonly FeatureView[],
  part: FeaturePart,
): Promise<void> {
  for (const [i, view] of views.entries()) {
    const { hash, rows } = part.views[i]!;
    if (rows > 0) await writeTable(store, { source, view, table: await loadFeatureTable(blobs, hash) });
  }
}

/**
 * Writes a feature set to the online store. Idempotent, and safe in any order: values with a later event time are kept.
 * @param input.hash - hash of the feature set.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `SERVICE_UNAVAILABLE`; `CONFLICT` when
 *   the set was built by another version of a view.
 */
export async function materializeFeatureSet(input: {
  readonly blobs: BlobStore;
  readonly store: OnlineStore;
  readonly hash: string;
  readonly views: readonly FeatureView[];
}): Promise<Materialized> {
  const { blobs, store, hash, views } = input;
  const { source, asOf, views: stored } = await loadFeatureSet(blobs, hash);
  const done: Materialized['views'] = [];
  for (const { name, version, hash: viewHash } of stored) {
    const view = findView(views, name, version);
    const table = await loadFeatureTable(blobs, viewHash);
    await writeTable(store, { source, view, table });
    const [eventTime = asOf] = timestampColumn(table, 'event_time');
    await recordMaterialisation(store, source, {
      view: onlineNameOf(view),
      version,
      eventTime,
      entities: table.rowCount,
    });
    done.push({ name, entities: table.rowCount });
  }
  return { store: store.kind, views: done };
}
