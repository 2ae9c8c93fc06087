import type { BackendTable } from '../../contracts/backend.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';

/** One Parquet blob of a table. */
export interface SnapshotPart {
  readonly table: BackendTable;
  readonly hash: string;
  readonly rows: number;
  readonly bytes: number;
  /** Bucket of users, or null where the snapshot has none. */
  readonly bucket: number | null;
}

/** Every part of a snapshot, in the order of its manifest. */
export const snapshotParts = ({ tables }: SnapshotManifest): readonly SnapshotPart[] =>
  tables.flatMap(({ table, parts }) =>
    parts.map((part) => {
      const { hash, rows, bytes } = part;
      return { table, hash, rows, bytes, bucket: 'bucket' in part ? (part.bucket as number) : null };
    }),
  );

/** Bytes of a snapshot that another one has too, and those that only it has; a part counts once. */
export interface SharedSize {
  readonly shared: number;
  readonly own: number;
}

/** @param parent - null: nothing is shared. */
export function sharedSize(manifest: SnapshotManifest, parent: SnapshotManifest | null): SharedSize {
  const known = new Set(parent === null ? [] : snapshotParts(parent).map(({ hash }) => hash));
  const parts = new Map(snapshotParts(manifest).map(({ hash, bytes }) => [hash, bytes]));
  const size = { shared: 0, own: 0 };
  for (const [hash, bytes] of parts) size[known.has(hash) ? 'shared' : 'own'] += bytes;
  return size;
}

/** Parts of one table that only one of two snapshots has, and may therefore hold different rows. */
export interface DifferingParts {
  readonly before: readonly SnapshotPart[];
  readonly after: readonly SnapshotPart[];
}

/**
 * Parts that only one side has. A part that both have holds the same rows, each key being in one part.
 * @param buckets - both snapshots have the same buckets: one group for each bucket, whose rows need not be compared with
 *   another's. Otherwise all differing parts are one group.
 */
export function differingParts(
  before: readonly SnapshotPart[],
  after: readonly SnapshotPart[],
  buckets: boolean,
): readonly DifferingParts[] {
  const [inBefore, inAfter] = [before, after].map((parts) => new Set(parts.map(({ hash }) => hash)));
  const groups = new Map<number | null, { before: SnapshotPart[]; after: SnapshotPart[] }>();
  const groupOf = ({ bucket }: SnapshotPart) => {
    const key = buckets ? bucket : null;
    const group = groups.get(key) ?? { before: [], after: [] };
    groups.set(key, group);
    return group;
  };
  for (const part of before) if (!inAfter!.has(part.hash)) groupOf(part).before.push(part);
  for (const part of after) if (!inBefore!.has(part.hash)) groupOf(part).after.push(part);
  return [...groups.values()];
}
