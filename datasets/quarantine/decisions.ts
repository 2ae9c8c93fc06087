import { z } from 'zod';
import { backendTables } from '../../contracts/backend.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { putJsonBlob, readJsonBlob } from '../snapshots/json-blob.js';

const table = z.enum(backendTables);

/**
 * What people decided about rows in quarantine, by the key of the source: a released row is kept in spite of a fault by
 * the named rule; a dropped one is left out whether or not it still has a fault.
 */
export const quarantineDecisions = z.strictObject({
  kind: z.literal('quarantine-decisions'),
  released: z.array(z.strictObject({ table, key: z.string(), rule: z.string(), column: z.string() })),
  dropped: z.array(z.strictObject({ table, key: z.string() })),
});
export type QuarantineDecisions = z.infer<typeof quarantineDecisions>;

export const NO_DECISIONS: QuarantineDecisions = { kind: 'quarantine-decisions', released: [], dropped: [] };

/** Stores decisions. @returns their hash; null: there are none. */
export async function storeDecisions(blobs: BlobStore, decisions: QuarantineDecisions): Promise<string | null> {
  const { released, dropped } = decisions;
  return released.length + dropped.length === 0 ? null : (await putJsonBlob(blobs, decisions)).hash;
}

/** Stored decisions; those of null are none. @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`. */
export const loadDecisions = async (blobs: BlobStore, hash: string | null): Promise<QuarantineDecisions> =>
  hash === null ? NO_DECISIONS : readJsonBlob(blobs, hash, { schema: quarantineDecisions, what: 'quarantine' });
