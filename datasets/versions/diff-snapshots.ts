import type { DuckDBConnection } from '@duckdb/node-api';
import type { BackendTable } from '../../contracts/backend.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { withDuckDb } from '../snapshots/duckdb.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { loadSnapshot } from '../snapshots/snapshot-store.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { type ColumnDrift, columnDrifts, comparedColumns } from './column-drift.js';
import { differingParts, type SnapshotPart, snapshotParts } from './parts.js';
import { addDifferences, compareRows, describeFiles, type RowDifference, type Side } from './row-difference.js';

/** Columns of a table that two snapshots do not have in common. */
export interface SchemaDifference {
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly retyped: readonly { readonly column: string; readonly before: string; readonly after: string }[];
}

/** One table of two snapshots. */
export interface TableDifference extends RowDifference {
  readonly table: BackendTable;
  /** Rows in each snapshot; null = it does not have the table. */
  readonly rows: { readonly before: number | null; readonly after: number | null };
  readonly schema: SchemaDifference;
  /** Parts that only one of them has, and that were read; 0 = the table is the same. */
  readonly partsCompared: number;
}

/** What tells a snapshot. */
export interface ComparedSnapshot {
  readonly hash: string;
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly asOf: number;
}

/** What differs from one snapshot to another. Holds no value of a row. */
export interface SnapshotDifference {
  readonly before: ComparedSnapshot;
  readonly after: ComparedSnapshot;
  /** Every table that one of them has, in the order of the backend's tables. */
  readonly tables: readonly TableDifference[];
  /** Columns of changed tables, the largest population stability index first. */
  readonly drift: readonly ColumnDrift[];
}

/**
 * Compares two snapshots: columns, rows by key, and distributions. Parts that both have are not read for rows, and tables
 * with equal parts not at all. Memory: keys of one bucket's differing rows, where both have the same buckets.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function diffSnapshots(blobs: BlobStore, before: string, after: string): Promise<SnapshotDifference> {
  const manifests = { before: await loadSnapshot(blobs, before), after: await loadSnapshot(blobs, after) };
  const tables: TableDifference[] = [];
  const drift: ColumnDrift[] = [];
  await withDuckDb(async (connection) => {
    for (const table of Object.keys(tableSpecs) as BackendTable[]) {
      const found = await diffTable({ blobs, connection, ...manifests }, table);
      if (found === null) continue;
      tables.push(found.difference);
      drift.push(...found.drift);
    }
  });
  return {
    before: described(before, manifests.before),
    after: described(after, manifests.after),
    tables,
    drift: drift.sort((a, b) => b.psi - a.psi),
  };
}

const described = (hash: string, { source, asOf }: SnapshotManifest): ComparedSnapshot => ({ hash, source, asOf });

interface Comparison {
  readonly blobs: BlobStore;
  readonly connection: DuckDBConnection;
  readonly before: SnapshotManifest;
  readonly after: SnapshotManifest;
}

interface FoundTable {
  readonly difference: TableDifference;
  readonly drift: readonly ColumnDrift[];
}

async function diffTable(comparison: Comparison, table: BackendTable): Promise<FoundTable | null> {
  const before = tableOf(comparison.before, table);
  const after = tableOf(comparison.after, table);
  if (before.rows === null && after.rows === null) return null;
  const apart = differingParts(before.parts, after.parts, haveSameBuckets(comparison));
  const partsCompared = apart.reduce((sum, group) => sum + group.before.length + group.after.length, 0);
  const facts = { table, rows: { before: before.rows, after: after.rows }, partsCompared };
  if (partsCompared === 0) return { difference: { ...facts, schema: noDifference, ...addDifferences([]) }, drift: [] };
  const sides = { before: await sideOf(comparison, before.parts), after: await sideOf(comparison, after.parts) };
  const found: RowDifference[] = [];
  for (const group of apart) found.push(await compareGroup(comparison, group, sides));
  const schema = schemaDifference(sides.before, sides.after);
  return {
    difference: { ...facts, schema, ...addDifferences(found) },
    drift: await driftOf(comparison, table, sides),
  };
}

interface TableParts {
  /** Null = the snapshot does not have the table. */
  readonly rows: number | null;
  readonly parts: readonly SnapshotPart[];
}

const tableOf = (manifest: SnapshotManifest, name: BackendTable): TableParts => ({
  rows: manifest.tables.find(({ table }) => table === name)?.rows ?? null,
  parts: snapshotParts(manifest).filter(({ table }) => table === name),
});

interface Sides {
  readonly before: Side;
  readonly after: Side;
}

function driftOf({ connection }: Comparison, table: BackendTable, { before, after }: Sides): Promise<ColumnDrift[]> {
  const spec = tableSpecs[table];
  const common = new Set([...before.columns.keys()].filter((name) => after.columns.has(name)));
  const files = { before: before.paths, after: after.paths };
  return columnDrifts(connection, { spec, columns: comparedColumns(spec, common), files });
}

/** Buckets of snapshots with different numbers of buckets hold different users. */
function haveSameBuckets({ before, after }: Comparison): boolean {
  const [a, b] = [before, after].map((manifest) => ('buckets' in manifest ? manifest.buckets : 1));
  return a === b;
}

const pathsOf = (blobs: BlobStore, parts: readonly SnapshotPart[]): Promise<string[]> =>
  Promise.all(parts.map(({ hash }) => blobs.localPath(hash)));

async function sideOf({ blobs, connection }: Comparison, parts: readonly SnapshotPart[]): Promise<Side> {
  const paths = await pathsOf(blobs, parts);
  return { paths, columns: await describeFiles(connection, paths) };
}

async function compareGroup(
  { blobs, connection }: Comparison,
  group: { readonly before: readonly SnapshotPart[]; readonly after: readonly SnapshotPart[] },
  { before, after }: Sides,
): Promise<RowDifference> {
  const [a, b] = [await pathsOf(blobs, group.before), await pathsOf(blobs, group.after)];
  return compareRows(connection, { ...before, paths: a }, { ...after, paths: b });
}

const noDifference: SchemaDifference = { added: [], dropped: [], retyped: [] };

/** A side without files has no columns to compare. */
function schemaDifference({ columns: before }: Side, { columns: after }: Side): SchemaDifference {
  if (before.size === 0 || after.size === 0) return noDifference;
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    dropped: [...before.keys()].filter((name) => !after.has(name)),
    retyped: [...before].flatMap(([column, type]) => {
      const now = after.get(column);
      return now === undefined || now === type ? [] : [{ column, before: type, after: now }];
    }),
  };
}
