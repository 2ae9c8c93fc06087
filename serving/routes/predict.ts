import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pipelineError } from '../../contracts/errors.js';
import { lineName, semanticVersion, stage } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { parseInputs } from '../../inference/answer.js';
import { requireScopes } from '../identity/require-scopes.js';
import { predictScope } from '../identity/scopes.js';
import { predictionPath, routeOf } from '../predictions/model-route.js';
import { countPredictions, type PredictionCounter } from '../metrics/count-predictions.js';
import type { ApiMetrics, PredictionKind } from '../metrics/metrics.js';
import type { Asked, Predictions } from '../predictions/predictions.js';
import { BATCH_LIMIT_BYTES, BATCH_LIMIT_ROWS } from './limits.js';
import { answerStream } from './ndjson.js';

/** Which version is to answer, in the query of the address. */
const wish = z.strictObject({
  line: lineName.optional(),
  stage: stage.optional(),
  version: semanticVersion.optional(),
});

const batch = z.strictObject({ inputs: z.array(z.unknown()).min(1).max(BATCH_LIMIT_ROWS) });

/** Options of a route that predicts. */
const optionsOf = (model: ModelDefinition, kind: PredictionKind, ...scopes: readonly string[]) => ({
  onRequest: requireScopes(...scopes),
  config: { prediction: { model: model.name, kind } },
});

const asked = (model: ModelDefinition, request: FastifyRequest, explain = false): Asked => ({
  model,
  caller: request.caller,
  wish: parseInputs(wish, [request.query])[0]!,
  explain,
});

interface PredictDeps {
  readonly predictions: Predictions;
  readonly models: readonly ModelDefinition[];
  readonly metrics: ApiMetrics;
}

/** `/predict/<model>` with `/batch` and `/explain`, for every model of the catalogue. */
export function predictRoutes(app: FastifyInstance, { predictions, models, metrics }: PredictDeps): void {
  for (const model of models) {
    const path = predictionPath(model);
    const scope = predictScope(routeOf(model));
    const [predicted, explained] = [
      countPredictions(metrics, model.name, 'predict'),
      countPredictions(metrics, model.name, 'explain'),
    ];
    app.post(path, optionsOf(model, 'predict', scope), (request) =>
      predicted.one(predictions.one(asked(model, request), request.body)),
    );
    app.post(`${path}/explain`, optionsOf(model, 'explain', scope, 'explain'), (request) =>
      explained.one(predictions.one(asked(model, request, true), request.body)),
    );
    batchRoute(app, { path, scope, model, predictions, counter: countPredictions(metrics, model.name, 'batch') });
  }
  const known = models.map(routeOf);
  app.post('/predict/:model', { onRequest: requireScopes() }, (request) => {
    throw pipelineError('UNKNOWN_MODEL', { modelName: (request.params as { model: string }).model, known });
  });
}

interface BatchRoute {
  readonly path: string;
  readonly scope: string;
  readonly model: ModelDefinition;
  readonly predictions: Predictions;
  readonly counter: PredictionCounter;
}

/** A JSON body is answered as one, a stream of lines line by line. */
function batchRoute(app: FastifyInstance, { path, scope, model, predictions, counter }: BatchRoute): void {
  const options = { ...optionsOf(model, 'batch', scope), bodyLimit: BATCH_LIMIT_BYTES };
  app.post(`${path}/batch`, options, async (request, reply) => {
    const question = asked(model, request);
    if (isStream(request.body)) {
      await predictions.expectAnswerable(question);
      const lines = answerStream(request.body, (groups) => counter.stream(predictions.stream(question, groups)));
      return reply.type('application/x-ndjson').send(lines);
    }
    const { inputs } = parseInputs(batch, [request.body])[0]!;
    return { predictions: counter.many(await predictions.many(question, inputs)) };
  });
}

const isStream = (body: unknown): body is Readable => body instanceof Readable;
