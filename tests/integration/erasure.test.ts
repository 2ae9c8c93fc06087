import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Erasure, eraseCustomer, listCustomer, surveyCustomer } from '../../activities/erasure/erase-customer.js';
import { statesOfSnapshot } from '../../activities/jobs/build-states.js';
import { namesCustomer, readContent } from '../../activities/erasure/stored-documents.js';
import type { BackendTable } from '../../contracts/backend.js';
import { listErasures, pendingErasures } from '../../datasets/erasure/request-log.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { generateBackend } from '../../datasets/sources/backend/generator/index.js';
import { findSnapshot } from '../../datasets/versions/find-snapshot.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { materializeFeatureSet } from '../../feature-store/online/materialize.js';
import { ensurePartitions } from '../../inference/prediction-log/partitions.js';
import { textColumn } from '../../learning/table.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { projectRoot } from '../../platform/project.js';
import { type ErasablePlatform, openErasable } from '../support/erasable-platform.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const DAY_MS = 86_400_000;
let folder: string;
let database: TestDatabase;
let platform: ErasablePlatform;
let asOf: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-erasure-'));
  database = await createTestDatabase();
  platform = await openErasable({ folder, databaseUrl: database.url });
  await generateBackend(platform.services, { users: 24, months: 6 });
  const { rows } = await platform.services.pool.query<{ last: Date }>(
    `select max(booked_at) as last from backend.transactions where source = 'generated'`,
  );
  asOf = rows[0]!.last.getTime() + 1;
});
afterAll(async () => {
  await platform.services.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const requestOf = (userId: string) => ({ userId, source: null, reason: 'asked for', requestedBy: 'tester' });
async function erase(userId: string): Promise<Erasure> {
  const request = requestOf(userId);
  return eraseCustomer(platform.deps, await listCustomer(platform.deps, request), request);
}

async function usersOf(hash: string): Promise<string[]> {
  const { users } = await loadSnapshotTables(platform.services.blobs, hash, { tables: ['users'] });
  return textColumn(users!, 'id').map(String);
}

/** Parquet blobs that name a customer in a column. */
async function blobsNaming(userId: string): Promise<string[]> {
  const { blobs } = platform.services;
  const naming: string[] = [];
  for (const hash of (await readContent(blobs)).tables) if (await namesCustomer(blobs, hash, userId)) naming.push(hash);
  return naming;
}

async function partsOf(hash: string): Promise<Record<string, unknown>> {
  const { tables } = await loadSnapshot(platform.services.blobs, hash);
  return Object.fromEntries(tables.map(({ table, rows, parts, eventTime }) => [table, { rows, parts, eventTime }]));
}

const newest = async (): Promise<string> => (await platform.services.snapshotLog.newest('generated'))!.hash;

/** Features, states, online values and data sets, as a run makes them of a snapshot. */
async function derive(snapshotHash: string): Promise<void> {
  const { services } = platform;
  const { blobs, pool, onlineStore: store } = services;
  const signal = new AbortController().signal;
  const { hash } = await buildFeatureSet({ blobs, snapshotHash, views: featureViews, signal });
  await materializeFeatureSet({ blobs, store, hash, views: featureViews });
  const context = { blobs, signal, onProgress: () => undefined };
  const built = await statesOfSnapshot(snapshotHash, await loadCatalogue(), context);
  expect(built.sets.length).toBeGreaterThan(2);
  await pool.query(
    `insert into registry.run_steps (run_key, step, part, workflow_id, cache_key, code, input, output, environment,
       code_version, computed_by, computed_in)
     values ($1, 'buildStates', 0, 'w', $2, $2, $3, $4, '{}', 'test', $1, 'w')`,
    [randomUUID(), 'a'.repeat(64), JSON.stringify({ snapshotHash }), JSON.stringify(built)],
  );
  const { transactions } = await loadSnapshotTables(blobs, snapshotHash, { tables: ['transactions'] });
  const ref = { modelName: 'credit-risk-scorer', line: 'synthetic', notes: [] };
  const schema = { line: 'synthetic' } as never;
  await storeDataset(blobs, { table: transactions!, schema, ref: { ...ref, origin: { kind: 'snapshot', snapshotHash } } as never }); // prettier-ignore
}

/** Rows about a customer in tables of this system. */
async function speakOf(userId: string): Promise<void> {
  const { pool } = platform.services;
  const { hash, version } = platform.deps.keys.sign('subjects', userId);
  await ensurePartitions(pool, [asOf]);
  await pool.query(
    `insert into serving.predictions (id, at, model_name, line, version, stage, subject_hash, subject_key, abstained, latency_ms, content)
     values ($1, $2, 'm', 'synthetic', '1.0.0', 'dev', $3, $4, false, 1, 'x')`,
    [randomUUID(), new Date(asOf), hash, version],
  );
  const { rows } = await pool.query<{ id: string }>(
    `select id from backend.transactions where source = 'generated' and user_id = $1 order by id limit 1`,
    [userId],
  );
  await pool.query(
    `insert into feedback.prediction_feedback (source, id, model, entity_kind, entity_id, verdict, caller, idempotency_key, content_hash, created_at)
     values ('generated', $1, 'anomaly-detector', 'transaction', $2, 'confirmed', 'c', $1, 'h', to_timestamp($3))`,
    [randomUUID(), rows[0]!.id, (asOf - DAY_MS) / 1000],
  );
  await pool.query(
    `insert into quarantine.rows (source, "table", key, keyed, rule, "column", reason, snapshot_hash)
     values ('generated', 'transactions', $1, true, 'r', 'c', 'why', $2)`,
    [rows[0]!.id, 'b'.repeat(64)],
  );
}

describe('an erasure', () => {
  let first: string;
  let second: string;
  let userId: string;

  beforeAll(async () => {
    const customers = await platform.services.pool.query<{ id: string }>(
      `select user_id as id from backend.chat_messages where source = 'generated' group by 1 order by 1 limit 1`,
    );
    userId = customers.rows[0]!.id;
    await speakOf(userId);
    first = (await platform.snapshot('first', { asOf: asOf - 30 * DAY_MS })).hash;
    second = (await platform.snapshot('second', { asOf, parent: first })).hash;
    await derive(second);
    const { transactions } = await loadSnapshotTables(platform.services.blobs, second, { tables: ['transactions'] });
    const origin = { kind: 'file', fileHash: 'c'.repeat(64), fileName: 'rows.csv', format: 'x' };
    const described = { modelName: 'anomaly-detector', line: 'uploads', origin, notes: [] };
    await storeDataset(platform.services.blobs, { table: transactions!, schema: {} as never, ref: described as never });
    await platform.services.checkpoints.save('extract/page-0', Buffer.from(userId));
  });

  it('is counted without a change before it is asked for', async () => {
    const before = await readContent(platform.services.blobs);
    const found = await surveyCustomer(platform.deps, requestOf(userId));
    expect(found.counts).toMatchObject({ snapshots: 2, predictions: 1, feedback: 1, quarantine: 1, 'rows.users': 1 });
    expect(found.counts['rows.entity_annotations']).toBeGreaterThan(0);
    expect(found.counts.derived).toBeGreaterThan(4);
    expect([...(await readContent(platform.services.blobs)).blobs.keys()]).toEqual([...before.blobs.keys()]);
    expect(await listErasures(platform.services.pool, 9)).toEqual([]);
  });

  it('takes the customer out of every snapshot and of all that was made of them', async () => {
    const { blobs, snapshotLog, pool, onlineStore, checkpoints } = platform.services;
    const usersBefore = await usersOf(second);
    const keys = await pool.query<{ id: string }>(
      `select id from backend.chat_messages where source = 'generated' and user_id = $1`,
      [userId],
    );
    const forget = onlineStore.forget.bind(onlineStore);
    const stored: boolean[] = [];
    const forgetting = vi.spyOn(onlineStore, 'forget').mockImplementation(async (...asked) => {
      stored.push(await blobs.has(second));
      return forget(...asked);
    });
    const { counts, snapshots } = await erase(userId);
    forgetting.mockRestore();
    expect(stored).toEqual([false]); // until then a push could store values of the snapshot again
    expect(snapshots).toHaveLength(2);
    expect(counts).toMatchObject({ snapshots: 2, predictions: 1, feedback: 1, quarantine: 1, checkpoints: 1 });
    expect(counts.online).toBe(featureViews.length);
    expect(await blobsNaming(userId)).toEqual([]);
    expect(await Promise.all([first, second].map((hash) => blobs.has(hash)))).toEqual([false, false]);
    const now = await newest();
    expect(await usersOf(now)).toEqual(usersBefore.filter((id) => id !== userId));
    const { entity_annotations: annotations } = await loadSnapshotTables(blobs, now, {
      tables: ['entity_annotations'],
    });
    expect(textColumn(annotations!, 'message_id').filter((id) => keys.rows.some((row) => row.id === id))).toEqual([]);
    expect((await loadSnapshot(blobs, now)).parent).toBe(snapshots[0]!.replacedBy);
    expect((await snapshotLog.list()).map(({ hash }) => hash)).toEqual([now, snapshots[0]!.replacedBy]);
    for (const view of featureViews) expect(await onlineStore.get('generated', view.name, [userId])).toEqual([null]);
    expect(await checkpoints.load('extract/page-0')).toBeNull();
    const kinds = (await readContent(blobs)).documents.flatMap(({ manifest }) => manifest?.kind ?? []);
    expect(kinds.sort()).toEqual(['snapshot', 'snapshot']);
  });

  it('is told to whoever asks for what is gone', async () => {
    const asked = findSnapshot(platform.services.snapshotLog, second.slice(0, 12));
    await expect(asked).rejects.toMatchObject({ code: 'DATA_ERASED' });
    await expect(asked).rejects.toThrow(new RegExp(`without the customer is ${(await newest()).slice(0, 12)}`));
  });

  it('is audited by a keyed hash, and listed without the customer', async () => {
    const { audit, pool } = platform.services;
    const entries = await audit.list({ limit: 9 });
    expect(entries.map(({ action }) => action)).toEqual([
      'customer.forgotten',
      'snapshot.rewritten',
      'snapshot.rewritten',
    ]);
    expect(entries[0]!.subject).toMatch(/^customer v1 [0-9a-f]{64}$/);
    expect(entries[1]!.subject).toBe(`snapshot ${second}`);
    const listed = await listErasures(pool, 9);
    expect(listed).toMatchObject([{ reason: 'asked for', source: null, counts: { snapshots: 2 } }]);
    const { rows } = await pool.query<{ text: string }>(`select row_to_json(r)::text as text from erasure.requests r`);
    expect(JSON.stringify([entries, listed, rows])).not.toContain(userId);
    expect((await audit.verify()).fault).toBeNull();
  });

  it('takes pieces along that no manifest names', async () => {
    const table = { rowCount: 1, columns: { owner: { kind: 'text', values: [userId] } } } as const;
    const { hash } = await putTable(platform.services.blobs, table);
    expect((await erase(userId)).counts).toMatchObject({ blobs: 1 });
    expect(await platform.services.blobs.has(hash)).toBe(false);
  });

  it('finds nothing the second time', async () => {
    expect((await erase(userId)).counts).toEqual({});
    expect((await platform.services.audit.list({ limit: 9 })).length).toBe(4);
  });
});

describe('a source that still has a customer who was forgotten', () => {
  const restored = 'u-restored';
  let without: Record<string, unknown>;

  /** A customer with a row in each table that may have one. */
  async function restore(): Promise<void> {
    const { pool } = platform.services;
    const copy = async (table: BackendTable, owner: string): Promise<void> => {
      const { rows } = await pool.query<Record<string, unknown>>(
        `select * from backend.${table} where source = 'generated' order by id limit 3`,
      );
      for (const [index, row] of rows.slice(0, table === 'users' ? 1 : 3).entries()) {
        const named = { ...row, id: table === 'users' ? restored : `restored-${table}-${index}`, [owner]: restored };
        const columns = Object.keys(named);
        const values = Object.values(named);
        const places = columns.map((_, i) => `$${i + 1}`).join(', ');
        await pool.query(`insert into backend.${table} (${columns.join(', ')}) values (${places})`, values);
      }
    };
    await copy('users', 'id');
    await copy('chat_messages', 'user_id');
    await copy('transactions', 'user_id');
    await pool.query(
      `insert into backend.entity_annotations (source, id, message_id, start_offset, end_offset, entity_type, text, annotated_at)
       values ('generated', 'restored-a', 'restored-chat_messages-0', 0, 1, 'AMOUNT', 'x', $1)`,
      [new Date(asOf - DAY_MS)],
    );
  }

  beforeAll(async () => {
    without = await partsOf((await platform.snapshot('without', { asOf })).hash);
    await restore();
    const held = await platform.snapshot('with', { asOf });
    expect(await usersOf(held.hash)).toContain(restored);
    await erase(restored);
    await restore();
  });

  it('gives, read in full, the parts that it gives without the customer, and so does the rewritten snapshot', async () => {
    expect(await partsOf(await newest())).toEqual(without);
    expect(await partsOf((await platform.snapshot('full', { asOf })).hash)).toEqual(without);
    expect(await blobsNaming(restored)).toEqual([]);
  });

  it('gives them as an increment of the rewritten snapshot too', async () => {
    const parent = await newest();
    expect(await partsOf((await platform.snapshot('increment', { asOf: asOf + 1, parent })).hash)).toEqual(without);
    expect(await blobsNaming(restored)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('an erasure that is killed', () => {
  async function eraseInChild(userId: string, dieAt: number): Promise<string | null> {
    const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'tests/support/erase-child.ts')], {
      env: { ...process.env, ERASURE_ORDER: JSON.stringify({ folder, databaseUrl: database.url, userId, dieAt }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal;
  }

  it.each([2, 9, 16, 20])(
    'at change %i is finished by a repeat that needs no id',
    async (dieAt) => {
      const { pool, blobs } = platform.services;
      const hash = (await platform.snapshot(`before-${dieAt}`, { asOf: asOf + dieAt })).hash;
      await derive(hash);
      const [userId] = await usersOf(hash);
      expect(await eraseInChild(userId!, dieAt)).toBe('SIGKILL');
      const pending = await pendingErasures(pool, platform.deps.keys);
      expect(pending.map(({ request }) => request.userId)).toEqual([userId]);
      for (const { request, ...begun } of pending) await eraseCustomer(platform.deps, begun, request);
      expect(await pendingErasures(pool, platform.deps.keys)).toEqual([]);
      expect(await blobsNaming(userId!)).toEqual([]);
      expect(await usersOf(await newest())).not.toContain(userId);
      expect((await surveyCustomer(platform.deps, requestOf(userId!))).counts).toEqual({});
      const { documents } = await readContent(blobs);
      const { snapshotLog } = platform.services;
      const listed = new Set((await snapshotLog.allHashes()).map((record) => record.hash));
      const snapshots = documents.filter(({ manifest }) => manifest?.kind === 'snapshot');
      expect(snapshots.filter((document) => !listed.has(document.hash)).map((document) => document.hash)).toEqual([]);
    },
    120_000,
  );
});

it('waits for runs that may hold the customer, who is on the list by then', async () => {
  const [userId] = await usersOf(await newest());
  const request = requestOf(userId!);
  const deps = { ...platform.deps, activeRuns: () => Promise.resolve(['weekly-run']) };
  await expect(eraseCustomer(deps, await listCustomer(deps, request), request)).rejects.toMatchObject({
    code: 'ERASURE_WAITS',
    message: expect.stringContaining('weekly-run') as string,
  });
  const { pool } = platform.services;
  expect((await pendingErasures(pool, deps.keys)).map((one) => one.request.userId)).toEqual([userId]);
  const extracted = await platform.snapshot('while-waiting', { asOf: asOf + 100 });
  expect(await usersOf(extracted.hash)).not.toContain(userId);
});
