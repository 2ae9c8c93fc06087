import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SealedRow, sealAnswer } from '../../inference/prediction-log/sealed-row.js';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import { model as intents } from '../../models/intent-classifier/index.js';
import { model as ner } from '../../models/financial-ner/index.js';
import { model as spending } from '../../models/spending-predictor/index.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { call, createTestApi, routerOfFixture } from '../../tests/support/test-api.js';
import type { Router } from '../routing/router.js';

/* The route over a database that answers what a test says; feedback.test.ts of tests/integration has a real one. */

const PREDICTION = '0c9e1f9e-5a55-4d5c-9f0e-6a1f0f3b9f00';
const HASH = Buffer.alloc(32, 7);
const ANSWERED = PREDICTION.replace('0c', '2c');
const TEXT = 'card 4111 1111 1111 1111 at Swiggy 😀';

let router: Router;
let app: FastifyInstance;
/** Values of the rows that were inserted. */
let inserted: unknown[][] = [];
let isKnownKey = false;
let fault: Error | null = null;
/** An answer about entities of a text. */
let answered: SealedRow;
const home = mkdtempSync(join(tmpdir(), 'ml-feedback-'));

const rowOf = ({ id, at, modelName: model_name, line }: SealedRow) => ({ id, at: new Date(at), model_name, line });

function query(text: string, values: unknown[]): Promise<{ rows: object[] }> {
  if (fault !== null) return Promise.reject(fault);
  if (text.includes('serving.predictions') && values[0] === ANSWERED)
    return Promise.resolve({ rows: [{ ...rowOf(answered), content: answered.sealed }] });
  if (text.includes('serving.predictions')) {
    const row = { id: PREDICTION, at: new Date(), model_name: 'credit-risk-scorer', line: 'synthetic' };
    return Promise.resolve({ rows: values[0] === PREDICTION ? [{ ...row, subject_hash: HASH, subject_key: 1 }] : [] });
  }
  if (text.includes('insert into')) {
    if (isKnownKey) return Promise.resolve({ rows: [] });
    inserted.push(values);
    return Promise.resolve({ rows: [{ id: values[1] as string }] });
  }
  return Promise.resolve({ rows: [{ id: 'api-earlier', contentHash: inserted.at(-1)?.at(-1) ?? 'another' }] });
}

beforeAll(async () => {
  router = await routerOfFixture();
  const sealing = await openKeyRing({ home, keyRingFile: null });
  answered = sealAnswer(sealing, {
    ...{ id: ANSWERED, at: 0, modelName: ner.name, line: 'default', version: '1.0.0', stage: 'production' },
    ...{ subject: null, features: null, abstained: false, latencyMs: 1, arm: null, text: TEXT },
    content: { input: { text: TEXT }, output: { entities: [] } },
  });
  const keys: Pick<KeyRing, 'verify' | 'open'> = {
    verify: (name, message, given) => message === 'u1' || sealing.verify(name, message, given),
    open: (...sealed) => sealing.open(...sealed),
  };
  const models = [credit, ner, intents, spending];
  app = await createTestApi(router, { models, feedback: { database: { query: query as never }, keys } });
});
afterAll(async () => {
  await app.close();
  router.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  inserted = [];
  isKnownKey = false;
  fault = null;
});

const give = (payload: object, more: object = {}) =>
  call<{ feedbackId: string; repeated: boolean; code: string; detail: string }>(app, '/feedback', {
    ...{ payload, scopes: ['feedback'] },
    ...more,
  });
const onEntity = { model: 'credit-risk', entity: { kind: 'credit_application', id: 'a1' }, verdict: 'confirmed' };

describe('POST /feedback', () => {
  it('takes a verdict about a prediction, with model and source of the prediction', async () => {
    const { status, body } = await give({ predictionId: PREDICTION, label: 'defaulted' });
    expect(status).toBe(201);
    expect(body()).toEqual({ feedbackId: expect.stringMatching(/^api-/) as string, repeated: false });
    const [source, , ...rest] = inserted[0]!;
    expect([source, ...rest.slice(0, 6)]).toEqual([
      ...['generated', null, 'credit-risk-scorer', 'prediction', PREDICTION, 'corrected', 'defaulted'],
    ]);
    expect(inserted[0]![11]).toBe(PREDICTION);
  });

  it('takes one about an entity of the source in use', async () => {
    expect((await give({ ...onEntity, userId: 'u9' })).status).toBe(201);
    expect(inserted[0]!.slice(2, 7)).toEqual(['u9', 'credit-risk-scorer', 'credit_application', 'a1', 'confirmed']);
    expect(inserted[0]![0]).toBe('backend');
  });

  it('takes the same once, and refuses a key that was used for something else', async () => {
    await give(onEntity);
    isKnownKey = true;
    const again = await give(onEntity);
    expect([again.status, again.body()]).toEqual([200, { feedbackId: 'api-earlier', repeated: true }]);
    const other = await give({ ...onEntity, verdict: 'dismissed' }, { headers: { 'idempotency-key': 'k1' } });
    expect([other.status, other.body().code]).toEqual([409, 'CONFLICT']);
  });

  it.each([
    [{}, 400, 'INVALID_INPUT'],
    [{ predictionId: 'x', verdict: 'confirmed' }, 400, 'INVALID_INPUT'],
    [{ predictionId: PREDICTION }, 400, 'INVALID_INPUT'],
    [{ predictionId: PREDICTION, verdict: 'corrected' }, 400, 'INVALID_INPUT'],
    [{ predictionId: PREDICTION, verdict: 'wrong' }, 400, 'INVALID_INPUT'],
    [{ entity: onEntity.entity, verdict: 'confirmed' }, 400, 'INVALID_INPUT'],
    [{ ...onEntity, entity: { kind: 'customer', id: 'u1' } }, 400, 'INVALID_INPUT'],
    [{ ...onEntity, model: 'no-model' }, 404, 'UNKNOWN_MODEL'],
    [{ predictionId: PREDICTION.replace('0c', '1c'), verdict: 'confirmed' }, 404, 'PREDICTION_NOT_FOUND'],
  ])('refuses %j with status %i and %s', async (payload, status, code) => {
    const answered = await give(payload);
    expect([answered.status, answered.body().code]).toEqual([status, code]);
    expect(inserted).toEqual([]);
  });

  const merchant = { start: 28, end: 34, type: 'MERCHANT' };
  const card = { start: 5, end: 24, type: 'CARD' };
  const message = { kind: 'chat_message', id: 'm1' };

  it('takes the entities of a text, compared with the one that was answered, and does not store the text', async () => {
    const payload = { predictionId: ANSWERED, entity: message, text: TEXT, entities: [merchant, card] };
    expect((await give(payload)).status).toBe(201);
    const label = '5:24:CARD 28:34:MERCHANT';
    const spans = JSON.stringify([card, merchant]);
    expect(inserted[0]!.slice(4, 12)).toEqual(['chat_message', 'm1', 'corrected', label, 'entity_annotations', spans, sha256(TEXT), ANSWERED]); // prettier-ignore
    expect(JSON.stringify(inserted)).not.toContain('4111');
    expect((await give({ model: 'ner', entity: message, text: 'hi', entities: [] })).status).toBe(201);
    expect(inserted[1]!.slice(7, 11)).toEqual(['-', 'entity_annotations', '[]', sha256('hi')]);
  });

  it('keeps entities about a prediction alone as their label', async () => {
    expect((await give({ predictionId: ANSWERED, text: TEXT, entities: [merchant] })).status).toBe(201);
    expect(inserted[0]!.slice(4, 11)).toEqual(['prediction', ANSWERED, 'corrected', '28:34:MERCHANT', null, null, null]); // prettier-ignore
  });

  it.each([
    ['another text', { predictionId: ANSWERED, text: 'paid Swiggy', entities: [] }, 'INVALID_VALUE', /^text: found an/],
    ['a span outside', { entities: [{ ...merchant, end: 40 }] }, 'INVALID_VALUE', /from 28 to 40 does not fit/],
    ['half a character', { entities: [{ ...merchant, end: 36 }] }, 'INVALID_VALUE', /from 28 to 36 does not fit/],
    ['spans that overlap', { entities: [merchant, { ...merchant, start: 30 }] }, 'INVALID_VALUE', /30 to 34 overlaps/],
    ['an empty type', { entities: [{ ...merchant, type: '' }] }, 'INVALID_INPUT', /entities\.0\.type/],
    ['no text', { text: undefined, entities: [] }, 'INVALID_INPUT', /wanted entities and text together/],
    ['a label', { text: undefined, label: 'MERCHANT' }, 'INVALID_VALUE', /wanted entities and text/],
    ['a label too', { entities: [], label: 'MERCHANT' }, 'INVALID_INPUT', /found both/],
    [
      'entities of an intent',
      { model: 'intent', entities: [] },
      'INVALID_VALUE',
      /intent-classifier, which finds none/,
    ],
  ])('refuses %s', async (_, change, code, detail) => {
    const { body } = await give({ model: 'ner', entity: message, text: TEXT, ...change });
    expect(body()).toMatchObject({ code, detail: expect.stringMatching(detail) as string });
    expect(inserted).toEqual([]);
  });

  it.each([
    ['credit-risk', 'credit_application', 'defaulted', 'credit_applications'],
    ['credit-risk', 'transaction', 'defaulted', null],
    ['spending', 'transaction', 'groceries', 'transactions'],
    ['intent', 'chat_message', 'check_balance', 'chat_messages'],
  ])('notes what a label of %s about a %s corrects', async (model, kind, label, corrects) => {
    expect((await give({ model, entity: { kind, id: 'x1' }, label })).status).toBe(201);
    expect(inserted[0]!.slice(7, 9)).toEqual([label, corrects]);
  });

  it.each([
    ['credit-risk', 'credit_application', 'default', /credit_applications\.outcome does not have.*"defaulted"/],
    ['spending', 'transaction', 'grocery', /transactions\.category does not have.*"groceries"/],
  ])('refuses a label of %s that its column does not have', async (model, kind, label, detail) => {
    const { status, body } = await give({ model, entity: { kind, id: 'x1' }, label });
    expect([status, body().code]).toEqual([422, 'INVALID_VALUE']);
    expect(body().detail).toMatch(detail);
  });

  it('refuses a key that is none', async () => {
    expect((await give(onEntity, { headers: { 'idempotency-key': 'a b' } })).body().code).toBe('INVALID_INPUT');
  });

  it('wants the scope', async () => {
    expect((await give(onEntity, { scopes: ['predict:*', 'explain'] })).status).toBe(403);
  });

  it('lets a customer speak of answers about the customer alone', async () => {
    const own = { predictionId: PREDICTION, verdict: 'dismissed' };
    expect((await give(own, { userId: 'u1' })).status).toBe(201);
    expect(inserted[0]![2]).toBe('u1');
    for (const [payload, userId] of [
      [own, 'u2'],
      [onEntity, 'u1'],
      [{ ...own, entity: onEntity.entity }, 'u1'],
      [{ ...own, userId: 'u2' }, 'u1'],
    ] as const)
      expect((await give(payload, { userId })).body().code, JSON.stringify(payload)).toBe('FORBIDDEN');
    expect(inserted).toHaveLength(1);
  });

  it('is unavailable while the database is away', async () => {
    fault = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const answered = await give(onEntity);
    expect([answered.status, answered.body().code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
  });
});
