import type { ModelRegistry, VersionRecord } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { versionsFrom } from '../versions/snapshot-overview.js';
import { isLostBlob } from './lost-blob.js';
import type { SnapshotLog, SnapshotRecord } from './snapshot-log.js';
import { loadSnapshot } from './snapshot-store.js';

/** A recorded snapshot that cannot be read completely. */
export interface DamagedSnapshot {
  readonly record: SnapshotRecord;
  /** What is missing or damaged: the manifest, or parts of tables. */
  readonly damage: string;
  /** Versions that were trained on it; they keep their artefacts and can no longer be trained again from the same rows. */
  readonly versions: readonly string[];
}

/** What an examination of the log found. */
export interface SnapshotHealth {
  readonly examined: number;
  readonly damaged: readonly DamagedSnapshot[];
  /** Marked as lost by an earlier repair and complete again, as after restoring a backup. */
  readonly foundAgain: readonly SnapshotRecord[];
}

export interface ExaminedStores {
  readonly blobs: BlobStore;
  readonly log: SnapshotLog;
  readonly registry: Pick<ModelRegistry, 'listVersions'>;
}

/** Most records that are examined; the newest come first. */
const MOST_RECORDS = 10_000;

/**
 * Examines every recorded snapshot that the retention keeps: its manifest, and whether its parts are there.
 * @param options.verify - also read the parts and compare their hashes, which takes as long as reading all data.
 */
export async function examineSnapshots(
  { blobs, log, registry }: ExaminedStores,
  { verify }: { readonly verify: boolean },
): Promise<SnapshotHealth> {
  const recorded = await log.list({ limit: MOST_RECORDS });
  const records = onePerHash(recorded.filter(({ removedAt }) => removedAt === null));
  const versions = await registry.listVersions({});
  const damaged: DamagedSnapshot[] = [];
  const foundAgain: SnapshotRecord[] = [];
  for (const record of records) {
    const damage = await damageOf(blobs, record.hash, verify);
    if (damage !== null) damaged.push({ record, damage, versions: versionsFrom(versions, record.hash, nameOf) });
    else if (record.lost) foundAgain.push(record);
  }
  return { examined: records.length, damaged, foundAgain };
}

const nameOf = ({ modelName, version }: VersionRecord): string => `${modelName} ${version}`;

/** Unchanged data are recorded again under the same hash. */
const onePerHash = (records: readonly SnapshotRecord[]): readonly SnapshotRecord[] => [
  ...new Map(records.map((record) => [record.hash, record])).values(),
];

async function damageOf(blobs: BlobStore, hash: string, verify: boolean): Promise<string | null> {
  try {
    const { tables } = await loadSnapshot(blobs, hash);
    const broken: string[] = [];
    for (const { table, parts } of tables)
      for (const part of parts) if (!(await isIntact(blobs, part.hash, verify))) broken.push(table);
    if (broken.length === 0) return null;
    return `${broken.length} parts are missing or damaged, of ${[...new Set(broken)].join(', ')}`;
  } catch (fault) {
    if (!isLostBlob(fault)) throw fault;
    return fault.code === 'BLOB_CORRUPT' ? 'the manifest is damaged' : 'the manifest is missing';
  }
}

async function isIntact(blobs: BlobStore, hash: string, verify: boolean): Promise<boolean> {
  if (!verify) return blobs.has(hash);
  try {
    await blobs.localPath(hash);
    return true;
  } catch (fault) {
    if (isLostBlob(fault)) return false;
    throw fault;
  }
}

/** Marks the damaged snapshots as lost and takes the mark from those that are complete again. Repeatable. */
export async function repairLog(log: SnapshotLog, { damaged, foundAgain }: SnapshotHealth): Promise<void> {
  for (const { record } of damaged) await log.setLost(record.hash, true);
  for (const { hash } of foundAgain) await log.setLost(hash, false);
}
