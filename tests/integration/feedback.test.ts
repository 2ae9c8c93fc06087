import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackendTable } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import { feedbackSchema } from '../../datasets/feedback/schema.js';
import { type Feedback, storeFeedback } from '../../datasets/feedback/store-feedback.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { readParquet } from '../../datasets/snapshots/parquet.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { textColumn } from '../../learning/table.js';
import { model as anomaly } from '../../models/anomaly-detector/index.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/* Feedback of the API is in the next snapshot of a backend that is never written. */

let own: TestDatabase;
let product: TestDatabase;
let ownPool: pg.Pool;
let backendPool: pg.Pool;
let folder: string;

beforeAll(async () => {
  [own, product] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  [ownPool, backendPool] = [own, product].map(({ url }) => new pg.Pool({ connectionString: url, max: 2 })) as [pg.Pool, pg.Pool]; // prettier-ignore
  folder = await mkdtemp(join(tmpdir(), 'ml-feedback-'));
  await migrateSchemas(ownPool, [feedbackSchema]);
  await migrateBackend(backendPool);
  await backendPool.query(`
    insert into backend.chat_messages (source, id, user_id, sent_at, text, locale, intent, intent_labelled_at) values
      ('backend', 'm1', 'u1', now() - interval '3 days', 'block my card', 'en', null, null),
      ('backend', 'm2', 'u1', now() - interval '3 days', 'balance?', 'en', 'card_block', now() - interval '2 days'),
      ('backend', 'm3', 'u1', now() - interval '3 days', 'pay', 'en', 'pay_bill', now() + interval '1 hour');
    insert into backend.transactions (source, id, account_id, user_id, booked_at, amount, currency, channel, description, category)
      select 'backend', 't' || n, 'a1', 'u1', now() - n * interval '10 days', -n, 'INR', 'card', 'shop', 'shopping' from generate_series(1, 8) n;
    insert into backend.prediction_feedback (source, id, model, entity_kind, entity_id, verdict, created_at)
      values ('backend', 'f1', 'anomaly-detector', 'transaction', 't5', 'dismissed', now() - interval '1 day')`);
});
afterAll(async () => {
  await Promise.all([ownPool.end(), backendPool.end()]);
  await Promise.all([own.drop(), product.drop()]);
  await rm(folder, { recursive: true, force: true });
});

async function extract(name: BackendTable, asOf = Date.now() + 7_200_000): Promise<Table> {
  const blobs = openBlobStore(pathToFileURL(folder).href, folder);
  const options = {
    spec: tableSpecs[name],
    source: 'backend',
    asOf,
    chunkRows: 3,
    signal: new AbortController().signal,
  };
  const { parts } = await extractTable({ ...options, blobs, pool: backendPool, feedbackPool: ownPool });
  return readParquet(await Promise.all(parts.map(({ hash }) => blobs.localPath(hash))));
}

const about = (change: Partial<Feedback>): Feedback => ({
  ...{ source: 'backend', userId: null, modelName: 'intent-classifier', entityKind: 'chat_message', entityId: 'm1' },
  ...{ verdict: 'corrected', label: 'card_block', labelsMessage: true, predictionId: null },
  ...change,
});
const analyst = { caller: 'ada', key: null };
function intentsOf(table: Table): Readonly<Record<string, string | null>> {
  const intents = textColumn(table, 'intent');
  return Object.fromEntries(textColumn(table, 'id').map((id, row) => [id!, intents[row]!] as const));
}

it('labels messages, unless the backend has a newer label, and not as of an earlier moment', async () => {
  const before = Date.now() - 3_600_000;
  expect(intentsOf(await extract('chat_messages'))).toEqual({ m1: null, m2: 'card_block', m3: 'pay_bill' });
  await storeFeedback(ownPool, about({}), analyst);
  await storeFeedback(ownPool, about({ entityId: 'm2', label: 'check_balance' }), analyst);
  await storeFeedback(ownPool, about({ entityId: 'm3', label: 'transfer_money' }), analyst);
  await storeFeedback(ownPool, about({ source: 'generated', label: 'other' }), analyst);
  expect(intentsOf(await extract('chat_messages'))).toEqual({
    m1: 'card_block',
    m2: 'check_balance',
    m3: 'pay_bill',
  });
  expect(intentsOf(await extract('chat_messages', before))).toEqual({ m1: null, m2: 'card_block', m3: null });
});

it('adds verdicts to those of the backend, which the anomaly detector then learns from', async () => {
  const verdict = (entityId: string) =>
    about({ modelName: 'anomaly-detector', entityKind: 'transaction', entityId, verdict: 'confirmed', label: null, labelsMessage: false }); // prettier-ignore
  for (const id of ['t6', 't7']) await storeFeedback(ownPool, verdict(id), analyst);
  const [transactions, feedback] = [await extract('transactions'), await extract('prediction_feedback')];
  expect(textColumn(feedback, 'entity_id').toSorted()).toEqual(['m1', 'm2', 'm3', 't5', 't6', 't7']);
  const tables = { transactions, prediction_feedback: feedback };
  const { notes } = anomaly.backend.rows(tables, { asOf: Date.now(), source: 'backend', timeZone: 'UTC' });
  expect(notes.join()).toMatch(/analysts confirmed 2 and dismissed 1 alerts/);
});

it('is stored once for a key, and a key cannot be used for something else', async () => {
  const by = { caller: 'grace', key: 'k1' };
  const first = await storeFeedback(ownPool, about({ entityId: 'm9' }), by);
  expect(await storeFeedback(ownPool, about({ entityId: 'm9' }), by)).toEqual({ id: first.id, repeated: true });
  await expect(storeFeedback(ownPool, about({ entityId: 'm8' }), by)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await storeFeedback(ownPool, about({ entityId: 'm8' }), { ...by, caller: 'ada' })).repeated).toBe(false);
});
