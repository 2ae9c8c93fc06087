import type { SchemaReaction, SourceColumns } from '../../contracts/schema-changes.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import { nullIfLost } from '../snapshots/lost-blob.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import type { SourceFinding } from '../sources/backend/check/finding.js';
import type { TableFault } from './expectations/table-rules.js';

/** A column of the source that is not as it was in the snapshot before. */
export interface SchemaChange extends Omit<SourceFinding, 'severity' | 'column'> {
  readonly kind: keyof SchemaReaction;
  readonly column: string;
}

const typesOf = (columns: SourceColumns): ReadonlyMap<string, string> =>
  new Map(columns.map(({ name, type }) => [name, type]));

/**
 * What changed in the columns of a table, in the words of `ml data check-source`: found, wanted (what was there before)
 * and a remedy. A column that was renamed is one that was dropped and one that was added.
 * @param table - `users`, in the source `backend.users`.
 */
export function schemaChanges(table: string, before: SourceColumns, after: SourceColumns): SchemaChange[] {
  const [old, present] = [typesOf(before), typesOf(after)];
  const place = `backend.${table}`;
  const added = after.flatMap(({ name, type }): SchemaChange[] => {
    if (old.has(name)) return [];
    const remedy = 'nothing to do: it is not read; SOURCE_COLUMN_ADDED=ignore says no more of such columns';
    return [{ kind: 'added', table: place, column: name, found: `new, ${type}`, wanted: 'no such column', remedy }];
  });
  const changed = before.flatMap(({ name, type }): SchemaChange[] => {
    const found = present.get(name);
    if (found === type) return [];
    const of = { table: place, column: name, wanted: `${type}, as in the snapshot before` };
    if (found === undefined)
      return [{ ...of, kind: 'dropped', found: 'missing', remedy: `alter table ${place} add column ${name} ${type};` }];
    const remedy = `alter table ${place} alter column ${name} type ${type};`;
    return [{ ...of, kind: 'retyped', found, remedy }];
  });
  return [...added, ...changed];
}

/** Columns of a table in the newest former snapshot that recorded them; null: none did. */
async function formerColumns(
  blobs: BlobStore,
  { parent }: Pick<SnapshotManifest, 'parent'>,
): Promise<ReadonlyMap<string, SourceColumns>> {
  const former = parent === null ? null : await nullIfLost(loadSnapshot(blobs, parent));
  const recorded = (former?.tables ?? []).flatMap(({ table, sourceColumns }) =>
    sourceColumns === undefined ? [] : [[table, sourceColumns] as const],
  );
  return new Map(recorded);
}

/**
 * Changes of the source's columns since the snapshot before, by table, as faults of whole tables. Those that are ignored
 * are left out. Without columns in both snapshots nothing can be said of a table.
 */
export async function schemaFaults(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  reactions: SchemaReaction,
): Promise<ReadonlyMap<string, readonly TableFault[]>> {
  const former = await formerColumns(blobs, manifest);
  const faults = new Map<string, readonly TableFault[]>();
  for (const { table, sourceColumns: present } of manifest.tables) {
    const before = former.get(table);
    if (before === undefined || present === undefined) continue;
    const found = schemaChanges(table, before, present).flatMap((change): TableFault[] => {
      const severity = reactions[change.kind];
      const finding = `found ${change.found}, wanted ${change.wanted}; ${change.remedy}`;
      return severity === 'ignore'
        ? []
        : [{ column: change.column, check: `column-${change.kind}`, finding, severity }];
    });
    if (found.length > 0) faults.set(table, found);
  }
  return faults;
}
