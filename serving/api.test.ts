import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import { creditRisk } from '../feature-store/definitions/credit-risk.js';
import { userFinancials } from '../feature-store/definitions/user-financials.js';
import { model as credit } from '../models/credit-risk-scorer/index.js';
import { serviceUnavailable } from '../platform/outage.js';
import * as api from '../tests/support/test-api.js';
import { application, byFixture, known, LIVING } from '../tests/support/test-api.js';
import type { Problem } from './http/problem.js';
import type { Prediction } from './predictions/prediction.js';
import type { Router } from './routing/router.js';

let storeFault: Error | null = null;
const onlineStore: Pick<OnlineStore, 'get' | 'getStates'> = {
  ...api.onlineStore,
  get: (...asked) => (storeFault ? Promise.reject(storeFault) : api.onlineStore.get(...asked)),
};

let router: Router;
let app: FastifyInstance;
let lenient: FastifyInstance;

beforeAll(async () => {
  router = await api.routerOfFixture();
  app = await api.createTestApi(router, { onlineStore });
  const answering = { ...byFixture, serving: { route: 'credit-risk', missingFeatures: 'answer' as const } };
  lenient = await api.createTestApi(router, { onlineStore, models: [answering] });
});
afterAll(async () => {
  await app.close();
  await lenient.close();
  router.close();
});

interface Call extends api.Call {
  readonly to?: FastifyInstance;
}
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it asked for
const call = <Body = Problem>(url: string, { to = app, ...rest }: Call = {}) => api.call<Body>(to, url, rest);
const predict = (payload: unknown, { to = app, ...rest }: Call = {}) => api.predict(to, payload, rest);

describe('POST /predict/<model>', () => {
  it('answers with the version, its stage and line', async () => {
    const { status, body } = await predict(application);
    expect(status).toBe(200);
    expect(body()).toMatchObject({
      ...{ model: credit.name, version: '1.0.0', stage: 'production', line: 'default', synthetic: false },
      output: { probability: expect.any(Number) as number },
      abstained: false,
    });
    expect(body().predictionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers a long body, in several turns, as a short one', async () => {
    const long = JSON.stringify(application) + ' '.repeat(2 ** 16);
    const headers = { 'content-type': 'application/json' };
    for (const path of ['/predict/credit-risk', '/predict/credit-risk/explain']) {
      const [short, answered] = [
        await call<Prediction>(path, { payload: application }),
        await call<Prediction>(path, { payload: long, headers }),
      ];
      expect(answered.status).toBe(200);
      const { predictionId, ...rest } = short.body();
      expect(answered.body()).toMatchObject(rest);
      expect(answered.body().predictionId).not.toBe(predictionId);
    }
  });

  it('says in which number format it answers where that is not the usual one', async () => {
    const quantised = await api.routerOfFixture({ variant: 'int8' });
    const other = await api.createTestApi(quantised);
    expect((await predict(application, { to: other })).body()).toMatchObject({ version: '1.0.0', variant: 'int8' });
    expect((await predict(application)).body()).not.toHaveProperty('variant');
    await other.close();
    quantised.close();
  });

  it('abstains with what is missing, and no output', async () => {
    const { body } = await predict(known);
    expect(body()).toMatchObject({ output: null, abstained: true, coverage: { fewestKnown: 10 } });
  });

  it.each([
    [{ ...application, kind: 'boat' }, 400, 'INVALID_INPUT', /^kind: found a text of 4 characters/],
    [[application], 400, 'INVALID_INPUT', /^input: wanted an object$/],
    [{ ...application, latePayment: 1 }, 400, 'INVALID_INPUT', /^latePayment: there is no input of this name/],
    [{ userId: 7, ...known }, 400, 'INVALID_INPUT', /^userId: wanted a text/],
    [{ userId: 'nobody', ...known }, 404, 'ENTITY_NOT_FOUND', /knows no such entity in source backend/],
    [{ userId: 'u2', ...known }, 503, 'FEATURES_STALE', /are as of/],
    [{ userId: 'u1', kind: 'boat' }, 400, 'INVALID_INPUT', /kind: found/],
  ])('refuses %j with status %i and %s', async (payload, status, code, detail) => {
    const answered = await predict(payload);
    expect(answered.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([answered.status, answered.body().code]).toEqual([status, code]);
    expect(answered.body().detail).toMatch(detail);
    expect(answered.headers['x-request-id']).toBe(answered.body().instance);
  });

  it.each([
    ['{"kind":', 'application/json', 400, 'INVALID_INPUT'],
    ['{"requestedAmount":NaN}', 'application/json', 400, 'INVALID_INPUT'],
    ['', 'application/json', 400, 'INVALID_INPUT'],
    ['{"__proto__":{"a":1}}', 'application/json', 400, 'INVALID_INPUT'],
    [`{"kind":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'application/json', 400, 'INVALID_INPUT'],
    ['kind=vehicle', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [`{"kind":"${'x'.repeat(2 ** 20)}"}`, 'application/json', 413, 'REQUEST_TOO_LARGE'],
  ])('refuses a body without repeating it (%#)', async (payload, type, status, code) => {
    const answered = await predict(payload, { headers: { 'content-type': type } });
    expect([answered.status, answered.body().code]).toEqual([status, code]);
    expect(answered.text).not.toMatch(/xxx|\[\[/);
  });

  it('reads by reference and says what was read, and as of when', async () => {
    const { body } = await predict({ userId: 'u1', ...known });
    expect(body().features).toMatchObject({
      ...{ source: 'backend', asOf: new Date(LIVING.asOf).toISOString(), stale: false },
      features: [{ view: userFinancials.name }, { view: creditRisk.name }],
    });
  });

  it('by reference is FEATURES_UNAVAILABLE while the store is away, and with all inputs answered', async () => {
    storeFault = serviceUnavailable('Redis', 'gone');
    try {
      const refused = await predict({ userId: 'u1', ...known });
      expect([refused.status, refused.body().code]).toEqual([503, 'FEATURES_UNAVAILABLE']);
      expect(refused.headers['retry-after']).toBe('5');
      expect((await predict(application)).status).toBe(200);
      const flagged = await predict({ userId: 'u1', ...known }, { to: lenient });
      expect([flagged.status, flagged.body().features]).toEqual([200, 'missing']);
    } finally {
      storeFault = null;
    }
  });

  it.each([
    ['?version=9.9.9', 404, 'VERSION_NOT_FOUND'],
    ['?line=taiwan', 404, 'VERSION_NOT_FOUND'],
    ['?stage=attic', 400, 'INVALID_INPUT'],
    ['?versoin=1.0.0', 400, 'INVALID_INPUT'],
  ])('refuses %s', async (query, status, code) => {
    const answered = await call(`/predict/credit-risk${query}`, { payload: application });
    expect([answered.status, answered.body().code]).toEqual([status, code]);
  });

  it('knows no other model and says which it knows', async () => {
    const answered = await call('/predict/credit', { payload: application });
    expect([answered.status, answered.body().code]).toEqual([404, 'UNKNOWN_MODEL']);
    expect(answered.body().detail).toMatch(/known: credit-risk/);
  });
});

describe('an address with another method', () => {
  it.each([
    ['GET', '/predict/credit-risk', 'POST'],
    ['DELETE', '/predict/credit-risk/explain', 'POST'],
    ['QUERY', '/features/credit-risk/u1', 'GET, HEAD'],
    ['TRACE', '/health', 'GET, HEAD'],
    ['PUT', '/feedback', 'POST'],
    ['POST', '/docs/files/swagger-ui.css', 'GET, HEAD'],
  ])('%s %s names those it has, without a token', async (method, url, allow) => {
    const answered = await app.inject({ method: method as 'GET', url, payload: '{', headers: { 'content-type': 'application/json' } }); // prettier-ignore
    expect([answered.statusCode, answered.json<Problem>().code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answered.headers.allow).toBe(allow);
  });
});

describe('identity', () => {
  it('is wanted on every route but health and description', async () => {
    for (const url of ['/models', '/features/credit-risk/u1']) expect((await app.inject(url)).statusCode).toBe(401);
    const answered = await app.inject({ method: 'POST', url: '/predict/credit-risk', payload: application });
    expect([answered.statusCode, answered.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    for (const url of ['/health', '/health/ready', '/health/startup', '/openapi.json', '/docs'])
      expect((await app.inject(url)).statusCode, url).toBe(200);
  });

  it.each([
    ['/predict/credit-risk', ['predict:intent'], 'predict:credit-risk'],
    ['/predict/credit-risk/explain', ['predict:credit-risk'], 'explain'],
    ['/features/credit-risk', ['predict:*'], 'features'],
  ])('refuses %s with scopes %j', async (url, scopes, lacking) => {
    const answered = await call(url, { scopes, payload: application });
    expect([answered.status, answered.body().detail]).toEqual([403, `the token lacks the scope ${lacking}`]);
  });

  it.each([['predict:*'], ['admin']])('takes the wider scope %s', async (scope) =>
    expect((await predict(application, { scopes: [scope] })).status).toBe(200),
  );

  it('of one customer asks for that customer alone, in a batch and in features too', async () => {
    const other = { userId: 'u1', ...known };
    const mine = { userId: 'u3' };
    for (const [url, payload] of [
      ['/predict/credit-risk', other],
      ['/predict/credit-risk/explain', other],
      ['/features/credit-risk', { entities: ['u3', 'u1'] }],
    ] as const)
      expect((await call(url, { payload, ...mine })).body().code).toBe('FORBIDDEN');
    expect((await call('/features/credit-risk/u1', mine)).body().code).toBe('FORBIDDEN');
    const batch = await call<{ predictions: { error?: Problem }[] }>('/predict/credit-risk/batch', {
      payload: { inputs: [other, application] },
      ...mine,
    });
    expect(batch.body().predictions.map(({ error }) => error?.code)).toEqual(['FORBIDDEN', undefined]);
    expect((await predict(other, { userId: 'u1' })).status).toBe(200);
  });
});

describe('POST /predict/<model>/batch', () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ ...application, bankBalance: i * 1000 }));

  it('answers each row as alone, in order, and gives a bad row its own error', async () => {
    const mixed: unknown[] = [...rows.slice(0, 40), { kind: 'boat' }, 7, ...rows.slice(40)];
    const { body } = await call<{ predictions: (Prediction & { error?: Problem })[] }>('/predict/credit-risk/batch', {
      payload: { inputs: mixed },
    });
    const { predictions } = body();
    expect(predictions.map(({ error }) => error?.code).filter((code) => code !== undefined)).toHaveLength(2);
    expect([predictions[40]!.error!.code, predictions[41]!.error!.detail]).toEqual([
      'INVALID_INPUT',
      'input: wanted an object',
    ]);
    const alone = (await predict(rows[99])).body().output;
    expect(predictions.at(-1)!.output).toEqual(alone);
  });

  it.each(['{"inputs":[{"a":[{"__proto__":1}]}]}', '{"inputs":[{"constructor":{"prototype":{}}}]}'])(
    'refuses %s, as it could set a prototype',
    async (payload) => {
      const headers = { 'content-type': 'application/json' };
      expect((await call('/predict/credit-risk/batch', { payload, headers })).body().code).toBe('INVALID_INPUT');
    },
  );

  it.each([[{}], [{ inputs: [] }], [{ inputs: {} }], [{ inputs: [], more: 1 }]])('refuses %j', async (payload) =>
    expect((await call('/predict/credit-risk/batch', { payload })).body().code).toBe('INVALID_INPUT'),
  );

  const lines = async (payload: string | Readable): Promise<(Prediction & { error?: Problem })[]> => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const { text } = await call('/predict/credit-risk/batch', { payload, headers });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Prediction);
  };

  it('answers a stream line by line', async () => {
    const text = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n\n{"kind":\n${JSON.stringify(rows[0])}`;
    const answered = await lines(text);
    expect(answered).toHaveLength(102);
    expect(answered[100]!.error!.detail).toBe('line 102 is not valid JSON in UTF-8');
    expect(answered[101]!.output).toEqual(answered[0]!.output);
  });

  it('answers a stream that ends its lines within characters and parts', async () => {
    const bytes = Buffer.from(rows.map((row) => JSON.stringify({ ...row, employment: 'é\u2028' })).join('\n'));
    const parts = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7));
    const answered = await lines(Readable.from(parts));
    expect(new Set(answered.map(({ error }) => error?.code))).toEqual(new Set(['INVALID_INPUT']));
    expect(answered).toHaveLength(100);
  });

  it('ends with an error when a line is over the limit', async () => {
    const answered = await lines(`${JSON.stringify(rows[0])}\n"${'x'.repeat(2 ** 19)}`);
    expect(answered.at(-1)!.error!.detail).toBe('a line is over 524288 bytes');
  });

  it('refuses an unknown version with a status', async () => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const { status, body } = await call('/predict/credit-risk/batch?version=9.9.9', { payload: '{}', headers });
    expect([status, body().code]).toEqual([404, 'VERSION_NOT_FOUND']);
  });
});

describe('POST /predict/<model>/explain', () => {
  it('gives the answer of a prediction, with reasons', async () => {
    const { body } = await call<Prediction>('/predict/credit-risk/explain', { payload: application });
    expect(body().output).toEqual((await predict(application)).body().output);
    expect(body().explanation).toMatchObject({ contributions: expect.anything() as object });
  });

  it.each([
    ['/predict/credit-risk/explain?method=lime', 'method: found lime, wanted none, as it has one way to explain'],
    ['/predict/credit-risk/explain?method=magic', /^method: found a text of 5 characters .*occlusion, lime/],
    ['/predict/credit-risk?method=lime', /^method: there is no input of this name/],
  ])('refuses %s', async (url, detail) => {
    const { status, body } = await call(url, { payload: application });
    expect([status, body().code]).toEqual([400, 'INVALID_INPUT']);
    expect(body().detail).toMatch(detail);
  });
});

describe('features', () => {
  it('are those of the store, with their event time and staleness', async () => {
    const { body } = await call<{ values: object }>('/features/credit-risk/u2');
    expect(body()).toMatchObject({ entity: 'u2', view: 'credit-risk', version: creditRisk.version, stale: true });
    expect(Object.keys(body().values)).toEqual(creditRisk.fields.map(({ name }) => name));
  });

  it('of several entities come in order, null for unknown ones', async () => {
    const { body } = await call<{ features: ({ entity: string } | null)[] }>('/features/credit-risk', {
      payload: { entities: ['u2', 'nobody', 'u1'] },
    });
    expect(body().features.map((found) => found?.entity ?? null)).toEqual(['u2', null, 'u1']);
  });

  it.each([
    ['/features/credit-risk/nobody', 404, 'ENTITY_NOT_FOUND'],
    ['/features/no-view/u1', 400, 'INVALID_INPUT'],
    [`/features/credit-risk/${'x'.repeat(150)}`, 404, 'ENTITY_NOT_FOUND'],
    [`/features/credit-risk/${'%F0%9F%98%80'.repeat(100)}`, 404, 'ENTITY_NOT_FOUND'],
    [`/features/credit-risk/${'x'.repeat(201)}`, 400, 'INVALID_INPUT'],
    [`/features/credit-risk/${'x'.repeat(15_000)}`, 400, 'INVALID_INPUT'],
  ])('of %s are refused', async (url, status, code) => {
    const answered = await call(url);
    expect([answered.status, answered.body().code]).toEqual([status, code]);
  });
});

describe('operation', () => {
  it('reports each model and service', async () => {
    expect((await app.inject('/health')).json()).toEqual({
      status: 'ok',
      models: [{ model: credit.name, line: 'default', status: 'ready', version: '1.0.0', stage: 'production' }],
      services: [],
      predictionLog: { status: 'ok', waiting: 0, dropped: 0, spooled: 0 },
      queue: { depth: 0, limit: 1000 },
      views: [],
    });
  });

  it('describes every route, with the schemas of the version that answers', async () => {
    const document = (await app.inject('/openapi.json')).json<{ paths: Record<string, object>; openapi: string }>();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      ...['/features/{view}', '/features/{view}/push', '/features/{view}/{entity}', '/feedback'],
      ...[
        '/health',
        '/health/ready',
        '/health/startup',
        '/metrics',
        '/models',
        '/predict/credit-risk',
        '/predict/credit-risk/batch',
        '/predict/credit-risk/explain',
      ],
    ]);
    expect(JSON.stringify(document.paths['/predict/credit-risk'])).toMatch(/requestedAmount.*userId/);
    expect(document.paths).toHaveProperty(['/feedback', 'post', 'responses', '422']);
  });

  it('serves its description without another server', async () => {
    const { body: page, headers } = await app.inject('/docs');
    expect(page).not.toMatch(/https?:\/\//);
    expect(headers['content-security-policy']).toMatch(/default-src 'self'/);
    expect((await app.inject('/docs/files/swagger-ui-bundle.js')).statusCode).toBe(200);
    expect((await app.inject('/docs/start')).body).toMatch(/openapi\.json/);
  });

  it('lists the versions that answer', async () => {
    const { body } = await call<{ models: object[] }>('/models');
    expect(body().models).toMatchObject([{ route: '/predict/credit-risk', version: '1.0.0', stage: 'production' }]);
  });

  it('lets pages of the allowed origins ask and no others', async () => {
    const asked = async (origin: string) =>
      (await app.inject({ method: 'OPTIONS', url: '/predict/credit-risk', headers: { origin, 'access-control-request-method': 'POST' } })).headers['access-control-allow-origin']; // prettier-ignore
    expect(await asked('https://app.example.org')).toBe('https://app.example.org');
    expect(await asked('https://evil.example.org')).toBeUndefined();
  });

  it('says which address is unknown', async () => {
    const answered = await call('/nothing?secret=1');
    expect([answered.status, answered.body().detail]).toEqual([
      404,
      'there is no GET /nothing; /docs lists what there is',
    ]);
  });
});
