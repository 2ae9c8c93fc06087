import type { DatasetRef, DatasetSchema } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';
import { hashOfJson } from '../../platform/blobs/hash.js';
import { putJsonBlob, readJsonBlob } from './json-blob.js';
import { nullIfLost } from './lost-blob.js';
import { type DatasetManifest, datasetManifest } from './manifest.js';
import { readParquet } from './parquet-file.js';
import { putTable } from './put-table.js';

/** Hash of a schema's description: a changed column, feature or split rule gives another one. */
export const hashOfSchema = (schema: DatasetSchema): string => hashOfJson(schema);

/** What describes a dataset beside its rows. */
interface DescribedDataset {
  readonly schema: DatasetSchema;
  readonly ref: Omit<DatasetRef, 'hash' | 'rows'>;
}

async function storeManifest(
  blobs: BlobStore,
  { schema, ref }: DescribedDataset,
  { data, rows }: { readonly data: StoredBlob; readonly rows: number },
): Promise<DatasetRef> {
  const described = { ...ref, rows };
  const manifest: DatasetManifest = {
    kind: 'dataset',
    schemaVersion: 1,
    ref: described,
    schemaHash: hashOfSchema(schema),
    data: { hash: data.hash, bytes: data.bytes },
  };
  return { ...described, hash: (await putJsonBlob(blobs, manifest)).hash };
}

/**
 * Stores a training table as Parquet under a manifest. Idempotent: the same rows, schema and origin give the same hash.
 * @param input.ref - everything of the reference but the hash and the number of rows, which follow from the table.
 */
export async function storeDataset(
  blobs: BlobStore,
  input: DescribedDataset & { readonly table: Table },
): Promise<DatasetRef> {
  return storeManifest(blobs, input, { data: await putTable(blobs, input.table), rows: input.table.rowCount });
}

/** Stores a training table that lies in a Parquet file, as `storeDataset` does. */
export async function storeDatasetFile(
  blobs: BlobStore,
  input: DescribedDataset & { readonly path: string; readonly rows: number },
): Promise<DatasetRef> {
  return storeManifest(blobs, input, { data: await blobs.putFile(input.path), rows: input.rows });
}

/** Manifest and table of a dataset. */
export interface LoadedDataset {
  readonly manifest: DatasetManifest;
  /** Shared by all callers that load the same dataset in this process; must not be changed. */
  readonly table: Table;
}

/** Maximum number of cells of a cached table (64 MB of numbers); a process that uses more memory gets no further job. */
const CACHED_CELLS = 8_000_000;

/** The last loaded dataset of each store. */
const newest = new WeakMap<BlobStore, { readonly hash: string; readonly dataset: LoadedDataset }>();

/**
 * Loads a dataset. The last one is cached, up to 8 million cells (64 MB), because consecutive steps of a run load the
 * same dataset in one process. It cannot become stale, since the hash identifies its content.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function loadDataset(blobs: BlobStore, hash: string): Promise<LoadedDataset> {
  const cached = newest.get(blobs);
  if (cached?.hash === hash) return cached.dataset;
  newest.delete(blobs); // before the next one is read, so that the cache never keeps two in memory
  const dataset = await readDataset(blobs, hash);
  const { rowCount, columns } = dataset.table;
  if (rowCount * Object.keys(columns).length <= CACHED_CELLS) newest.set(blobs, { hash, dataset });
  return dataset;
}

const readManifest = (blobs: BlobStore, hash: string): Promise<DatasetManifest> =>
  readJsonBlob(blobs, hash, { schema: datasetManifest, what: 'dataset' });

/**
 * A dataset as it was stored, with the zone and the order of dates of its rows, which the registry does not keep.
 * @throws PipelineError `DATASET_NOT_FOUND`.
 */
export async function loadDatasetRef(blobs: BlobStore, hash: string): Promise<DatasetRef> {
  return { ...(await readManifest(blobs, hash)).ref, hash };
}

/**
 * What a dataset is, without the hash of the snapshot that its rows were taken from: equal for data sets of the same rows,
 * schema and description. A data set whose manifest is lost is told apart by its hash.
 */
export async function contentOfDataset(blobs: BlobStore, { hash }: Pick<DatasetRef, 'hash'>): Promise<object> {
  const manifest = await nullIfLost(readManifest(blobs, hash));
  if (manifest === null) return { hash };
  const { schemaHash, data, ref } = manifest;
  const { origin } = ref;
  if (origin.kind === 'file') return { hash };
  return { ...ref, origin: { kind: origin.kind, source: origin.source }, schemaHash, data: data.hash };
}

/** True for a data set of the same content, which may have been taken from another snapshot. */
export const isSameDataset = async (blobs: BlobStore, one: DatasetRef, other: DatasetRef): Promise<boolean> =>
  one.hash === other.hash ||
  hashOfJson(await contentOfDataset(blobs, one)) === hashOfJson(await contentOfDataset(blobs, other));

/**
 * Stores the manifest of the same rows as taken from another snapshot.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function restateDataset(blobs: BlobStore, dataset: DatasetRef, snapshotHash: string): Promise<DatasetRef> {
  const { origin } = dataset;
  if (origin.kind === 'file' || origin.snapshotHash === snapshotHash) return dataset;
  const manifest = await readManifest(blobs, dataset.hash);
  const ref = { ...manifest.ref, origin: { ...origin, snapshotHash } };
  return { ...ref, hash: (await putJsonBlob(blobs, { ...manifest, ref })).hash };
}

/** Local Parquet files with a dataset's rows, in their order. @throws PipelineError as {@link loadDataset}. */
export async function datasetFiles(blobs: BlobStore, hash: string): Promise<string[]> {
  const { data } = await readManifest(blobs, hash);
  return [await blobs.localPath(data.hash)];
}

async function readDataset(blobs: BlobStore, hash: string): Promise<LoadedDataset> {
  const manifest = await readManifest(blobs, hash);
  return { manifest, table: await readParquet([await blobs.localPath(manifest.data.hash)]) };
}
