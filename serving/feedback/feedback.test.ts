import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, createTestApi, routerOfFixture } from '../../tests/support/test-api.js';
import type { Router } from '../routing/router.js';

/* The route over a database that answers what a test says; feedback.test.ts of tests/integration has a real one. */

const PREDICTION = '0c9e1f9e-5a55-4d5c-9f0e-6a1f0f3b9f00';
const HASH = Buffer.alloc(32, 7);

let router: Router;
let app: FastifyInstance;
/** Values of the rows that were inserted. */
let inserted: unknown[][] = [];
let isKnownKey = false;
let fault: Error | null = null;

function query(text: string, values: unknown[]): Promise<{ rows: object[] }> {
  if (fault !== null) return Promise.reject(fault);
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
  const keys = { verify: (_: string, message: string) => message === 'u1' };
  app = await createTestApi(router, { feedback: { database: { query: query as never }, keys } });
});
afterAll(async () => {
  await app.close();
  router.close();
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
    expect([source, ...rest.slice(0, 8)]).toEqual([
      ...['generated', null, 'credit-risk-scorer', 'prediction', PREDICTION, 'corrected', 'defaulted', false],
      PREDICTION,
    ]);
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
