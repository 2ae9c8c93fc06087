import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { Table } from '../../contracts/table.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { FeatureSetManifest } from '../../datasets/snapshots/manifest.js';
import { loadSnapshotTables } from '../../datasets/snapshots/read-snapshot.js';
import { concatTables, selectRows, textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadFeatureSet, loadFeatureTable } from './feature-set-store.js';

type Named = Pick<FeatureView, 'name' | 'version'>;

/** A view's table in a feature set; null: the set has none of this version. */
function storedTableOf({ views }: FeatureSetManifest, { name, version }: Named): string | null {
  return views.find((each) => each.name === name && each.version === version)?.hash ?? null;
}

/** Whether a feature set leaves entities of a view to the set that it continues. */
export const isPartial = ({ continues }: FeatureSetManifest, view: Named): boolean =>
  continues?.[referenceOf(view)] !== undefined;

/** Users of the set's snapshot: one that has gone since is still in an earlier set. */
async function usersOf(blobs: BlobStore, { snapshotHash }: FeatureSetManifest): Promise<Set<string>> {
  const { users } = await loadSnapshotTables(blobs, snapshotHash, { columns: { users: ['id'] } });
  return new Set(users === undefined ? [] : textColumn(users, 'id').filter((id) => id !== null));
}

async function joinEarlier(blobs: BlobStore, set: FeatureSetManifest, view: Named): Promise<Table> {
  const wanted = await usersOf(blobs, set);
  const tables: Table[] = [];
  for (let next: FeatureSetManifest | null = set; next !== null && wanted.size > 0;) {
    const hash = storedTableOf(next, view);
    if (hash !== null) {
      const table = await loadFeatureTable(blobs, hash);
      const ids = textColumn(table, 'entity_id');
      tables.push(selectRows(table, [...ids.keys()].filter((row) => wanted.delete(ids[row] ?? '')))); // prettier-ignore
    }
    const earlier: string | undefined = next.continues?.[referenceOf(view)];
    next = earlier === undefined ? null : await loadFeatureSet(blobs, earlier);
  }
  return concatTables(tables);
}

/**
 * The newest values of every entity of a view: those of a feature set, and of the sets that it continues for entities
 * that it leaves out. Memory: one view of all entities.
 * @returns `entity_id`, `event_time`, then the fields; null when the set has no table of the view, or one that it
 *   continues is no longer stored.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `DATASET_NOT_FOUND` for what is lost of the set itself.
 */
export async function loadWholeView(blobs: BlobStore, set: FeatureSetManifest, view: Named): Promise<Table | null> {
  const hash = storedTableOf(set, view);
  if (hash === null) return null;
  return isPartial(set, view) ? nullIfLost(joinEarlier(blobs, set, view)) : loadFeatureTable(blobs, hash);
}
