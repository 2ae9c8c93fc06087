import type { DatasetRef, DatasetSchema } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { hashOfJson } from '../../platform/blobs/hash.js';
import { putJsonBlob, readJsonBlob } from './json-blob.js';
import { type DatasetManifest, datasetManifest } from './manifest.js';
import { readParquet } from './parquet-file.js';
import { putTable } from './put-table.js';

/** Hash of a schema's description: a changed column, feature or split rule gives another one. */
export const hashOfSchema = (schema: DatasetSchema): string => hashOfJson(schema);

/**
 * Stores a training table as Parquet under a manifest. Idempotent: the same rows, schema and origin give the same hash.
 * @param input.ref - everything of the reference but the hash and the number of rows, which follow from the table.
 */
export async function storeDataset(
  blobs: BlobStore,
  input: {
    readonly table: Table;
    readonly schema: DatasetSchema;
    readonly ref: Omit<DatasetRef, 'hash' | 'rows'>;
  },
): Promise<DatasetRef> {
  const { table, schema, ref } = input;
  const data = await putTable(blobs, table);
  const described = { ...ref, rows: table.rowCount };
  const manifest: DatasetManifest = {
    kind: 'dataset',
    schemaVersion: 1,
    ref: described,
    schemaHash: hashOfSchema(schema),
    data: { hash: data.hash, bytes: data.bytes },
  };
  return { ...described, hash: (await putJsonBlob(blobs, manifest)).hash };
}

/** A stored dataset in memory. */
export interface LoadedDataset {
  readonly manifest: DatasetManifest;
  /** Shared by everyone who loads the same dataset in this process: never written to. */
  readonly table: Table;
}

/** Cells of the largest table that is kept: 64 MB as numbers. A process that holds more is not given another job. */
const KEPT_CELLS = 8_000_000;

/** Of each store the dataset that was loaded last. */
const newest = new WeakMap<BlobStore, { readonly hash: string; readonly dataset: LoadedDataset }>();

/**
 * Loads a dataset. The last one stays in memory, up to 8 million cells (64 MB), because a run's steps follow each other
 * in one process and each of them loads the same dataset. Its content cannot change: the hash is its name.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function loadDataset(blobs: BlobStore, hash: string): Promise<LoadedDataset> {
  const kept = newest.get(blobs);
  if (kept?.hash === hash) return kept.dataset;
  newest.delete(blobs); // before the next one is read, so that two are never held for the cache's sake
  const dataset = await readDataset(blobs, hash);
  const { rowCount, columns } = dataset.table;
  if (rowCount * Object.keys(columns).length <= KEPT_CELLS) newest.set(blobs, { hash, dataset });
  return dataset;
}

async function readDataset(blobs: BlobStore, hash: string): Promise<LoadedDataset> {
  const manifest = await readJsonBlob(blobs, hash, { schema: datasetManifest, what: 'dataset' });
  return { manifest, table: await readParquet([await blobs.localPath(manifest.data.hash)]) };
}
