import type { VersionRecord } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { nullIfLost } from '../snapshots/lost-blob.js';
import type { SnapshotRecord } from '../snapshots/snapshot-log.js';
import { loadSnapshot } from '../snapshots/snapshot-store.js';
import { type SharedSize, sharedSize } from './parts.js';

/** One recorded snapshot with what its manifest and the registry say of it. */
export interface SnapshotOverview extends SnapshotRecord {
  /** The snapshot of the same source before it; null = none, or the manifest cannot be read. */
  readonly parent: string | null;
  /** Bytes that the parent has too, and those that it has not; null = the manifest cannot be read. */
  readonly size: SharedSize | null;
  /** Registered versions that were trained on it, as `model line version`; they keep it from being removed. */
  readonly pinnedBy: readonly string[];
}

/** Versions that were trained on a snapshot. @param name - how one is named. */
export const versionsFrom = (
  versions: readonly VersionRecord[],
  snapshotHash: string,
  name: (version: VersionRecord) => string,
): readonly string[] =>
  versions
    .filter(({ dataset: { origin } }) => origin.kind === 'snapshot' && origin.snapshotHash === snapshotHash)
    .map(name);

/** Records with parent, size and the versions that pin them, in the order given. */
export async function overviewOf(
  blobs: BlobStore,
  records: readonly SnapshotRecord[],
  versions: readonly VersionRecord[],
): Promise<readonly SnapshotOverview[]> {
  const manifestOf = (hash: string) => nullIfLost(loadSnapshot(blobs, hash));
  const overviews: SnapshotOverview[] = [];
  for (const record of records) {
    const manifest = await manifestOf(record.hash);
    const parent = manifest?.parent ?? null;
    const size = manifest === null ? null : sharedSize(manifest, parent === null ? null : await manifestOf(parent));
    const pinnedBy = versionsFrom(versions, record.hash, (one) => `${one.modelName} ${one.line} ${one.version}`);
    overviews.push({ ...record, parent, size, pinnedBy });
  }
  return overviews;
}
