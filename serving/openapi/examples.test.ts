import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenArtefact } from '../../inference/answer.js';
import { sampleOf, trainCreditArtefact } from '../../tests/support/credit-artefact.js';
import { model as anomaly } from '../../models/anomaly-detector/index.js';
import { model as intents } from '../../models/intent-classifier/index.js';
import { model as ner } from '../../models/financial-ner/index.js';
import { byFixture, call, createTestApi, onlineStore, routerOfFixture } from '../../tests/support/test-api.js';
import type { PushFeatures } from '../routes/push-features.js';
import type { Router } from '../routing/router.js';
import { EXAMPLE_ENTITY, exampleFeedback, exampleInput } from './examples.js';

interface Content {
  readonly schema: object;
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly value: object }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly string[] };
  readonly example?: string;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}
interface Example {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly payload?: object;
  readonly schema?: object;
}

let router: Router;
let app: FastifyInstance;
let document: Document;

beforeAll(async () => {
  const { inputs } = sampleOf(await trainCreditArtefact());
  router = await routerOfFixture({ sampleInput: inputs[inputs.length >> 1] });
  const database = { query: () => Promise.resolve({ rows: [{ id: 'api-1' }] }) } as never;
  const keys = { verify: () => false, open: () => Buffer.alloc(0) };
  const known: typeof onlineStore = {
    ...onlineStore,
    get: (source, view, ids) =>
      onlineStore.get(
        source,
        view,
        ids.map((id) => (id === EXAMPLE_ENTITY ? 'u1' : id)),
      ),
  };
  const push: PushFeatures = ({ view, asOf }) => {
    const value = { viewVersion: view.version, eventTime: asOf, features: new Float64Array(view.fields.length) };
    return Promise.resolve({ value, stored: true, knownUntil: asOf });
  };
  app = await createTestApi(router, { onlineStore: known, feedback: { database, keys }, push });
  document = (await app.inject('/openapi.json')).json<Document>();
});
afterAll(async () => {
  await app.close();
  router.close();
});

/** The address with the example, or else each value of the list, of every part of it. */
function urlsOf(path: string, { parameters = [] }: Operation): string[] {
  const parts = parameters.filter((parameter) => parameter.in === 'path');
  return parts.reduce(
    (urls, { name, schema, example }) =>
      urls.flatMap((url) => (example === undefined ? schema.enum! : [example]).map((value) => url.replace(`{${name}}`, value))),
    [path],
  ); // prettier-ignore
}

function examplesOf(path: string, method: string, operation: Operation): Example[] {
  const urls = urlsOf(path, operation);
  if (method === 'get') return urls.map((url) => ({ method: 'GET', url }));
  const { schema, example, examples = {} } = operation.requestBody!.content['application/json']!;
  const payloads = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
  return urls.flatMap((url) => payloads.map((payload) => ({ method: 'POST' as const, url, payload, schema })));
}

/** What Fastify's own validator, a JSON schema one, says of a body; null: it is accepted. */
async function faultOf(schema: object, payload: object): Promise<string | null> {
  const customOptions = { strict: false, coerceTypes: false, useDefaults: false, removeAdditional: false } as const;
  const validating = fastify({ ajv: { customOptions } });
  const body = { ...schema, components: document.components };
  validating.post('/', { schema: { body } }, () => ({}));
  const { statusCode, body: fault } = await validating.inject({ method: 'POST', url: '/', payload });
  return statusCode === 200 ? null : fault;
}

it('has for every route an example that its schema accepts and the API answers', async () => {
  const scopes = ['admin'];
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const examples = examplesOf(path, method, operation);
      expect(examples.length, `${method} ${path}`).toBeGreaterThan(0);
      for (const { url, payload, schema } of examples) {
        if (schema !== undefined) {
          expect(await faultOf(schema, payload!)).toBe(null);
          expect(await faultOf(schema, { nothing: true })).not.toBe(null);
        }
        const { status, text } = await call(app, url, { scopes, ...(payload && { payload }) });
        expect([url, status < 300 ? 'answered' : text]).toEqual([url, 'answered']);
      }
    }
});

it('takes the model’s own example where the version does, else one of its sample', () => {
  const predictor = { derived: ['ratio'] };
  const sampleInput = { amount: 4, income: 2, ratio: 2 };
  const opened = (success: boolean) =>
    ({
      predictor: { ...predictor, input: { safeParse: () => ({ success }) } },
      sampleInput,
    }) as unknown as OpenArtefact;
  const sampled = { amount: 4, income: 2 };
  expect(exampleInput(intents, opened(true))).toEqual(intents.serving!.example);
  expect(exampleInput(intents, opened(false))).toEqual(sampled);
  expect(exampleInput(byFixture, opened(true))).toEqual(sampled);
});

it('gives feedback of each kind that the model takes', () => {
  expect(exampleFeedback(intents, ['check_balance'])).toEqual({
    ...{ model: 'intent', entity: { kind: 'chat_message', id: 'chat_message-1' }, label: 'check_balance' },
  });
  expect(exampleFeedback(intents)).toMatchObject({ verdict: 'confirmed' });
  expect(exampleFeedback(ner, ['merchant'])).toMatchObject({ entity: { kind: 'chat_message' }, verdict: 'confirmed' });
  expect(exampleFeedback(anomaly)).toMatchObject({ model: 'anomaly', verdict: 'confirmed' });
  expect(exampleFeedback(byFixture)).toMatchObject({ model: 'credit-risk', label: 'repaid' });
});
