/*
 * Extracts one table once, in a process of its own: reads an `ExtractionStep` as JSON from its standard input and prints
 * an `ExtractionResult`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { commitSnapshot, createSnapshotLog } from '../../datasets/snapshots/snapshot-store.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { openBlobStore, openCheckpointStore } from '../../platform/blobs/open.js';
import { cpuSince } from '../support/cpu.js';
import type { ExtractionResult, ExtractionStep } from './measure.js';

/** Largest resident memory of this process so far; Linux only. */
const peakMb = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

const { databaseUrl, artifactUri, source, asOf, parent } = JSON.parse(await text(process.stdin)) as ExtractionStep;
const pool = new pg.Pool({ connectionString: databaseUrl });
const [blobs, store] = [openBlobStore(artifactUri, artifactUri), openCheckpointStore(artifactUri)];
const before = process.cpuUsage();
const extracted = await extractTable({
  ...{ pool, blobs, source, asOf, chunkRows: 50_000, buckets: 'by-rows', spec: tableSpecs.transactions },
  ...(parent !== null && { parent }),
  checkpoints: { store, key: 'bench' },
  signal: new AbortController().signal,
});
const seconds = cpuSince(before);
const log = createSnapshotLog(pool);
await log.migrate();
const run = { runKey: randomUUID(), source, asOf, codeVersion: 'bench', tables: [extracted] };
const { hash } = await commitSnapshot({ ...run, blobs, log });
const parts = extracted.parts.map((part) => part.hash);
const result: ExtractionResult = { hash, parts, rows: extracted.rows, seconds, peakMb: peakMb() };
process.stdout.write(JSON.stringify(result));
await pool.end();
