import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pipelineError } from '../../contracts/errors.js';
import { lineName, semanticVersion, stage } from '../../contracts/ids.js';
import { attributionMethods, type ModelDefinition } from '../../contracts/model-definition.js';
import { parseInputs } from '../../inference/answer.js';
import { requireScopes } from '../identity/require-scopes.js';
import { predictScope } from '../identity/scopes.js';
import { predictionPath, routeOf } from '../predictions/model-route.js';
import { countPredictions } from '../metrics/count-predictions.js';
import type { ApiMetrics, PredictionKind } from '../metrics/metrics.js';
import type { Asked, Predictions } from '../predictions/predictions.js';
import { roundScores, type ShowAnswer } from '../predictions/round-scores.js';
import type { Caller } from '../identity/verify-token.js';
import type { TrafficLimits } from '../limits/traffic-limits.js';
import { BATCH_LIMIT_BYTES, BATCH_LIMIT_ROWS } from './limits.js';
import { answerStream } from './ndjson.js';

/** Which version is to answer, in the query of the address. */
const wish = z.strictObject({
  line: lineName.optional(),
  stage: stage.optional(),
  version: semanticVersion.optional(),
});

const explainWish = wish.extend({ method: z.enum(attributionMethods).optional() });

const batch = z.strictObject({ inputs: z.array(z.unknown()).min(1).max(BATCH_LIMIT_ROWS) });

/** Most addresses have no query. */
function isEmpty(query: unknown): boolean {
  for (const _ in query as object) return false;
  return true;
}

/** Options of a route that predicts. */
const optionsOf = (model: ModelDefinition, kind: PredictionKind, ...scopes: readonly string[]) => ({
  onRequest: requireScopes(predictScope(routeOf(model)), ...scopes),
  config: { prediction: { model: model.name, kind }, limited: true },
});

/** Bytes of a body that is answered in several turns of the event loop. */
const LARGE_BODY_BYTES = 2 ** 16;
const isLarge = ({ headers }: FastifyRequest): boolean => Number(headers['content-length'] ?? 0) > LARGE_BODY_BYTES;

const asked = (model: ModelDefinition, request: FastifyRequest): Asked => ({
  model,
  caller: request.caller,
  isLarge: isLarge(request),
  wish: isEmpty(request.query) ? {} : parseInputs(wish, [request.query])[0]!,
  explain: false,
});

function askedToExplain(model: ModelDefinition, request: FastifyRequest): Asked {
  const { caller, query } = request;
  const { method, ...version } = parseInputs(explainWish, [query])[0]!;
  return { model, caller, wish: version, explain: true, method, isLarge: isLarge(request) };
}

interface PredictDeps {
  readonly predictions: Predictions;
  readonly models: readonly ModelDefinition[];
  readonly metrics: ApiMetrics;
  readonly limits: TrafficLimits;
  /** By route of the model. */
  readonly scoreDecimals: Readonly<Record<string, number>>;
}

/** `/predict/<model>` with `/batch` and `/explain`, for every model of the catalogue. */
export function predictRoutes(app: FastifyInstance, deps: PredictDeps): void {
  for (const model of deps.models) {
    singleRoute(app, { ...deps, model, kind: 'predict' });
    singleRoute(app, { ...deps, model, kind: 'explain' });
    batchRoute(app, { ...deps, model, kind: 'batch' });
  }
  const known = deps.models.map(routeOf);
  app.post('/predict/:model', { onRequest: requireScopes() }, (request) => {
    throw pipelineError('UNKNOWN_MODEL', { modelName: (request.params as { model: string }).model, known });
  });
}

interface ModelRoute extends PredictDeps {
  readonly model: ModelDefinition;
  readonly kind: PredictionKind;
}

const shownBy = ({ model, scoreDecimals }: ModelRoute): ShowAnswer =>
  roundScores(scoreDecimals[routeOf(model)] ?? null);

/** The prediction of one body, or its explanation. */
function singleRoute(app: FastifyInstance, route: ModelRoute & { readonly kind: 'predict' | 'explain' }): void {
  const { model, kind, predictions, metrics, limits } = route;
  const counter = countPredictions(metrics, model.name, kind);
  const shown = shownBy(route);
  const isExplained = kind === 'explain';
  const path = isExplained ? `${predictionPath(model)}/explain` : predictionPath(model);
  app.post(path, optionsOf(model, kind, ...(isExplained ? ['explain'] : [])), async (request) => {
    limits.spend(request.caller, 1);
    const question = isExplained ? askedToExplain(model, request) : asked(model, request);
    return shown(await counter.one(predictions.one(question, request.body)));
  });
}

/** A JSON body is answered as one, a stream of lines line by line. */
function batchRoute(app: FastifyInstance, route: ModelRoute): void {
  const { model, kind, predictions, metrics, limits } = route;
  const counter = countPredictions(metrics, model.name, kind);
  const shown = shownBy(route);
  const options = { ...optionsOf(model, kind), bodyLimit: BATCH_LIMIT_BYTES };
  app.post(`${predictionPath(model)}/batch`, options, async (request, reply) => {
    const question = asked(model, request);
    if (isStream(request.body)) {
      await predictions.expectAnswerable(question);
      const answer = (groups: AsyncIterable<readonly unknown[]>) =>
        counter.stream(predictions.stream(question, spending(groups, limits, request.caller)), shown);
      return reply.type('application/x-ndjson').send(answerStream(request.body, answer));
    }
    const { inputs } = parseInputs(batch, [request.body])[0]!;
    limits.spend(request.caller, inputs.length);
    return { predictions: counter.many(await predictions.many(question, inputs)).map(shown) };
  });
}

/** Takes the rows of a stream from the caller's budget as they arrive. */
async function* spending(
  groups: AsyncIterable<readonly unknown[]>,
  limits: TrafficLimits,
  caller: Caller,
): AsyncGenerator<readonly unknown[]> {
  for await (const rows of groups) {
    limits.spend(caller, rows.length);
    yield rows;
  }
}

const isStream = (body: unknown): body is Readable => body instanceof Readable;
