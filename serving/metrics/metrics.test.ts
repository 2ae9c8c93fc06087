import { sketchOf } from '../../learning/numeric/statistics/quantile-sketch.js';
import { followFeatureRates } from './feature-rates.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { application, call, createTestApi, known, predict, routerOfFixture } from '../../tests/support/test-api.js';
import { pipelineError } from '../../contracts/errors.js';
import type { TrafficLimits } from '../limits/traffic-limits.js';
import type { Router } from '../routing/router.js';
import { createMetrics } from './metrics.js';

let router: Router;
let app: FastifyInstance;

beforeAll(async () => {
  router = await routerOfFixture();
  app = await createTestApi(router);
});
afterAll(async () => {
  await app.close();
  router.close();
});

const metricsOf = async (api: FastifyInstance): Promise<string> => {
  const { status, headers, text } = await call(api, '/metrics', { scopes: ['metrics'] });
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  return text;
};

const valueOf = (text: string, series: string): number =>
  Number(text.split('\n').find((line) => line.startsWith(`${series} `))?.split(' ')[1]); // prettier-ignore

it('counts rows by what became of them, and times answered requests', async () => {
  const api = await createTestApi(router);
  await predict(api, application);
  await predict(api, known); // too few inputs
  await predict(api, { ...application, kind: 'boat' });
  await call(api, '/predict/credit-risk/batch', { payload: { inputs: [application, application, 7] } });
  await call(api, '/predict/credit-risk/explain', { payload: application });
  const text = await metricsOf(api);
  const counted = (kind: string, outcome: string): number =>
    valueOf(text, `ml_prediction_total{model="credit-risk-scorer",kind="${kind}",outcome="${outcome}"}`);
  expect(['answered', 'abstained', 'refused'].map((outcome) => counted('predict', outcome))).toEqual([1, 1, 1]);
  expect([counted('batch', 'answered'), counted('batch', 'refused'), counted('explain', 'answered')]).toEqual([2, 1, 1]); // prettier-ignore
  const timed = (kind: string): number =>
    valueOf(text, `ml_prediction_latency_seconds_count{model="credit-risk-scorer",kind="${kind}"}`);
  expect([timed('predict'), timed('batch'), timed('explain')]).toEqual([2, 1, 1]);
  await api.close();
});

it('counts an unanswered row as failed and streamed rows each', async () => {
  const closed = await createTestApi({ ...router, borrow: () => Promise.reject(new Error('closed')), table: () => router.table() }); // prettier-ignore
  await predict(closed, application);
  expect(await metricsOf(closed)).toMatch(/ml_prediction_total\{.*kind="predict",outcome="failed"\} 1/);
  await closed.close();
  const streaming = await createTestApi(router);
  const headers = { 'content-type': 'application/x-ndjson' };
  await call(streaming, '/predict/credit-risk/batch', { payload: `${JSON.stringify(application)}\n{}\n`, headers });
  expect(await metricsOf(streaming)).toMatch(/kind="batch",outcome="answered"\} 1/);
  await streaming.close();
});

it('makes one series of all unknown addresses and customers', async () => {
  for (const id of ['a', 'b', 'c']) {
    await call(app, `/nothing/${id}?${id}`);
    await call(app, `/features/credit-risk/${id}`);
  }
  const text = await metricsOf(app);
  expect(text).toMatch(/ml_http_requests_total\{route="none",status="404"\} 3/);
  expect(text).toMatch(/ml_http_requests_total\{route="\/features\/:view\/:entity",status="404"\} 3/);
});

it('names the versions that answer and the requests that have no answer yet', async () => {
  const text = await metricsOf(app);
  expect(text).toMatch(
    /ml_model_info\{model="credit-risk-scorer",line="default",version="1\.0\.0",stage="production"\} 1/,
  );
  expect(valueOf(text, 'ml_queue_depth')).toBe(0);
});

it('counts refusals because the budget of the day is spent', async () => {
  const refusing: TrafficLimits = {
    request: () => ({ allowed: true, limit: null, remaining: 1, resetSeconds: 0 }),
    spend: (_, answers) => {
      if (answers > 1) throw pipelineError('QUERY_BUDGET_SPENT', { limit: 1, left: 1, retryAfterSeconds: 9 });
    },
  };
  const api = await createTestApi(router, { limits: refusing });
  await predict(api, application);
  await call(api, '/predict/credit-risk/batch', { payload: { inputs: [application, application] } });
  const headers = { 'content-type': 'application/x-ndjson' };
  const line = `${JSON.stringify(application)}\n`;
  await call(api, '/predict/credit-risk/batch', { payload: line + line, headers }).catch(() => undefined);
  expect(valueOf(await metricsOf(api), 'ml_rejected_requests_total{reason="query_budget"}')).toBe(2);
  await api.close();
});

it('gives what became of rows of the prediction log', async () => {
  const status = () => ({ status: 'degraded', waiting: 3, dropped: 2, spooled: 5 }) as const;
  const predictionLog = { append: () => undefined, appendDurably: () => Promise.resolve(), status };
  const api = await createTestApi(router, { predictionLog });
  for (let i = 0; i < 2; i++) {
    const text = await metricsOf(api);
    expect(valueOf(text, 'ml_prediction_log_waiting_rows')).toBe(3);
    expect(valueOf(text, 'ml_prediction_log_rows_total{outcome="dropped"}')).toBe(2);
    expect(valueOf(text, 'ml_prediction_log_rows_total{outcome="spooled"}')).toBe(5);
  }
  await api.close();
});

it('give the share of unknown values of each feature, of the newest version', async () => {
  const field = (missing: number) => ({ missing, outOfRange: 0, distinct: 3, sketch: sketchOf(new Float64Array(0)) });
  const day = { source: 'backend', view: 'habits', day: '2026-12-01', eventTime: 0, writtenAt: 0, entities: 8 };
  const statistics = {
    list: ({ source, days }: { readonly source: string; readonly days: number }) =>
      Promise.resolve(
        source !== 'backend' || days !== 1
          ? []
          : [
              { ...day, version: 1, fields: { visits: field(8) } },
              { ...day, version: 2, fields: { visits: field(2), spending: field(0) } },
              { ...day, view: 'debts', version: 1, entities: 0, fields: { owed: field(0) } },
            ],
      ),
  };
  const warned: unknown[] = [];
  let source = 'backend';
  const findSource = () =>
    source === '' ? Promise.reject(new Error('the registry is away')) : Promise.resolve(source);
  const logger = { warn: (...told: unknown[]) => void warned.push(told) };
  const featureRates = followFeatureRates({ statistics, findSource, logger });
  const ended = new AbortController();
  const following = featureRates.follow(ended.signal);
  ended.abort();
  await following;
  source = '';
  await featureRates.look(); // keeps what it knew
  expect(warned).toHaveLength(1);
  const api = await createTestApi(router, { featureRates: () => featureRates.latest() });
  const text = await metricsOf(api);
  expect(valueOf(text, 'ml_feature_missing_rate{view="habits",feature="visits"}')).toBe(0.25);
  expect(valueOf(text, 'ml_feature_missing_rate{view="habits",feature="spending"}')).toBe(0);
  expect(valueOf(text, 'ml_feature_missing_rate{view="debts",feature="owed"}')).toBe(0);
  await api.close();
});

it('are for tokens with their scope alone', async () => {
  expect((await call(app, '/metrics', { scopes: ['predict:*'] })).status).toBe(403);
  expect((await app.inject('/metrics')).statusCode).toBe(401);
});

it('give the share of looked-up answers that were not computed', async () => {
  const metrics = createMetrics();
  for (const result of ['miss', 'hit', 'hit', 'shared'] as const) metrics.countCache('intent', result);
  metrics.countRejection('overload');
  const text = await metrics.text();
  expect(valueOf(text, 'ml_cache_hit_rate{model="intent"}')).toBe(0.75);
  expect(valueOf(text, 'ml_rejected_requests_total{reason="overload"}')).toBe(1);
});
