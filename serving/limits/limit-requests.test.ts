import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerLimits, TrafficSettings } from '../../platform/config/traffic-settings.js';
import {
  application,
  call,
  createTestApi,
  known,
  predict,
  routerOfFixture,
  settings,
} from '../../tests/support/test-api.js';
import type { Problem } from '../http/problem.js';
import type { Prediction } from '../predictions/prediction.js';
import type { Router } from '../routing/router.js';
import { createSharedCounts } from './shared-counts.js';
import { createTrafficLimits } from './traffic-limits.js';

let router: Router;
beforeAll(async () => void (router = await routerOfFixture()));
afterAll(() => router.close());

const none: CallerLimits = { requestsPerMinute: null, answersPerDay: null };
const usual: TrafficSettings = { programs: none, customers: none, mostInFlight: 1000, scoreDecimals: {} };

async function withApi(traffic: Partial<TrafficSettings>, use: (app: FastifyInstance) => Promise<void>, of = router) {
  const all = { ...usual, ...traffic };
  const limits = createTrafficLimits(createSharedCounts(null), all);
  const app = await createTestApi(of, { limits, settings: { ...settings, traffic: all } });
  await use(app).finally(() => app.close());
}

describe('a caller beyond its rate', () => {
  it('gets 429 with what is allowed and when to ask again; others and other routes are answered', () =>
    withApi({ programs: { ...none, requestsPerMinute: 2 } }, async (app) => {
      const answers = [
        await predict(app, application),
        await predict(app, application),
        await predict(app, application),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers.map(({ headers }) => headers.ratelimit)).toEqual([
        expect.stringMatching(/^"requests";r=1;t=\d+$/),
        expect.stringMatching(/^"requests";r=0;t=\d+$/),
        expect.stringMatching(/^"requests";r=0;t=\d+$/),
      ]);
      const { headers, body } = answers[2]!;
      expect([headers['ratelimit-policy'], body().code]).toEqual(['"requests";q=2;w=60', 'RATE_LIMITED']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect((await predict(app, application, { subject: 'bob' })).status).toBe(200);
      expect((await call(app, '/predict/credit-risk/explain', { payload: application })).status).toBe(200);
      for (let i = 0; i < 3; i++) expect((await app.inject('/health')).statusCode).toBe(200);
      const { text } = await call(app, '/metrics', { scopes: ['metrics'] });
      expect(text).toMatch(/ml_rejected_requests_total\{reason="rate_limit"\} 1/);
    }));

  it('is refused before its body is read', () =>
    withApi({ programs: { ...none, requestsPerMinute: 1 } }, async (app) => {
      await predict(app, application);
      const { status } = await predict(app, '{"kind":', { headers: { 'content-type': 'application/json' } });
      expect(status).toBe(429);
    }));
});

describe('a spent budget', () => {
  const customers = { ...none, answersPerDay: 3 };
  const mine = { userId: 'u1' };

  it('refuses single requests and batches with more rows than are left', () =>
    withApi({ customers }, async (app) => {
      const batch = (rows: number) =>
        call(app, '/predict/credit-risk/batch', { payload: { inputs: Array(rows).fill(application) }, ...mine });
      expect((await batch(4)).body()).toMatchObject({ status: 429, code: 'QUERY_BUDGET_SPENT' });
      expect((await batch(2)).status).toBe(200);
      expect((await predict(app, application, mine)).status).toBe(200);
      const refused = await predict(app, application, mine);
      expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
      expect((await predict(app, application)).status).toBe(200); // a program's token
    }));

  it('ends a stream with its error', () =>
    withApi({ customers: { ...none, answersPerDay: 40 } }, async (app) => {
      const payload = `${JSON.stringify(application)}\n`.repeat(70);
      const headers = { 'content-type': 'application/x-ndjson' };
      const { text } = await call(app, '/predict/credit-risk/batch', { payload, headers, ...mine });
      const lines = text.trim().split('\n').map((line) => JSON.parse(line) as { error?: Problem }); // prettier-ignore
      expect([lines.length, lines.at(-1)!.error?.code]).toEqual([33, 'QUERY_BUDGET_SPENT']);
    }));
});

describe('scores', () => {
  it('are rounded in outputs, explanations and batches of the route that is named, and nowhere else', () =>
    withApi({ scoreDecimals: { 'credit-risk': 2 } }, async (app) => {
      const exact = /\d\.\d{3}/;
      const one = (await predict(app, application)).body();
      const why = (await call<Prediction>(app, '/predict/credit-risk/explain', { payload: application })).body();
      const batch = (await call<{ predictions: Prediction[] }>(app, '/predict/credit-risk/batch', { payload: { inputs: [application, {}] } })).body(); // prettier-ignore
      for (const shown of [one.output, why.output, why.explanation, batch.predictions[0]!.output])
        expect(JSON.stringify(shown)).not.toMatch(exact);
      expect(why.explanation).not.toBeNull();
      await withApi({ scoreDecimals: { anomaly: 2 } }, async (other) =>
        expect(JSON.stringify((await predict(other, application)).body().output)).toMatch(exact),
      );
    }));
});

describe('under overload', () => {
  it('requests are refused unread with 503 and Retry-After, health and metrics answered', async () => {
    let letOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letOn = resolve));
    const slow: Router = {
      table: () => router.table(),
      failures: () => [],
      isReady: () => true,
      borrow: (...asked) => held.then(() => router.borrow(...asked)),
      refresh: () => Promise.resolve(),
      refreshIfChanged: () => Promise.resolve(),
      close: () => undefined,
    };
    await withApi(
      { mostInFlight: 16 },
      async (app) => {
        const waiting = Array.from({ length: 16 }, () => predict(app, application));
        await expect
          .poll(async () => (await call(app, '/metrics', { scopes: ['metrics'] })).text)
          .toMatch(/ml_queue_depth 16/);
        const refused = await predict(app, application);
        expect([refused.status, refused.body().code, refused.headers['retry-after']]).toEqual([503, 'OVERLOADED', '5']);
        expect(refused.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
        const unread = await call(app, '/features/credit-risk', { payload: known });
        expect(unread.status).toBe(503);
        expect((await app.inject('/health/ready')).statusCode).toBe(200);
        letOn();
        expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(200));
        expect((await predict(app, application)).status).toBe(200);
        const { text } = await call(app, '/metrics', { scopes: ['metrics'] });
        expect(text).toMatch(/ml_rejected_requests_total\{reason="overload"\} 2/);
        expect(text).toMatch(/ml_queue_depth 0/);
      },
      slow,
    );
  });
});
