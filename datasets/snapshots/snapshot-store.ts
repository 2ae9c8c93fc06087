import type { z } from 'zod';
import {
  type commitSnapshotInput,
  type ExtractedTable,
  type SnapshotRef,
  type StoredTable,
  storedTable,
} from '../../contracts/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { DateOrder } from '../../contracts/dataset.js';
import type { SnapshotManifest } from './manifest.js';
import type { SnapshotLog } from './snapshot-log.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { isDeepStrictEqual } from 'node:util';
import { putJsonBlob } from './json-blob.js';
import { loadSnapshot } from './load-snapshot.js';
import { nullIfLost } from './lost-blob.js';

export { loadSnapshotTables, snapshotFiles, type SnapshotSelection } from './read-snapshot.js';
export { loadSnapshot } from './load-snapshot.js';
export { createSnapshotLog, type SnapshotLog, type SnapshotRecord } from './snapshot-log.js';

/** Extracted tables of a run, and where to store and record them. */
export interface CommitSnapshot extends z.infer<typeof commitSnapshotInput> {
  readonly blobs: BlobStore;
  readonly log: SnapshotLog;
  /** IANA zone of the customers' clocks. */
  readonly timeZone?: string;
  /** How dates in numbers are written in texts. @default 'day-first' */
  readonly dateOrder?: DateOrder;
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
 * that of the latest snapshot, that one is recorded again. A latest snapshot whose manifest is missing or damaged is
 * reported in the notes, and the chain starts anew: every extraction is complete, so nothing of it is needed.
 * @throws PipelineError of the blob store.
 */
export async function commitSnapshot(input: CommitSnapshot): Promise<SnapshotRef> {
  const { blobs, log, runKey, source, tables } = input;
  const previous = await log.find(runKey, source);
  if (previous !== null && !previous.lost && previous.removedAt === null) {
    const intact = await loadIntact(blobs, previous.hash);
    if (intact !== null) return refOf(previous.hash, intact);
    await log.setLost(previous.hash, true);
  }
  const latest = await log.latest(source);
  const parent = latest === null ? null : await loadIntact(blobs, latest.hash);
  const manifest = manifestOf(input, parent === null ? null : latest!.hash);
  const reused = parent !== null && sameContent(manifest, parent);
  const hash = reused ? latest!.hash : (await putJsonBlob(blobs, manifest)).hash;
  const { rows } = refOf(hash, { ...manifest, tables });
  const recorded = await log.record({ runKey, hash, source, asOf: manifest.asOf, rows });
  const ref = refOf(recorded.hash, recorded.hash === hash ? manifest : await loadSnapshot(blobs, recorded.hash));
  return latest === null || parent !== null ? ref : { ...ref, notes: [startsAnew(latest.hash)] };
}

const manifestOf = (
  { source, asOf, codeVersion, timeZone, dateOrder, retrospective, policy, tables }: CommitSnapshot,
  parent: string | null,
): SnapshotManifest => ({
  kind: 'snapshot',
  ...versionOf(tables),
  source,
  asOf,
  parent,
  codeVersion,
  ...(timeZone !== undefined && { timeZone }),
  // The usual order is not written, so that a snapshot's hash stays the same.
  ...(dateOrder === 'month-first' && { dateOrder }),
  ...(retrospective !== undefined && { retrospective }),
  ...(policy !== undefined && { policy }),
  tables: [...tables].sort((a, b) => (a.table < b.table ? -1 : 1)).map(withoutBuckets),
});

/** The number of buckets is that of the snapshot. */
const withoutBuckets = (table: ExtractedTable): StoredTable => storedTable.strip().parse(table);

/** @throws PipelineError `CONFLICT` when tables were divided into different numbers of buckets. */
function versionOf(tables: readonly ExtractedTable[]): Pick<SnapshotManifest, 'schemaVersion' | 'buckets'> {
  const [buckets, ...others] = new Set(tables.map((table) => table.buckets));
  if (others.length > 0)
    throw new PipelineError('CONFLICT', `tables of one snapshot are in ${[buckets, ...others].join(' and ')} buckets`);
  return buckets === undefined ? { schemaVersion: 1 } : { schemaVersion: 2, buckets };
}

const startsAnew = (hash: string): string =>
  `the former snapshot ${hash.slice(0, 12)} is missing or damaged in the blob store, so the chain of snapshots starts ` +
  'anew; `ml data repair` lists what is lost';

/** The manifest, or null when its blob is missing or is not a snapshot's. */
const loadIntact = (blobs: BlobStore, hash: string): Promise<SnapshotManifest | null> =>
  nullIfLost(loadSnapshot(blobs, hash));
