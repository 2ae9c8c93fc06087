import type pg from 'pg';
import { z } from 'zod';
import type { BlobStore } from '../../../platform/blobs/blob-store.js';
import { sha256 } from '../../../platform/blobs/hash.js';
import { asSqlFault, QUERY_STOPPED } from '../../sources/backend/check/read-fault.js';
import { putJsonBlob, readJsonBlob } from '../json-blob.js';
import { nullIfLost } from '../lost-blob.js';
import { checksumStatement, type SourceQuery } from './source-query.js';

/** Changes when rows of the source are stored in another way, so that nothing of a former snapshot is taken over. */
const STORED_AS = 1;

/**
 * Checksums of a table's rows by slice (`SLICES` of them by the hash of the user's id, −1 for rows without a user). A
 * slice that has the same one as in another snapshot has the same rows.
 */
export type Slices = ReadonlyMap<number, string>;

const slicesBlob = z.strictObject({
  kind: z.literal('slices'),
  storedAs: z.int(),
  slices: z.record(z.string(), z.string()),
});

/** Rows of all slices together. */
export const rowsOfSlices = (slices: Slices): number =>
  [...slices.values()].reduce((sum, checksum) => sum + Number(checksum.split(' ')[0]), 0);

interface Row {
  readonly slice: number;
  readonly rows: string;
  readonly sum: string;
}

/**
 * Has the source compute the checksums of a table. @returns null when its time limit for a statement is too short for
 * that: the table is then read in full.
 */
export async function readSlices(client: pg.ClientBase, query: SourceQuery): Promise<Slices | null> {
  await client.query('savepoint slices');
  try {
    const { rows } = await client.query<Row>(checksumStatement(query));
    return new Map(rows.map(({ slice, rows: count, sum }) => [slice, `${count} ${sum}`]));
  } catch (fault) {
    if (asSqlFault(fault)?.code !== QUERY_STOPPED) throw fault;
    await client.query('rollback to savepoint slices');
    return null;
  }
}

/** Checksums that also depend on what is added to the rows. @param given - texts by slice, in any order. */
export function withGiven(slices: Slices, given: ReadonlyMap<number, readonly string[]>): Slices {
  const all = new Map(slices);
  for (const [slice, texts] of given)
    all.set(slice, `${slices.get(slice) ?? '0 0'} ${sha256([...texts].sort().join('\n')).slice(0, 16)}`);
  return all;
}

/** Slices that differ, of either side. */
export function changedSlices(before: Slices, after: Slices): number[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((slice) => before.get(slice) !== after.get(slice)).sort((a, b) => a - b);
}

const toRecord = (slices: Slices): Record<string, string> =>
  Object.fromEntries([...slices].map(([slice, checksum]) => [String(slice), checksum]));

/** The map of a record of JSON, whose keys are texts. */
const slicesOf = (record: Readonly<Record<string, string>>): Slices =>
  new Map(Object.entries(record).map(([slice, checksum]) => [Number(slice), checksum]));

export async function putSlices(blobs: BlobStore, slices: Slices): Promise<string> {
  const blob: z.infer<typeof slicesBlob> = { kind: 'slices', storedAs: STORED_AS, slices: toRecord(slices) };
  return (await putJsonBlob(blobs, blob)).hash;
}

/** Null when the blob is lost, or its snapshot was stored in another way. */
export async function loadSlices(blobs: BlobStore, hash: string): Promise<Slices | null> {
  const found = await nullIfLost(readJsonBlob(blobs, hash, { schema: slicesBlob, what: 'list of slices' }));
  return found === null || found.storedAs !== STORED_AS ? null : slicesOf(found.slices);
}
