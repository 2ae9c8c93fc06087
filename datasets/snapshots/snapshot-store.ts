import type { z } from 'zod';
import type { commitSnapshotInput, SnapshotRef } from '../../contracts/activities.js';
import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import { snapshotManifest, type SnapshotManifest } from './manifest.js';
import type { SnapshotLog } from './snapshot-log.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { isDeepStrictEqual } from 'node:util';
import { putJsonBlob, readJsonBlob } from './json-blob.js';
import { readParquet } from './parquet-file.js';

export { createSnapshotLog, type SnapshotLog, type SnapshotRecord } from './snapshot-log.js';

/** Extracted tables of a run, and where to store and record them. */
export interface CommitSnapshot extends z.infer<typeof commitSnapshotInput> {
  readonly blobs: BlobStore;
  readonly log: SnapshotLog;
}

const refOf = (hash: string, manifest: SnapshotManifest): SnapshotRef => ({
  hash,
  source: manifest.source,
  asOf: manifest.asOf,
  rows: Object.fromEntries(manifest.tables.map((table) => [table.table, table.rows])),
});

/** True when the manifests differ at most in their parent. */
const sameContent = (a: SnapshotManifest, b: SnapshotManifest): boolean =>
  isDeepStrictEqual({ ...a, parent: null }, { ...b, parent: null });

/**
 * Stores the manifest of extracted tables, whose hash identifies the snapshot, with the source's latest snapshot as
 * parent, and records it under the run's key. A repeated call returns the first call's snapshot. If the content equals
 * that of the latest snapshot, that one is recorded again.
 * @throws PipelineError of the blob store.
 */
export async function commitSnapshot(input: CommitSnapshot): Promise<SnapshotRef> {
  const { blobs, log, runKey, source, asOf, codeVersion, tables } = input;
  const previous = await log.find(runKey, source);
  if (previous !== null) return refOf(previous.hash, await loadSnapshot(blobs, previous.hash));

  const latest = await log.latest(source);
  const manifest: SnapshotManifest = {
    kind: 'snapshot',
    schemaVersion: 1,
    source,
    asOf,
    parent: latest?.hash ?? null,
    codeVersion,
    tables: [...tables].sort((a, b) => (a.table < b.table ? -1 : 1)),
  };
  const reused = latest !== null && sameContent(manifest, await loadSnapshot(blobs, latest.hash));
  const hash = reused ? latest.hash : (await putJsonBlob(blobs, manifest)).hash;
  const recorded = await log.record({ runKey, hash, source, asOf, rows: refOf(hash, manifest).rows });
  return refOf(recorded.hash, recorded.hash === hash ? manifest : await loadSnapshot(blobs, recorded.hash));
}

/** The manifest with this hash. @throws PipelineError `DATASET_NOT_FOUND` when no snapshot has it, `BLOB_CORRUPT`. */
export const loadSnapshot = (blobs: BlobStore, hash: string): Promise<SnapshotManifest> =>
  readJsonBlob(blobs, hash, { schema: snapshotManifest, what: 'snapshot' });

/**
 * Reads tables of a snapshot with all their parts in key order. Memory: all rows of these tables.
 * A table that the snapshot does not contain is absent from the result.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function loadSnapshotTables(
  blobs: BlobStore,
  hash: string,
  tables: readonly BackendTable[],
): Promise<SnapshotTables> {
  const manifest = await loadSnapshot(blobs, hash);
  const loaded: Partial<Record<BackendTable, SnapshotTables[BackendTable]>> = {};
  for (const { table, parts } of manifest.tables) {
    if (!tables.includes(table)) continue;
    loaded[table] = await readParquet(await Promise.all(parts.map((part) => blobs.localPath(part.hash))));
  }
  return loaded as SnapshotTables;
}
