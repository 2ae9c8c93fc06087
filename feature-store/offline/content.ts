import type { BackendTable } from '../../contracts/backend.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BackendDataset, ModelDefinition } from '../../contracts/model-definition.js';
import { contentOfTables, momentComparedWith } from '../../datasets/snapshots/content.js';
import { haveEnded, knownUntil } from '../../datasets/snapshots/known-until.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { columnsOf } from './dataset-parts.js';

/*
 * What features, training rows and states follow from beside their code, without the hash of the snapshot's manifest.
 * Equal values give equal results; a test over all models builds both.
 */

type Content = Readonly<Record<string, unknown>>;
const tablesIn = (columns: object): BackendTable[] => Object.keys(columns) as BackendTable[];

/**
 * What the features of a snapshot follow from: the tables that views read, and the moment up to which these are known.
 * @param bucket - of the users of this bucket alone. @default of all users
 */
export function contentOfFeatures(manifest: SnapshotManifest, views: readonly FeatureView[], bucket?: number): Content {
  const tables = tablesIn(unionOfColumns([{ users: ['id'] }, ...views.map((view) => view.columns)]));
  const moments = views.map((view) => knownUntil(manifest, view.tables));
  return { ...contentOfTables(manifest, tables, bucket), moments };
}

/** Every table of which a model's rows need to know anything. */
const tablesOf = (backend: BackendDataset): BackendTable[] => [
  ...new Set([...tablesIn(columnsOf(backend)), ...backend.tables, ...(backend.optionalTables ?? [])]),
];

/** What a model's training rows follow from. @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`. */
export async function contentOfRows(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  backend: BackendDataset,
): Promise<Content> {
  const moment = await momentComparedWith(blobs, manifest, backend.comparedWithMoment);
  return { ...contentOfTables(manifest, tablesOf(backend)), moment };
}

/**
 * What the training rows of the users of each bucket follow from: their own rows, tables that the model wants whole, and
 * the newest transaction of all users where rows are compared with it.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function contentOfRowParts(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  backend: BackendDataset,
): Promise<(bucket: number) => Content> {
  const { byUser, comparedWithMoment: compared } = backend;
  const moment = await momentComparedWith(blobs, manifest, compared);
  const isCompared = compared === undefined || compared.transactions !== undefined;
  const newest = isCompared ? manifest.tables.find(({ table }) => table === 'transactions')?.eventTime?.to : undefined;
  const shared = contentOfTables(manifest, byUser?.whole ?? []).tables;
  const own = tablesOf(backend).filter((table) => byUser?.whole?.includes(table) !== true);
  return (bucket) => ({ ...contentOfTables(manifest, own, bucket), shared, moment, newest });
}

/**
 * What the entity states of models follow from. They are as of the moment while there are new rows in any table of the
 * model; once all have ended, as of a moment that follows from the rows.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function contentOfStates(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  models: readonly ModelDefinition[],
): Promise<Content> {
  const contents: Content[] = [];
  for (const { name, backend, states = [] } of models) {
    if (states.length === 0) continue;
    const tables = tablesOf(backend);
    const events = manifest.tables.filter(({ table }) => tables.includes(table));
    const newest = events.reduce((latest, { eventTime }) => Math.max(latest, eventTime?.to ?? -Infinity), -Infinity);
    const alive = haveEnded(manifest.asOf, newest) ? null : manifest.asOf;
    contents.push({ name, alive, ...(await contentOfRows(blobs, manifest, backend)) });
  }
  return { models: contents };
}
