import type pg from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { asDatabaseFault } from '../../platform/postgres/faults.js';
import { SLICES, userHash } from '../snapshots/buckets.js';

/** Customers whose rows extraction leaves out, although the source may still have them. */
export interface Forgotten {
  /** Slices that hold one of them, ascending; see `SLICES`. */
  readonly slices: readonly number[];
  has(userId: string): boolean;
}

/** The slice of a customer's rows. */
export const sliceOfUser = (userId: string): number => userHash(userId) % SLICES;

interface Row {
  readonly hash: string;
  readonly version: number;
  readonly slice: number;
}

const FIND = `
  select encode(subject_hash, 'hex') as hash, subject_key as version, slice from erasure.requests
  where source is null or source = $1`;

/**
 * The erasure list of a source.
 * @param keys - opened only when there is an entry.
 * @returns null when nobody is on it.
 * @throws PipelineError `SERVICE_UNAVAILABLE`; those of the key ring.
 */
export async function readForgotten(
  pool: Pick<pg.Pool, 'query'>,
  source: string,
  keys: (() => Promise<Pick<KeyRing, 'signByAll'>>) | undefined,
): Promise<Forgotten | null> {
  const rows = await pool.query<Row>(FIND, [source]).then(
    (found) => found.rows,
    (fault: unknown) => {
      throw asDatabaseFault(fault);
    },
  );
  if (rows.length === 0) return null;
  if (keys === undefined) throw new PipelineError('INTERNAL', 'extraction under an erasure list was given no key ring');
  const ring = await keys();
  const listed = new Set(rows.map(({ version, hash }) => `${version} ${hash}`));
  const slices = new Set(rows.map(({ slice }) => slice));
  return {
    slices: [...slices].sort((a, b) => a - b),
    has: (userId) =>
      slices.has(sliceOfUser(userId)) &&
      ring.signByAll('subjects', userId).some(({ version, hash }) => listed.has(`${version} ${hash.toString('hex')}`)),
  };
}
