import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { sourceOfLine } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { storeFeedback } from '../../datasets/feedback/store-feedback.js';
import { findPrediction } from '../../inference/prediction-log/find-prediction.js';
import { isTextOf, openContent, type SealedRow } from '../../inference/prediction-log/sealed-row.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { asDatabaseFault } from '../../platform/postgres/faults.js';
import { requireKnownLabel } from '../feedback/known-labels.js';
import { type FeedbackBody, idempotencyKey, readFeedback, toFeedback } from '../feedback/feedback-request.js';
import { requireScopes } from '../identity/require-scopes.js';
import type { Caller } from '../identity/verify-token.js';
import { activeLine, type RouteTable } from '../routing/route-table.js';

/** Scope of tokens that may say what became of answers. */
export const FEEDBACK_SCOPE = 'feedback';

export interface FeedbackDeps {
  /** Of the registry's database. */
  readonly database: Pick<pg.Pool, 'query'>;
  readonly keys: Pick<KeyRing, 'verify' | 'open'>;
  readonly models: readonly ModelDefinition[];
  readonly table: () => RouteTable;
}

/** `POST /feedback`: what became of an answer, once for each key; training reads it with the next snapshot. */
export function feedbackRoute(app: FastifyInstance, deps: FeedbackDeps): void {
  app.post('/feedback', { onRequest: requireScopes(FEEDBACK_SCOPE) }, async (request, reply) => {
    const { caller } = request;
    const key = idempotencyKey(request.headers['idempotency-key']);
    const body = readFeedback(request.body);
    const { id, repeated } = await store(deps, caller, { body, key }).catch((fault: unknown) => {
      throw asDatabaseFault(fault);
    });
    return reply.code(repeated ? 200 : 201).send({ feedbackId: id, repeated });
  });
}

async function store(
  deps: FeedbackDeps,
  caller: Caller,
  { body, key }: { readonly body: FeedbackBody; readonly key: string | null },
) {
  const prediction = body.predictionId === undefined ? null : await findPrediction(deps.database, body.predictionId);
  expectOwn(deps, caller, body, prediction);
  expectAnsweredText(deps, body, prediction);
  const about = prediction && { modelName: prediction.modelName, source: sourceOfLine(prediction.line) };
  const table = deps.table();
  const sourceInUse = sourceOfLine(activeLine(table));
  const feedback = toFeedback(body, about, { models: deps.models, sourceInUse, userId: caller.userId });
  const model = deps.models.find(({ name }) => name === feedback.modelName)!;
  await requireKnownLabel(table, model, feedback);
  return storeFeedback(deps.database, feedback, { caller: caller.subject, key });
}

/** Spans of another text than the answered one mean nothing. @throws PipelineError `INVALID_VALUE`. */
function expectAnsweredText({ keys }: FeedbackDeps, { text }: FeedbackBody, prediction: SealedRow | null): void {
  if (text === undefined || prediction === null || isTextOf(keys, openContent(keys, prediction), text)) return;
  throw new PipelineError('INVALID_VALUE', 'text: found another one than that which the prediction answered');
}

/** A customer speaks of answers about the customer alone; whose row an entity is, only the backend knows. */
function expectOwn({ keys }: FeedbackDeps, { userId }: Caller, body: FeedbackBody, prediction: SealedRow | null): void {
  if (userId === null) return;
  const { subjectHash: hash, subjectKey: version } = prediction ?? { subjectHash: null, subjectKey: null };
  const isOwn = hash !== null && version !== null && keys.verify('subjects', userId, { version, hash });
  const isAboutEntity = body.entity !== undefined;
  const isOther = body.userId !== undefined && body.userId !== userId;
  if (isOwn && !isAboutEntity && !isOther) return;
  const finding = isAboutEntity
    ? 'the token belongs to a customer, who may name a prediction, and no entity'
    : 'the token belongs to another customer';
  throw pipelineError('FORBIDDEN', { finding });
}
