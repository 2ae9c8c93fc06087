import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SnapshotTables } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { buildChangedParts } from '../../feature-store/offline/changed-parts.js';
import { materializeFeaturePart } from '../../feature-store/online/materialize.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { selectRows, textColumn } from '../../learning/table.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unreported } from '../../platform/child-process/report-step.js';
import { createLogger } from '../../platform/logging.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { cpuOf } from '../support/cpu.js';
import { historiesOf } from './histories.js';
import { findRedisUrl } from './redis-url.js';

/** A bucket of so many customers is measured; the cost of a million is that of so many buckets. */
const [ENTITIES, MONTHS, MILLION] = [1_000, 12, 1_000_000];
/** Transactions of a customer in the thin history. */
const FEW = 10;

/** The newest rows of each user only. */
function thinned(tables: SnapshotTables, perUser: number): SnapshotTables {
  const owners = textColumn(tables.transactions!, 'user_id');
  const counts = new Map<string | null, number>();
  const rows = [...owners.keys()].reverse().filter((row) => {
    const count = (counts.get(owners[row]!) ?? 0) + 1;
    counts.set(owners[row]!, count);
    return count <= perUser;
  });
  return { ...tables, transactions: selectRows(tables.transactions!, rows.reverse()) };
}

async function storeSnapshot(blobs: BlobStore, tables: SnapshotTables, asOf: number): Promise<string> {
  const stored = [];
  for (const [table, rows] of Object.entries(tables)) {
    const parts = [{ bucket: 0, ...(await putTable(blobs, rows)), rows: rows.rowCount }];
    stored.push({ table, rows: rows.rowCount, parts, eventTime: { from: 0, to: asOf - 1 }, queryHash: 'a'.repeat(64) });
  }
  const facts = { source: 'bench', asOf, parent: null, codeVersion: 'bench' };
  return (await putJsonBlob(blobs, { kind: 'snapshot', schemaVersion: 2, buckets: 1, ...facts, tables: stored })).hash;
}

/** Computes, stores and writes all customers of a bucket. @returns CPU-seconds of this process for a million. */
async function cost(blobs: BlobStore, tables: SnapshotTables, asOf: number): Promise<number> {
  const snapshotHash = await storeSnapshot(blobs, tables, asOf);
  const redisUrl = findRedisUrl();
  const logger = createLogger({ level: 'error', name: 'bench' });
  const store = redisUrl === null ? createMemoryStore(null) : createRedisStore(redisUrl, logger);
  const views = featureViews.map((view) => ({ view, base: null }));
  const { signal } = new AbortController();
  const once = async (): Promise<void> => {
    const build = { blobs, snapshotHash, views, moments: null, signal, onStep: unreported };
    const [part] = await buildChangedParts(build, 0);
    await materializeFeaturePart({ blobs, store, source: 'bench' }, featureViews, part!);
  };
  await once();
  const { seconds } = await cpuOf(once);
  for (const id of textColumn(tables.users!, 'id')) await store.forget(id!, 'bench');
  await store.close();
  return (seconds * MILLION) / ENTITIES;
}

/** Cost of a bucket in which one customer in a hundred has another row than in the snapshot before. */
async function costOfChange(blobs: BlobStore, tables: SnapshotTables, asOf: number): Promise<number> {
  const base = await storeSnapshot(blobs, tables, asOf);
  const amounts = tables.transactions!.columns.amount as Extract<Column, { kind: 'number' }>;
  const owners = textColumn(tables.transactions!, 'user_id');
  const values = amounts.values.map((value, row) => (owners[row]!.endsWith('00') ? value + 1 : value));
  const changed: Table = {
    ...tables.transactions!,
    columns: { ...tables.transactions!.columns, amount: { ...amounts, values } },
  };
  const snapshotHash = await storeSnapshot(blobs, { ...tables, transactions: changed }, asOf);
  const views = featureViews.map((view) => ({ view, base }));
  const { signal } = new AbortController();
  const once = () => buildChangedParts({ blobs, snapshotHash, views, moments: null, signal, onStep: unreported }, 0);
  await once();
  return ((await cpuOf(once)).seconds * MILLION) / ENTITIES;
}

/** CPU of materialising a million customers, extrapolated from a bucket of them. */
export async function materialiseRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-bench-features-'));
  try {
    const blobs = createFileBlobStore(folder);
    const { tables, asOf } = historiesOf(ENTITIES, MONTHS);
    const each = Math.round(tables.transactions!.rowCount / ENTITIES);
    onProgress(`materialise: ${ENTITIES} customers with ${each} transactions each`);
    const rowOf = (name: string, value: number, target?: number): BenchmarkRow =>
      benchmarkRow({ name, value, unit: 'CPU-s', ...(target !== undefined && { target: { atMost: target } }) });
    const whole = await cost(blobs, tables, asOf);
    const thin = await cost(blobs, thinned(tables, FEW), asOf);
    const some = await costOfChange(blobs, tables, asOf);
    return [
      rowOf(`1 million customers materialised, ${FEW} transactions each`, thin, 60),
      rowOf(`1 million customers materialised, ${each} transactions each`, whole),
      rowOf(`1 million customers of whom 1 % changed, ${each} transactions each, offline`, some),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
