import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredTable } from '../../contracts/activities.js';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { bucketOf, bucketOfPart, NO_USER, userColumnOf } from '../snapshots/buckets.js';
import { firstColumn, firstRow, parquetRows, quoteName, quoteText, withDuckDb } from '../snapshots/duckdb.js';
import { loadSlices, putSlices, type Slices } from '../snapshots/extraction/slices.js';
import { storedColumn } from '../snapshots/extraction/write-part.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { putTable } from '../snapshots/put-table.js';
import { emptyTable } from '../snapshots/read-snapshot.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { describeFiles, rowsOf as rowsOfFile, type StoredFile } from '../validation/files/stored-file.js';
import { sliceOfUser } from './forgotten.js';
import { rowsOfUsers } from './rows-of-users.js';

type Part = StoredTable['parts'][number];
type Quarantine = NonNullable<SnapshotManifest['quarantine']>;

/** Checksum of a slice from which rows were taken: never that of a source, so that the slice is read again. */
const UNKNOWN = '0 rewritten';

/** Keys of a customer's rows, by table. */
export type KeysByTable = ReadonlyMap<BackendTable, ReadonlySet<string>>;

/** A snapshot without a customer. */
export interface RewrittenSnapshot {
  readonly hash: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Rows that were taken out, by table; those in quarantine too. */
  readonly removed: ReadonlyMap<BackendTable, number>;
}

interface Opened {
  readonly connection: DuckDBConnection;
  readonly blobs: BlobStore;
  readonly manifest: SnapshotManifest;
  readonly userId: string;
}

/** Files of a table that may hold rows of a user. */
async function filesOf({ blobs, manifest, userId }: Opened, table: BackendTable): Promise<string[]> {
  const stored = manifest.tables.find((one) => one.table === table);
  const parts = stored?.parts.filter((part) => mayHold(manifest, table, part, userId)) ?? [];
  const leftOut = manifest.quarantine?.tables.filter((one) => one.table === table) ?? [];
  return Promise.all([...parts, ...leftOut].map(({ hash }) => blobs.localPath(hash)));
}

/** False for parts of other users: a customer's rows are in one bucket, rows that belong to them in that without a user. */
function mayHold({ buckets }: SnapshotManifest, table: BackendTable, part: Part, userId: string): boolean {
  if (part.rows === 0) return false;
  if (buckets === undefined) return true;
  const bucket = bucketOfPart(part);
  if (userColumnOf(table) === null) return true;
  return bucket === bucketOf(userId, buckets) || (bucket === NO_USER && table === 'prediction_feedback');
}

const fileList = (paths: readonly string[]): string => parquetRows(paths, 'union_by_name = true');

/** SQL of the user's rows by table, over the files of the snapshot and of its quarantine. */
async function openConditions(opened: Opened): Promise<(table: BackendTable, alias: string) => string> {
  const files = new Map<BackendTable, readonly string[]>();
  for (const table of backendTables) files.set(table, await filesOf(opened, table));
  const rowsOf = (table: BackendTable): string | null => {
    const paths = files.get(table)!;
    return paths.length === 0 ? null : fileList(paths);
  };
  return (table, alias) => rowsOfUsers(table, [opened.userId], { alias, rowsOf });
}

const withOpened = <Result>(
  input: { readonly blobs: BlobStore; readonly hash: string; readonly userId: string },
  work: (opened: Opened, conditionOf: (table: BackendTable, alias: string) => string) => Promise<Result>,
): Promise<Result> =>
  withDuckDb(async (connection) => {
    const opened = { ...input, connection, manifest: await loadSnapshot(input.blobs, input.hash) };
    return work(opened, await openConditions(opened));
  });

/**
 * Keys of a customer's rows in a snapshot, those in quarantine included.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export const keysInSnapshot = (input: {
  readonly blobs: BlobStore;
  readonly hash: string;
  readonly userId: string;
}): Promise<KeysByTable> =>
  withOpened(input, async (opened, conditionOf) => {
    const keys = new Map<BackendTable, ReadonlySet<string>>();
    for (const table of backendTables) {
      const paths = await filesOf(opened, table);
      if (paths.length === 0) continue;
      const sql = `select t.id from ${fileList(paths)} t where coalesce(${conditionOf(table, 't')}, false)`;
      const found = await firstColumn<string>(opened.connection, sql);
      if (found.length > 0) keys.set(table, new Set(found));
    }
    return keys;
  });

const putRows = ({ connection, blobs }: Opened, sql: string): Promise<StoredBlob> =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'part.parquet');
    await connection.run(`copy (${sql}) to ${quoteText(path)} (format parquet, compression zstd)`);
    return blobs.putFile(path);
  });

/**
 * SQL of the rows of a part that stay, as extraction writes them, so that the same rows give the same bytes.
 * A part of another shape, of an earlier version, keeps its columns and the order of its rows.
 */
function remainingOfPart(file: StoredFile, table: BackendTable, condition: string): string {
  const { columns } = tableSpecs[table];
  if (columns.length !== file.kinds.size || !columns.every(({ name }) => file.kinds.has(name)))
    return remaining(file, condition);
  const rows = `select * from ${parquetRows([file.path])} t where not coalesce(${condition}, false)`;
  return `select ${columns.map(storedColumn).join(', ')} from (${rows}) order by all`;
}

/** SQL of the rows of a file that stay, in their order. */
function remaining(file: StoredFile, condition: string): string {
  const columns = [...file.kinds.keys()].map(quoteName);
  return `select ${columns.join(', ')} from (${rowsOfFile(file, columns)}) t where not coalesce(${condition}, false) order by t.r`;
}

interface Taken {
  readonly blob: StoredBlob;
  /** Rows that stay, and rows that were taken out. */
  readonly rows: number;
  readonly removed: number;
  readonly eventTime: StoredTable['eventTime'];
}

/** Stores a file without the user's rows; null: it has none. */
async function takeOut(opened: Opened, hash: string, table: BackendTable, condition: string): Promise<Taken | null> {
  const [file] = await describeFiles(opened.connection, [await opened.blobs.localPath(hash)]);
  const event = tableSpecs[table].eventTime;
  const time = event !== null && file!.kinds.has(event) ? `epoch_ms(t.${quoteName(event)})` : 'null::bigint';
  const gone = `coalesce(${condition}, false)`;
  const [all, removed, from, to] = await firstRow<[number, number, number | null, number | null]>(
    opened.connection,
    `select count(*)::double, count(*) filter (where ${gone})::double, (min(${time}) filter (where not ${gone}))::double,
       (max(${time}) filter (where not ${gone}))::double from ${parquetRows([file!.path])} t`,
  );
  if (removed === 0) return null;
  const blob = await putRows(opened, remainingOfPart(file!, table, condition));
  return { blob, removed, rows: all - removed, eventTime: from === null || to === null ? null : { from, to } };
}

async function emptyPart({ blobs, manifest }: Opened, table: BackendTable): Promise<Part> {
  const stored = { ...(await putTable(blobs, emptyTable(table))), rows: 0 };
  return manifest.buckets === undefined ? stored : { bucket: 0, ...stored, eventTime: null };
}

/** Checksums in which the slices of the rows that were taken out count as changed. */
async function forgetSlices(
  { blobs, userId }: Opened,
  hash: string,
  buckets: ReadonlySet<number>,
): Promise<string | null> {
  const before = await loadSlices(blobs, hash);
  if (before === null) return null;
  const slices: Slices = new Map([
    ...before,
    [sliceOfUser(userId), UNKNOWN],
    ...(buckets.has(NO_USER) ? ([[NO_USER, UNKNOWN]] as const) : []),
  ]);
  return putSlices(blobs, slices);
}

const rangeOf = (parts: readonly Part[]): StoredTable['eventTime'] => {
  const ranges = parts.flatMap(({ eventTime }) => eventTime ?? []);
  if (ranges.length === 0) return null;
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
};

async function rewriteTable(
  opened: Opened,
  stored: StoredTable,
  condition: string,
): Promise<{ readonly table: StoredTable; readonly removed: number }> {
  const parts: Part[] = [];
  const touched = new Set<number>();
  let removed = 0;
  for (const part of stored.parts) {
    const { manifest, userId } = opened;
    const taken = mayHold(manifest, stored.table, part, userId)
      ? await takeOut(opened, part.hash, stored.table, condition)
      : null;
    if (taken === null) {
      parts.push(part);
      continue;
    }
    removed += taken.removed;
    touched.add(bucketOfPart(part));
    const { blob, rows, eventTime } = taken;
    if (rows > 0) parts.push({ ...part, ...blob, rows, ...(part.eventTime !== undefined && { eventTime }) });
  }
  if (removed === 0) return { table: stored, removed };
  if (parts.length === 0) parts.push(await emptyPart(opened, stored.table));
  const slices = stored.slices === undefined ? null : await forgetSlices(opened, stored.slices, touched);
  const known = parts.every(({ eventTime }) => eventTime !== undefined);
  const table = { ...stored, rows: stored.rows - removed, parts, ...(known && { eventTime: rangeOf(parts) }) };
  delete table.slices;
  return { table: { ...table, ...(slices !== null && { slices }) }, removed };
}

/** The quarantine without the user's rows and what is said about them. */
async function rewriteQuarantine(
  opened: Opened,
  quarantine: Quarantine,
  {
    keys,
    conditionOf,
    from,
  }: { readonly keys: KeysByTable; readonly conditionOf: (table: BackendTable, alias: string) => string } & {
    readonly from: string;
  },
): Promise<{ readonly quarantine: Quarantine; readonly removed: Map<BackendTable, number> }> {
  const tables: Quarantine['tables'] = [];
  const removed = new Map<BackendTable, number>();
  for (const one of quarantine.tables) {
    const taken = await takeOut(opened, one.hash, one.table, conditionOf(one.table, 't'));
    if (taken === null) tables.push(one);
    else {
      removed.set(one.table, taken.removed);
      if (taken.rows > 0) tables.push({ table: one.table, rows: taken.rows, hash: taken.blob.hash });
    }
  }
  const path = await opened.blobs.localPath(quarantine.faults);
  const named = [...keys].map(
    ([table, ids]) => `(t."table" = '${table}' and t.key in (${[...ids].map(quoteText).join(', ')}))`,
  );
  const [file] = await describeFiles(opened.connection, [path]);
  const faults = await putRows(opened, remaining(file!, named.length === 0 ? 'false' : `(${named.join(' or ')})`));
  return { quarantine: { from, faults: faults.hash, tables }, removed };
}

/**
 * Stores a snapshot without the rows of a customer: their own, annotations of their texts and feedback about them, also
 * those in quarantine. Parts of other customers are shared, and the parts are those that extraction gives from a source
 * without the customer. The checksums count as changed where rows were taken out, so that the next extraction reads
 * these slices again. Memory: one part. Idempotent.
 * @param input.renamed - hashes of snapshots that were rewritten before, to their new ones.
 * @returns null when the snapshot has no row of the customer.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function rewriteSnapshot(input: {
  readonly blobs: BlobStore;
  readonly hash: string;
  readonly userId: string;
  readonly keys: KeysByTable;
  readonly renamed: ReadonlyMap<string, string>;
}): Promise<RewrittenSnapshot | null> {
  const { blobs, keys, renamed } = input;
  if (keys.size === 0) return null;
  return withOpened(input, async (opened, conditionOf) => {
    const { manifest } = opened;
    const removed = new Map<BackendTable, number>();
    const note = (table: BackendTable, rows: number): void => {
      if (rows > 0) removed.set(table, (removed.get(table) ?? 0) + rows);
    };
    const tables: StoredTable[] = [];
    for (const stored of manifest.tables) {
      const rewritten = await rewriteTable(opened, stored, conditionOf(stored.table, 't'));
      tables.push(rewritten.table);
      note(stored.table, rewritten.removed);
    }
    const nameOf = (hash: string): string => renamed.get(hash) ?? hash;
    const left =
      manifest.quarantine === undefined
        ? null
        : await rewriteQuarantine(opened, manifest.quarantine, {
            keys,
            conditionOf,
            from: nameOf(manifest.quarantine.from),
          });
    for (const [table, rows] of left?.removed ?? []) note(table, rows);
    const parent = manifest.parent === null ? null : nameOf(manifest.parent);
    const next: SnapshotManifest = {
      ...manifest,
      parent,
      tables,
      ...(left !== null && { quarantine: left.quarantine }),
    };
    const { hash } = await putJsonBlob(blobs, next);
    return { hash, rows: Object.fromEntries(tables.map(({ table, rows }) => [table, rows])), removed };
  });
}
