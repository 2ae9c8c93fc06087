import { describe, expect, it } from 'vitest';
import { input } from '../../models/intent-classifier/prediction/predictor.js';
import { model as intent } from '../../models/intent-classifier/index.js';
import type { Router } from '../routing/router.js';
import { byFixture } from '../../tests/support/test-api.js';
import { openApiDocument } from './document.js';

interface Parameter {
  readonly name: string;
  readonly schema: { readonly pattern?: string; readonly enum?: readonly string[] };
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody: {
    readonly content: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
  };
}
type Paths = Readonly<Record<string, { readonly post: Operation; readonly get: Operation }>>;

const predictor = { input, output: input, attributionMethods: ['occlusion', 'lime'] };
const router = {
  borrow: (name: string) =>
    name === intent.name
      ? Promise.resolve({ open: { predictor }, release: () => undefined })
      : Promise.reject(new Error('none')),
} as unknown as Router;

const document = openApiDocument(router, [intent, byFixture]);
const pathsOf = async () => (await document).paths as Paths;
const bodyOf = async (path: string) => (await pathsOf())[path]!.post.requestBody.content['application/json']!.schema;
const parameterOf = async (path: string, name: string, method: 'get' | 'post' = 'post') =>
  (await pathsOf())[path]![method].parameters.find((parameter) => parameter.name === name)?.schema;

describe('the description of requests', () => {
  it('has patterns of line and version', async () => {
    const line = new RegExp((await parameterOf('/predict/intent', 'line'))!.pattern!);
    const version = new RegExp((await parameterOf('/predict/intent', 'version'))!.pattern!);
    expect(['taiwan', ':O', 'Default'].map((name) => line.test(name))).toEqual([true, false, false]);
    expect(['1.0.0', '1.0', 'x'].map((name) => version.test(name))).toEqual([true, false, false]);
  });

  it('has the methods of explanations that the version offers', async () => {
    expect(await parameterOf('/predict/intent/explain', 'method')).toEqual({ enum: ['occlusion', 'lime'] });
    expect(await parameterOf('/predict/intent', 'method')).toBeUndefined();
  });

  it('refuses empty batches and unknown members beside the rows, and takes any row', async () => {
    const batch = await bodyOf('/predict/intent/batch');
    expect(batch).toMatchObject({ additionalProperties: false, required: ['inputs'] });
    const { inputs } = batch.properties as { inputs: { minItems: number; items: { anyOf: object[] } } };
    expect(inputs.minItems).toBe(1);
    expect(inputs.items.anyOf).toEqual([
      expect.objectContaining({ properties: { text: expect.objectContaining({ pattern: '\\S' }) as object } }),
      { $ref: '#/components/schemas/AnyRow' },
    ]);
  });

  it('excludes from any row what sets the prototype of an object, which bodies are refused for', async () => {
    const { components } = await document;
    const { AnyRow } = (components as { schemas: { AnyRow: { anyOf: readonly object[] } } }).schemas;
    expect(AnyRow.anyOf.at(-1)).toMatchObject({
      propertyNames: { not: { const: '__proto__' } },
      properties: { constructor: { not: { type: 'object', required: ['prototype'] } } },
    });
  });

  it('lists the feature views', async () => {
    const views = { type: 'string', enum: ['credit-risk', 'user-financials'] };
    expect(await parameterOf('/features/{view}', 'view')).toEqual(views);
    expect(await parameterOf('/features/{view}/{entity}', 'view', 'get')).toEqual(views);
    expect(await bodyOf('/features/{view}')).toMatchObject({
      additionalProperties: false,
      properties: { entities: { minItems: 1, items: { minLength: 1, maxLength: 200 } } },
    });
  });

  it('says what feedback must name', async () => {
    expect((await bodyOf('/feedback')).allOf).toEqual([
      { anyOf: [{ required: ['predictionId'] }, { required: ['entity', 'model'] }] },
      {
        anyOf: [
          { required: ['label'], properties: { entities: false } },
          { required: ['entities'], properties: { label: false } },
          expect.objectContaining({ required: ['verdict'] }),
        ],
      },
    ]);
    expect(await parameterOf('/feedback', 'Idempotency-Key')).toMatchObject({ pattern: expect.any(String) as string });
  });
});

it('states the longest text that the API takes', async () => {
  const { properties } = (await bodyOf('/predict/intent')) as { properties?: Record<string, { maxLength?: number }> };
  expect(properties?.text?.maxLength).toBe(intent.serving!.longestText);
});
