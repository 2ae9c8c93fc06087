import { isDeepStrictEqual } from 'node:util';
import type { StoredTable } from '../../../contracts/activities.js';
import type { BackendTable } from '../../../contracts/backend.js';
import type { BlobStore } from '../../../platform/blobs/blob-store.js';
import { loadSnapshot } from '../load-snapshot.js';
import { nullIfLost } from '../lost-blob.js';
import { changedSlices, loadSlices, type Slices } from './slices.js';
import type { ColumnPolicy } from './write-part.js';

/** Above this share of rows in changed slices all are read: one pass costs the source less than two. */
const MOST_CHANGED = 0.3;

/** A table of an earlier snapshot whose unchanged rows are taken over. */
export interface EarlierTable {
  /** Those with rows. */
  readonly parts: StoredTable['parts'];
  /** Slices whose rows are read anew. */
  readonly changed: readonly number[];
}

const countOf = (slices: Slices, slice: number): number => Number(slices.get(slice)?.split(' ')[0] ?? 0);

const isSamePolicy = (
  before: { readonly tables: Readonly<Record<string, unknown>>; readonly keyVersion: number | null } | undefined,
  table: BackendTable,
  now: ColumnPolicy | null,
): boolean => {
  const changes = before?.tables[table] ?? {};
  if (!isDeepStrictEqual(changes, now?.changes ?? {})) return false;
  return Object.keys(changes).length === 0 || before?.keyVersion === now?.keyVersion;
};

async function areThere(blobs: BlobStore, parts: StoredTable['parts']): Promise<boolean> {
  for (const { hash } of parts) if (!(await blobs.renew(hash))) return false; // so that no collection takes them meanwhile
  return true;
}

/**
 * What of a table of an earlier snapshot can be taken over.
 * @returns null when nothing can: the snapshot is lost, its rows were selected, changed or divided in another way, or
 *   most of them changed.
 */
export async function findEarlier(
  blobs: BlobStore,
  parent: string,
  wanted: {
    readonly table: BackendTable;
    readonly queryHash: string;
    readonly policy: ColumnPolicy | null;
    readonly buckets: number;
    readonly slices: Slices;
  },
): Promise<EarlierTable | null> {
  const manifest = await nullIfLost(loadSnapshot(blobs, parent));
  const found = manifest?.tables.find(({ table }) => table === wanted.table);
  if (manifest === null || found?.slices === undefined || found.queryHash !== wanted.queryHash) return null;
  if (manifest.buckets !== wanted.buckets || !isSamePolicy(manifest.policy, wanted.table, wanted.policy)) return null;
  const before = await loadSlices(blobs, found.slices);
  const parts = found.parts.filter(({ rows }) => rows > 0);
  if (before === null || !(await areThere(blobs, parts))) return null;
  const changed = changedSlices(before, wanted.slices);
  const rows = changed.reduce((sum, slice) => sum + countOf(wanted.slices, slice), 0);
  const all = [...wanted.slices.keys()].reduce((sum, slice) => sum + countOf(wanted.slices, slice), 0);
  return rows > all * MOST_CHANGED ? null : { parts, changed };
}
