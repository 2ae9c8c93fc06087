import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredTable } from '../../../contracts/activities.js';
import type { BlobStore } from '../../../platform/blobs/blob-store.js';
import { frameRows } from '../../../platform/postgres/copy-rows.js';
import { bucketOfPart, NO_USER } from '../buckets.js';
import { withDuckDb } from '../duckdb.js';
import { putTable } from '../put-table.js';
import { emptyTable } from '../read-snapshot.js';
import { type BucketFile, BucketFiles } from './bucket-files.js';
import type { EarlierTable } from './earlier-table.js';
import type { GivenSlices } from './given-slices.js';
import type { ReadSoFar, StoredPages } from './stored-pages.js';
import { type RowChanges, stageGiven, writePart } from './write-part.js';

type Part = StoredTable['parts'][number];

/** Rows that were read, and how they become parts. */
export interface TableWriting {
  readonly blobs: BlobStore;
  readonly folder: string;
  readonly changes: RowChanges;
  /** Null: one part without a bucket. */
  readonly buckets: number | null;
  readonly pages: StoredPages;
  readonly read: ReadSoFar;
  readonly given: GivenSlices;
  /** Null: everything was read. */
  readonly earlier: EarlierTable | null;
  readonly onStep: () => void;
}

async function divide(writing: TableWriting): Promise<BucketFile[]> {
  const { folder, buckets, pages, read, given, earlier, onStep } = writing;
  const files = new BucketFiles(folder, buckets);
  for (let page = 0; page < read.pages; page++) {
    const dropped = new Set(read.dropped.filter((entry) => page < entry.pages).flatMap(({ slices }) => slices));
    files.add(await pages.load(page), dropped.size === 0 ? null : (slice) => !dropped.has(slice));
    onStep();
  }
  const changed = earlier === null ? null : new Set(earlier.changed);
  files.add(frameRows(given.lines), changed === null ? null : (slice) => changed.has(slice));
  return files.close();
}

const bucketOfSlice = (slice: number, buckets: number): number => (slice < 0 ? NO_USER : slice % buckets);

/** Buckets that are written anew, ascending. */
function changedBuckets(files: readonly BucketFile[], { earlier, buckets }: TableWriting): number[] {
  const ofSlices = (earlier?.changed ?? []).map((slice) => bucketOfSlice(slice, buckets!));
  return [...new Set([...files.map(({ bucket }) => bucket), ...ofSlices])].sort((a, b) => a - b);
}

/** Puts a bucket together and stores it. @returns null when no row is left in it. */
async function storeBucket(writing: TableWriting, bucket: number, file: BucketFile | null): Promise<Part | null> {
  const { blobs, folder, changes, buckets, read, given, earlier } = writing;
  const former = earlier?.parts.find((part) => bucketOfPart(part) === bucket);
  const changed = earlier?.changed.filter((slice) => bucketOfSlice(slice, buckets!) === bucket) ?? [];
  const rows = former === undefined ? null : { path: await blobs.localPath(former.hash), changed };
  if (file === null && rows === null) return null;
  const to = join(folder, 'part.parquet');
  const isOrdered = !read.duplicates && read.dropped.length === 0 && given.lines.length === 0;
  const written = await withDuckDb(async (connection) => {
    await stageGiven(connection, changes);
    return writePart(connection, changes, { file, earlier: rows, isOrdered, to });
  });
  if (file !== null) await rm(file.path);
  if (written.rows === 0) return null;
  const stored = { ...(await blobs.putFile(to)), rows: written.rows };
  return { ...(buckets !== null && { bucket }), ...stored, eventTime: written.eventTime };
}

async function emptyPart({ blobs, changes, buckets }: TableWriting): Promise<Part> {
  const stored = { ...(await putTable(blobs, emptyTable(changes.spec.name))), rows: 0 };
  return { ...(buckets !== null && { bucket: 0 }), ...stored, eventTime: null };
}

/**
 * Divides the rows into buckets and stores one Parquet part for each, in key order; unchanged parts of an earlier
 * snapshot are taken over. A table without rows has one part without rows, for its columns.
 * Memory: one bucket, and what DuckDB needs to write it.
 */
export async function writeTable(writing: TableWriting): Promise<Part[]> {
  const files = await divide(writing);
  const anew = changedBuckets(files, writing);
  const parts = (writing.earlier?.parts ?? []).filter((part) => !anew.includes(bucketOfPart(part)));
  for (const bucket of anew) {
    const part = await storeBucket(writing, bucket, files.find((file) => file.bucket === bucket) ?? null);
    if (part !== null) parts.push(part);
    writing.onStep();
  }
  if (parts.length === 0) return [await emptyPart(writing)];
  return parts.sort((a, b) => bucketOfPart(a) - bucketOfPart(b));
}
