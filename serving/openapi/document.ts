import { z } from 'zod';
import { errorTable } from '../../contracts/errors.js';
import { describedInput } from '../../contracts/json-schema-rules.js';
import { lineName, semanticVersion, stages } from '../../contracts/ids.js';
import { attributionMethods, type ModelDefinition } from '../../contracts/model-definition.js';
import { variantNames } from '../../learning/artefact/index.js';
import { pushBody } from '../../feature-store/online/pushed-rows.js';
import { feedbackBody, KEY } from '../feedback/feedback-request.js';
import type { Router } from '../routing/router.js';
import { EXAMPLE_ENTITY, exampleFeedback, exampleInput, type FeedbackExample } from './examples.js';
import { predictionPath } from '../predictions/model-route.js';
import { BATCH_LIMIT_ROWS } from '../routes/limits.js';

type Json = Readonly<Record<string, unknown>>;

/** Schemas of a model as its answering version has them; without one there is nothing to say about the input. */
interface ModelSchemas {
  readonly input: Json;
  readonly output: Json;
  readonly methods: readonly string[];
  /** A request that is answered; undefined: none is known. */
  readonly example?: unknown;
  /** Feedback that is taken. */
  readonly feedback: FeedbackExample;
}

/** Without the dialect, which OpenAPI 3.1 states for all of them. */
function toJson(schema: z.ZodType, io: 'input' | 'output'): Json {
  const whole = io === 'input' ? describedInput(schema) : z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const written = Object.entries(whole);
  return Object.fromEntries(written.filter(([name]) => name !== '$schema'));
}

const unknownSchemas = { input: { type: 'object' }, output: {}, methods: attributionMethods };

/** The schema with the limit that the API sets to texts. */
function withLongestText(schema: Json, { serving }: ModelDefinition): Json {
  const properties = schema.properties as Readonly<Record<string, Json>> | undefined;
  if (properties?.text === undefined || serving?.longestText === undefined) return schema;
  return { ...schema, properties: { ...properties, text: { ...properties.text, maxLength: serving.longestText } } };
}

async function schemasOf(router: Router, model: ModelDefinition): Promise<ModelSchemas> {
  const borrowed = await router.borrow(model.name, {}).catch(() => null);
  if (borrowed === null) return { ...unknownSchemas, feedback: exampleFeedback(model) };
  borrowed.release(); // schemas outlive the predictor
  const { open } = borrowed;
  const { input, output, attributionMethods: methods = [] } = open.predictor;
  return {
    ...{ input: withLongestText(toJson(input, 'input'), model), output: toJson(output, 'output'), methods },
    example: exampleInput(model, open),
    feedback: exampleFeedback(model, open.learnedNames),
  };
}

/** A schema of an object with `userId` beside what only the caller knows. */
function byReference({ requestFeatures }: ModelDefinition): Json | null {
  if (requestFeatures === undefined) return null;
  const known = toJson(requestFeatures.known, 'input');
  const { properties = {}, required = [] } = known as { properties?: Json; required?: string[] };
  const userId = { type: 'string', minLength: 1, maxLength: 200, description: 'whose stored features are read' };
  return { ...known, properties: { userId, ...properties }, required: ['userId', ...required] };
}

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorTable) },
    instance: { type: 'string' },
    fields: { type: 'array', items: { type: 'string' } },
  },
};

const predictionOf = (output: Json): Json => ({
  type: 'object',
  required: ['predictionId', 'model', 'line', 'synthetic', 'version', 'stage', 'output', 'abstained'],
  properties: {
    predictionId: { type: 'string', format: 'uuid' },
    model: { type: 'string' },
    line: { type: 'string' },
    synthetic: { type: 'boolean', description: 'the version learned from generated customers' },
    version: { type: 'string' },
    stage: { type: 'string', enum: [...stages] },
    variant: {
      type: 'string',
      enum: [...variantNames],
      description: 'the number format that answered; absent: the usual one',
    },
    output: { anyOf: [output, { type: 'null' }] },
    explanation: {},
    abstained: { type: 'boolean' },
    coverage: { type: 'object', description: 'which inputs were unknown' },
    features: { description: 'what was read for a request by reference, or "missing"' },
  },
});

/**
 * Any JSON but for names by which the prototype of an object would be set: bodies with them are refused as a whole, at
 * any depth.
 */
const anyRow = {
  description: 'anything else: answered with its own error',
  anyOf: [
    { type: ['null', 'boolean', 'number', 'string'] },
    { type: 'array', items: { $ref: '#/components/schemas/AnyRow' } },
    {
      type: 'object',
      propertyNames: { not: { const: '__proto__' } },
      properties: { constructor: { not: { type: 'object', required: ['prototype'] } } },
      additionalProperties: { $ref: '#/components/schemas/AnyRow' },
    },
  ],
};

/** @param example - undefined: none. */
const json = (schema: Json, example?: unknown): Json => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
});
const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

const problems = (...statuses: readonly number[]): Json =>
  Object.fromEntries(statuses.map((status) => [String(status), { description: 'a problem', content: problemContent }]));

const wishParameters = [
  { name: 'line', in: 'query', schema: toJson(lineName, 'input'), description: 'default: that of the source in use' },
  { name: 'stage', in: 'query', schema: { type: 'string', enum: [...stages] } },
  { name: 'version', in: 'query', schema: toJson(semanticVersion, 'input') },
];

/** How a text is explained, for versions that offer a choice. */
function methodParameters(methods: readonly string[]): readonly Json[] {
  const description = 'what each word contributes, by leaving one out or by LIME; default: the way of the model';
  return methods.length === 0 ? [] : [{ name: 'method', in: 'query', schema: { enum: methods }, description }];
}

/** Every status that a route about predictions may have. */
const PREDICTION_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503);

function predictionPaths(model: ModelDefinition, { input, output, methods, example }: ModelSchemas): Json {
  const reference = byReference(model);
  const body = reference === null ? input : { anyOf: [input, reference] };
  const path = predictionPath(model);
  const post = (summary: string, requestContent: Json, answerSchema: Json, more: readonly Json[] = []): Json => ({
    post: {
      tags: [model.name],
      summary,
      description: model.card.purpose,
      parameters: [...wishParameters, ...more],
      requestBody: { required: true, content: requestContent },
      responses: { '200': { description: 'answered', content: json(answerSchema) }, ...PREDICTION_PROBLEMS },
    },
  });
  const prediction = predictionOf(output);
  const otherRow = { $ref: '#/components/schemas/AnyRow' };
  const rows = { type: 'array', items: { anyOf: [body, otherRow] }, minItems: 1, maxItems: BATCH_LIMIT_ROWS };
  const row = { anyOf: [prediction, { type: 'object', properties: { error: problem }, required: ['error'] }] };
  return {
    [path]: post('answer one request', json(body, example), prediction),
    [`${path}/explain`]: post(
      'answer one request and say why',
      json(body, example),
      prediction,
      methodParameters(methods),
    ),
    [`${path}/batch`]: post(
      'answer rows, each or with its own error',
      json(
        { type: 'object', properties: { inputs: rows }, required: ['inputs'], additionalProperties: false },
        example === undefined ? undefined : { inputs: [example] },
      ),
      { type: 'object', properties: { predictions: { type: 'array', items: row } } },
    ),
  };
}

const open = (summary: string, statuses: readonly number[]): Json => ({
  get: {
    tags: ['operation'],
    summary,
    security: [],
    responses: Object.fromEntries(statuses.map((status) => [String(status), { description: summary }])),
  },
});

const viewParameter = (models: readonly ModelDefinition[]): Json => {
  const views = new Set(models.flatMap(({ backend }) => backend.views.map(({ name }) => name)));
  return { name: 'view', in: 'path', required: true, schema: { type: 'string', enum: [...views].sort() } };
};

const entityId = { type: 'string', minLength: 1, maxLength: 200 };

const featurePath = (models: readonly ModelDefinition[]): Json => ({
  get: {
    tags: ['features'],
    summary: 'what the online store holds of an entity',
    parameters: [
      viewParameter(models),
      { name: 'entity', in: 'path', required: true, schema: entityId, example: EXAMPLE_ENTITY },
    ],
    responses: { '200': { description: 'features' }, ...problems(400, 401, 403, 404, 429, 503) },
  },
});

/** @param examples - by the model's name. */
const feedback = (examples: Readonly<Record<string, FeedbackExample>>): Json => ({
  post: {
    tags: ['feedback'],
    summary: 'say what became of an answer; the next training reads it',
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        schema: { type: 'string', pattern: KEY.source },
        description: 'a request with the same key is taken once; default: the body itself',
      },
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: toJson(feedbackBody, 'input'), examples: valuesOf(examples) } },
    },
    responses: {
      '200': { description: 'was taken before' },
      '201': { description: 'taken' },
      ...problems(400, 401, 403, 404, 409, 413, 415, 422, 500, 503),
    },
  },
});

const valuesOf = (examples: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { summary: `about ${name}`, value }]));

const features = (models: readonly ModelDefinition[]): Json => ({
  post: {
    tags: ['features'],
    summary: 'what the online store holds of several entities',
    parameters: [viewParameter(models)],
    requestBody: {
      required: true,
      content: json(
        {
          type: 'object',
          required: ['entities'],
          additionalProperties: false,
          properties: { entities: { type: 'array', items: entityId, minItems: 1, maxItems: BATCH_LIMIT_ROWS } },
        },
        { entities: [EXAMPLE_ENTITY] },
      ),
    },
    responses: { '200': { description: 'features' }, ...problems(400, 401, 403, 404, 413, 415, 429, 503) },
  },
});

const EXAMPLE_TRANSACTION = {
  ...{ id: 't-20261201-17', account_id: 'a1', booked_at: '2026-12-01T09:30:00Z', amount: -420 },
  ...{ category: 'groceries', merchant: 'Corner shop', balance_after: 18_310 },
};

const pushed = (models: readonly ModelDefinition[]): Json => {
  const views = new Map(models.flatMap(({ backend }) => backend.views.map((view) => [view.name, view] as const)));
  const schemas = [...views.values()].map((view) => ({ ...toJson(pushBody(view), 'input'), title: view.name }));
  return {
    post: {
      tags: ['features'],
      summary: 'features of an entity from the rows of the last run and the rows sent (scope features:write)',
      parameters: [viewParameter(models)],
      requestBody: {
        required: true,
        content: json({ anyOf: schemas }, { entity: EXAMPLE_ENTITY, rows: { transactions: [EXAMPLE_TRANSACTION] } }),
      },
      responses: { '200': { description: 'features' }, ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503) },
    },
  };
};

/** OpenAPI 3.1 of the API, with each model's schemas as its answering version has them. */
export async function openApiDocument(router: Router, models: readonly ModelDefinition[]): Promise<Json> {
  const known = await Promise.all(models.map(async (model) => ({ model, schemas: await schemasOf(router, model) })));
  const paths = known.map(({ model, schemas }) => predictionPaths(model, schemas));
  const aboutModels = known.map(({ model, schemas }) => [model.name, schemas.feedback] as const);
  return {
    openapi: '3.1.0',
    info: { title: 'ml-services', version: '1', description: 'Predictions for a personal-finance backend.' },
    security: [{ token: [] }],
    paths: {
      ...(Object.assign({}, ...paths) as Json),
      '/features/{view}/{entity}': featurePath(models),
      '/features/{view}': features(models),
      '/features/{view}/push': pushed(models),
      '/feedback': feedback(Object.fromEntries(aboutModels)),
      '/models': { get: { tags: ['models'], summary: 'versions that answer', responses: { '200': { description: 'versions' }, ...problems(401) } } }, // prettier-ignore
      '/metrics': { get: { tags: ['operation'], summary: 'metrics in the text format of Prometheus', responses: { '200': { description: 'metrics', content: { 'text/plain': { schema: { type: 'string' } } } }, ...problems(401, 403) } } }, // prettier-ignore
      '/health': open('what answers at this moment', [200]),
      '/health/ready': open('whether requests are taken', [200, 503]),
      '/health/startup': open('whether the start is over', [200, 503]),
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problem, AnyRow: anyRow },
    },
  };
}
