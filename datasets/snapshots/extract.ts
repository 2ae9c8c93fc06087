import type pg from 'pg';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { TableSpec } from '../../contracts/backend.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { PipelineError } from '../../contracts/errors.js';

export interface ExtractOptions {
  /** The source system; only read from, in one read-only transaction. */
  readonly pool: pg.Pool;
  readonly blobs: BlobStore;
  readonly spec: TableSpec;
  readonly source: string;
  /** Milliseconds; rows known at or after this moment are left out. */
  readonly asOf: number;
  /** Rows a query and a Parquet part: the memory bound. */
  readonly chunkRows: number;
  readonly signal: AbortSignal;
  /** After each stored part: rows so far and the last key, as a heartbeat carries them. */
  readonly onChunk?: (progress: { readonly rows: number; readonly lastId: string }) => void;
}

export async function extractTable(options: ExtractOptions): Promise<ExtractedTable> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${options.source}`);
}
