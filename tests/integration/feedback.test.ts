import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { BackendTable } from '../../contracts/backend.js';
import type { LabelledSpan } from '../../contracts/labelling.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { feedbackSchema } from '../../datasets/feedback/schema.js';
import { type Feedback, storeFeedback } from '../../datasets/feedback/store-feedback.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { readParquet } from '../../datasets/snapshots/parquet.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { textColumn } from '../../learning/table.js';
import { model as anomaly } from '../../models/anomaly-detector/index.js';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import { model as ner } from '../../models/financial-ner/index.js';
import { model as spending } from '../../models/spending-predictor/index.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { createMemoryLog } from '../support/memory-snapshot-log.js';
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

const blobsOf = () => openBlobStore(pathToFileURL(folder).href, folder);
const LATER = Date.now() + 7_200_000;

function extractParts(name: BackendTable, asOf = LATER): Promise<ExtractedTable> {
  const options = {
    spec: tableSpecs[name],
    source: 'backend',
    asOf,
    chunkRows: 3,
    signal: new AbortController().signal,
  };
  return extractTable({ ...options, blobs: blobsOf(), pool: backendPool, feedbackPool: ownPool });
}

async function extract(name: BackendTable, asOf = LATER): Promise<Table> {
  const [blobs, { parts }] = [blobsOf(), await extractParts(name, asOf)];
  return readParquet(await Promise.all(parts.map(({ hash }) => blobs.localPath(hash))));
}

const about = (change: Partial<Feedback>): Feedback => ({
  ...{ source: 'backend', userId: null, modelName: 'intent-classifier', entityKind: 'chat_message', entityId: 'm1' },
  ...{ verdict: 'corrected', label: 'card_block', corrects: 'chat_messages', annotations: null, predictionId: null },
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
    about({ modelName: 'anomaly-detector', entityKind: 'transaction', entityId, verdict: 'confirmed', label: null, corrects: null }); // prettier-ignore
  for (const id of ['t6', 't7']) await storeFeedback(ownPool, verdict(id), analyst);
  const [transactions, feedback] = [await extract('transactions'), await extract('prediction_feedback')];
  expect(textColumn(feedback, 'entity_id').toSorted()).toEqual(['m1', 'm2', 'm3', 't5', 't6', 't7']);
  const tables = { transactions, prediction_feedback: feedback };
  const { notes } = anomaly.backend.rows(tables, { asOf: Date.now(), source: 'backend', timeZone: 'UTC' });
  expect(notes.join()).toMatch(/analysts confirmed 2 and dismissed 1 alerts/);
});

/** Training rows of a model as the next snapshot gives them. */
async function rowsOf(model: ModelDefinition, asOf = LATER) {
  const names = [...model.backend.tables, ...(model.backend.optionalTables ?? [])];
  const tables: Partial<Record<BackendTable, Table>> = {};
  for (const name of names) tables[name] = await extract(name, asOf);
  return model.backend.rows(tables, { asOf, source: 'backend', timeZone: 'UTC' }).table;
}

/** A column of training rows by the key of the row. */
async function columnOf(
  model: ModelDefinition,
  column: string,
  asOf?: number,
): Promise<Readonly<Record<string, unknown>>> {
  const { columns } = await rowsOf(model, asOf);
  const keys = [...columns[model.backend.schema.key]!.values];
  return Object.fromEntries(keys.map((key, row) => [String(key), columns[column]!.values[row]]));
}

it('annotates texts in place of the backend, where it has the text as it was answered and no newer annotations', async () => {
  const span = (start: number, end: number, type = 'ACCOUNT') => ({ start, end, type });
  const given = (entityId: string, text: string, spans: LabelledSpan[], entityKind = 'chat_message') =>
    storeFeedback(ownPool, about({ modelName: ner.name, entityKind, entityId, label: ner.name, corrects: 'entity_annotations', annotations: { spans, textHash: sha256(text) } }), analyst); // prettier-ignore
  await backendPool.query(`
    insert into backend.chat_messages (source, id, user_id, sent_at, text, locale, intent, intent_labelled_at, text_group)
      select 'backend', id, 'u1', now() - interval '3 days', text, 'en', 'x', now() - interval '2 days', 'g1'
      from (values ('n1', 'block card 12 😀 now'), ('n2', 'nothing'), ('n3', 'later'), ('n4', 'changed')) as made (id, text);
    insert into backend.entity_annotations (source, id, message_id, start_offset, end_offset, entity_type, text, annotated_at)
      select 'backend', 'a-' || id, id, 0, 5, 'WRONG', 'block', now() + at
      from (values ('n1', interval '-1 day'), ('n2', '-1 day'), ('n3', '1 hour'), ('n4', '-1 day')) as made (id, at)`);
  const before = Date.now();
  await given('n1', 'block card 12 😀 now', [span(6, 10), span(11, 16, 'DATE')]);
  await given('n1', 'block card 12 😀 now', [span(6, 13), span(14, 16, 'SMILE')]); // the newest holds
  await given('n2', 'nothing', []);
  await given('n3', 'later', [span(0, 5)]);
  await given('n4', 'not the text', [span(0, 3)]);
  await given('t1', 'shop', [span(0, 4, 'MERCHANT')], 'transaction');
  expect(await columnOf(ner, 'entities')).toMatchObject({
    'message:n1': '6:13:ACCOUNT 14:16:SMILE',
    'message:n2': '-',
    'message:n3': '0:5:WRONG',
    'message:n4': '0:5:WRONG',
    'transaction:t1': '0:4:MERCHANT',
  });
  const annotations = await extract('entity_annotations');
  expect(textColumn(annotations, 'text')).toEqual(expect.arrayContaining(['card 12', '😀', 'shop']));
  expect(await columnOf(ner, 'entities', before)).toMatchObject({ 'message:n1': '0:5:WRONG' });
});

it('corrects outcomes of applications and categories of transactions', async () => {
  await backendPool.query(`
    insert into backend.credit_applications (source, id, user_id, applied_at, kind, requested_amount, term_months, decision, decided_at)
      select 'backend', 'c' || n, 'u1', now() - interval '5 days', 'personal', 1000, 12, 'approved', now() - interval '4 days'
      from generate_series(1, 2) n`);
  const before = Date.now();
  expect(await columnOf(credit, 'defaulted')).toEqual({});
  const outcome = {
    modelName: credit.name,
    entityKind: 'credit_application',
    corrects: 'credit_applications',
  } as const;
  const category = { modelName: spending.name, entityKind: 'transaction', corrects: 'transactions' } as const;
  await storeFeedback(ownPool, about({ ...outcome, entityId: 'c1', label: 'defaulted' }), analyst);
  await storeFeedback(ownPool, about({ ...outcome, entityId: 'c2', label: 'repaid' }), analyst);
  await storeFeedback(ownPool, about({ ...category, entityId: 't2', label: 'groceries' }), analyst);
  expect(await columnOf(credit, 'defaulted')).toEqual({ c1: 1, c2: 0 });
  expect(await columnOf(credit, 'defaulted', before)).toEqual({});
  const categories = textColumn(await rowsOf(spending), 'category');
  expect(categories.filter((category) => category === 'groceries')).toHaveLength(1);
});

it('makes another snapshot of the same moment', async () => {
  const commit = async (runKey: string) => {
    const log = createMemoryLog();
    const tables = [await extractParts('entity_annotations'), await extractParts('chat_messages')];
    const facts = { runKey, source: 'backend', asOf: LATER, codeVersion: '1', tables };
    return (await commitSnapshot({ ...facts, blobs: blobsOf(), log })).hash;
  };
  const first = await commit('first');
  expect(await commit('again')).toBe(first);
  await storeFeedback(ownPool, about({ entityId: 'm1', label: 'check_balance' }), { caller: 'ada', key: 'another' });
  const second = await commit('second');
  expect(second).not.toBe(first);
  const without = await extractTable({ spec: tableSpecs.chat_messages, source: 'backend', asOf: LATER, chunkRows: 3, signal: new AbortController().signal, blobs: blobsOf(), pool: backendPool }); // prettier-ignore
  expect((await extractParts('chat_messages')).queryHash).not.toBe(without.queryHash);
});

it('is stored once for a key, and a key cannot be used for something else', async () => {
  const by = { caller: 'grace', key: 'k1' };
  const first = await storeFeedback(ownPool, about({ entityId: 'm9' }), by);
  expect(await storeFeedback(ownPool, about({ entityId: 'm9' }), by)).toEqual({ id: first.id, repeated: true });
  await expect(storeFeedback(ownPool, about({ entityId: 'm8' }), by)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await storeFeedback(ownPool, about({ entityId: 'm8' }), { ...by, caller: 'ada' })).repeated).toBe(false);
});

it('is read and written by programs of the former version until they are restarted', async () => {
  const former = `insert into feedback.prediction_feedback (source, id, model, entity_kind, entity_id, verdict, label,
      labels_message, caller, idempotency_key, content_hash)
    values ('backend', 'api-former', 'intent-classifier', 'chat_message', 'm7', 'corrected', 'pay_bill', true, 'ada', 'former', 'x')
    returning corrects`;
  expect((await ownPool.query(former)).rows).toEqual([{ corrects: 'chat_messages' }]);
  const { id } = await storeFeedback(ownPool, about({ entityId: 'm6' }), { caller: 'ada', key: 'present' });
  const read = 'select labels_message as labels from feedback.prediction_feedback where id = $1';
  expect((await ownPool.query(read, [id])).rows).toEqual([{ labels: true }]);
});
