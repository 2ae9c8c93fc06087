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

const asked = (model: ModelDefinition, request: FastifyRequest, explain = false): Asked => ({
  model,
  caller: request.caller,
  wish: parseInputs(wish, [request.query])[0]!,
  explain,
});

/** `/predict/<model>` with `/batch` and `/explain`, for every model of the catalogue. */
export function predictRoutes(
  app: FastifyInstance,
  { predictions, models }: { readonly predictions: Predictions; readonly models: readonly ModelDefinition[] },
): void {
  for (const model of models) {
    const path = predictionPath(model);
    const scope = predictScope(routeOf(model));
    app.post(path, { onRequest: requireScopes(scope) }, (request) =>
      predictions.one(asked(model, request), request.body),
    );
    app.post(`${path}/explain`, { onRequest: requireScopes(scope, 'explain') }, (request) =>
      predictions.one(asked(model, request, true), request.body),
    );
    batchRoute(app, { path, scope, model, predictions });
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
}

/** A JSON body is answered as one, a stream of lines line by line. */
function batchRoute(app: FastifyInstance, { path, scope, model, predictions }: BatchRoute): void {
  const options = { onRequest: requireScopes(scope), bodyLimit: BATCH_LIMIT_BYTES };
  app.post(`${path}/batch`, options, async (request, reply) => {
    const question = asked(model, request);
    if (isStream(request.body)) {
      await predictions.expectAnswerable(question);
      const lines = answerStream(request.body, (groups) => predictions.stream(question, groups));
      return reply.type('application/x-ndjson').send(lines);
    }
    const { inputs } = parseInputs(batch, [request.body])[0]!;
    return { predictions: await predictions.many(question, inputs) };
  });
}

const isStream = (body: unknown): body is Readable => body instanceof Readable;
