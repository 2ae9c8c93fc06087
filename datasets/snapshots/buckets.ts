import { createHash } from 'node:crypto';
import type { BackendTable } from '../../contracts/backend.js';
import { tableSpecs } from '../sources/backend/tables.js';
import type { SnapshotManifest } from './manifest.js';

/** Bucket of the rows that belong to no user: those without a user id, and all rows of tables without a user column. */
export const NO_USER = -1;

/** Transactions in one bucket at most, on average: bounds the memory of whoever works bucket by bucket. */
export const TRANSACTIONS_A_BUCKET = 250_000;

/**
 * Finer parts of the rows by the same hash, for which the source computes checksums: few customers each, so that few rows
 * are read again where one of them changed.
 */
export const SLICES = 4_096;

/** The number of buckets of a snapshot with this many transactions: a power of two up to `SLICES`, 1 for a small source. */
export function bucketCount(transactions: number): number {
  let buckets = 1;
  while (buckets < SLICES && transactions > buckets * TRANSACTIONS_A_BUCKET) buckets *= 2;
  return buckets;
}

/** The first 8 hexadecimal digits of the md5 of the id's UTF-8 bytes, as an unsigned 32-bit number. */
export const userHash = (id: string): number => createHash('md5').update(id, 'utf8').digest().readUInt32BE(0);

/**
 * The bucket of a user's rows; all rows of a user are in one. It depends on the id alone, so that a user stays in the
 * bucket when others come and go. `postgresHash` and `duckDbHash` are the same function in SQL.
 * @param buckets - a power of two. @returns 0 ≤ bucket < `buckets`, or `NO_USER` without an id.
 */
export const bucketOf = (userId: string | null, buckets: number): number =>
  userId === null ? NO_USER : userHash(userId) % buckets;

/** SQL of PostgreSQL for the number (bigint) of which `bucketOf` takes the remainder; null without an id. @param id - SQL of a text, whatever the encoding of the database. */
export const postgresHash = (id: string): string =>
  `('x' || substr(md5(convert_to(${id}, 'UTF8')), 1, 8))::bit(32)::bigint`;

/** The same number in SQL of DuckDB. */
export const duckDbHash = (id: string): string => `('0x' || substr(md5(${id}), 1, 8))::bigint`;

/** The column that says whose a row is; null: the table has none. */
export function userColumnOf(table: BackendTable): string | null {
  if (table === 'users') return 'id';
  return tableSpecs[table].columns.some(({ name }) => name === 'user_id') ? 'user_id' : null;
}

/** Bucket of a stored part. A snapshot of the first version is one bucket, rows without a user included. */
export const bucketOfPart = (part: { readonly bucket?: number | undefined }): number => part.bucket ?? 0;

/** The buckets of which a snapshot has rows, ascending; `NO_USER` is the first where there are such rows. */
export function snapshotBuckets({ tables }: Pick<SnapshotManifest, 'tables'>): readonly number[] {
  const found = new Set(tables.flatMap(({ parts }) => parts.filter(({ rows }) => rows > 0).map(bucketOfPart)));
  return [...found].sort((a, b) => a - b);
}
