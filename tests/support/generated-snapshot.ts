import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { SnapshotRef } from '../../contracts/activities.js';
import { backendTables } from '../../contracts/backend.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { commitSnapshot, createSnapshotLog, type SnapshotLog } from '../../datasets/snapshots/snapshot-store.js';
import { type GeneratorOptions, generateBackend } from '../../datasets/sources/backend/generator/index.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { createSourceCatalog } from '../../datasets/sources/catalog.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { createTestDatabase } from './test-database.js';

/** A database with generated rows, a blob store and a snapshot log; `close` removes all of them. */
export interface GeneratedSource {
  readonly pool: pg.Pool;
  readonly blobs: BlobStore;
  readonly log: SnapshotLog;
  /** Extracts every table and commits, as the data pipeline does. */
  snapshot(runKey: string, asOf: number, chunkRows?: number): Promise<SnapshotRef>;
  close(): Promise<void>;
}

export async function createGeneratedSource(options: GeneratorOptions): Promise<GeneratedSource> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'ml-source-'));
  const blobs = openBlobStore(pathToFileURL(folder).href, join(folder, 'cache'));
  const log = createSnapshotLog(pool);
  const catalog = createSourceCatalog(pool);
  await Promise.all([log.migrate(), catalog.migrate()]);
  await generateBackend({ backendPool: pool, catalog }, options);
  return {
    pool,
    blobs,
    log,
    async snapshot(runKey, asOf, chunkRows = 5_000) {
      const source = 'generated';
      const tables = [];
      const common = { pool, blobs, source, asOf, chunkRows, signal: new AbortController().signal };
      for (const name of backendTables)
        tables.push(await extractTable({ ...common, spec: tableSpecs[name], buckets: 1 }));
      return commitSnapshot({ blobs, log, runKey, source, asOf, codeVersion: 'test', tables });
    },
    async close() {
      await pool.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
