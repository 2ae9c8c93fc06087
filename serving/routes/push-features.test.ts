import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import type { FeaturePush } from '../../feature-store/online/push-features.js';
import { call, createTestApi, routerOfFixture, stored } from '../../tests/support/test-api.js';
import type { Router } from '../routing/router.js';
import type { PushFeatures } from './push-features.js';

const transaction = {
  ...{ id: 't1', account_id: 'a1', booked_at: '2026-01-02T10:00:00Z', amount: -420, category: 'groceries' },
  ...{ merchant: 'Corner shop', balance_after: 1_000, disputed_at: null },
};
const body = { entity: 'u1', asOf: '2026-01-03T00:00:00Z', rows: { transactions: [transaction] } };
const scopes = ['features:write'];

let router: Router;
beforeAll(async () => {
  router = await routerOfFixture();
});
afterAll(() => router.close());

const apiWith = (answer: PushFeatures) => createTestApi(router, { push: answer });

function taking() {
  const taken: { push: FeaturePush; actor: string }[] = [];
  const push: PushFeatures = (given, actor) => {
    taken.push({ push: given, actor });
    const value = { ...stored('user-financials', 'u1')!, eventTime: given.asOf };
    return Promise.resolve({ value, stored: true, knownUntil: Date.UTC(2026, 0, 1) });
  };
  return { taken, push };
}

describe('POST /features/<view>/push', () => {
  it('hands rows, moment and caller on, and answers with the features that are stored now', async () => {
    const { taken, push } = taking();
    const app = await apiWith(push);
    const answered = await call(app, '/features/user-financials/push', { payload: body, scopes });
    expect(answered.status).toBe(200);
    expect(answered.body()).toMatchObject({
      ...{ entity: 'u1', view: 'user-financials', version: 1, asOf: '2026-01-03T00:00:00.000Z', stored: true },
      rowsKnownUntil: '2026-01-01T00:00:00.000Z',
    });
    expect(taken).toMatchObject([
      { actor: 'ada', push: { source: 'backend', entityId: 'u1', asOf: Date.UTC(2026, 0, 3) } },
    ]);
    expect(taken[0]!.push.rows.transactions).toEqual([transaction]);
  });

  it.each([
    ['a token that may only read', 403, body, { scopes: ['features'] }],
    ['a token of another customer', 403, body, { scopes, userId: 'u2' }],
    ['a row without what the view reads', 400, { ...body, rows: { transactions: [{ ...transaction, amount: undefined }] } }, { scopes }], // prettier-ignore
    ['an unknown field', 400, { ...body, colour: 'red' }, { scopes }],
    ['a moment of the future', 400, { ...body, asOf: '2126-01-01T00:00:00Z' }, { scopes }],
  ])('refuses %s', async (_, status, payload, token) => {
    const { taken, push } = taking();
    const app = await apiWith(push);
    const answered = await call(app, '/features/user-financials/push', { payload, ...token });
    expect([answered.status, taken]).toEqual([status, []]);
  });

  it('refuses an unknown view, and says when a store does not answer', async () => {
    const away = new PipelineError('SERVICE_UNAVAILABLE', 'away');
    const app = await apiWith(() => Promise.reject(away));
    expect((await call(app, '/features/user-finances/push', { payload: body, scopes })).status).toBe(400);
    const answered = await call(app, '/features/user-financials/push', { payload: body, scopes });
    expect(answered.body()).toMatchObject({ status: 503, type: 'urn:ml-services:error:FEATURES_UNAVAILABLE' });
  });
});
