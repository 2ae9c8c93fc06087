import { z } from 'zod';
import { jsonSchemaRules, NOT_BLANK } from '../../contracts/json-schema-rules.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Feedback } from '../../datasets/feedback/store-feedback.js';
import { parseInputs } from '../../inference/answer.js';
import { routeOf } from '../predictions/model-route.js';

const text = z.string().trim().min(1).max(200).register(jsonSchemaRules, NOT_BLANK);

export const feedbackBody = z
  .strictObject({
    predictionId: z.uuid().optional().describe('the answer that it is about'),
    model: text.optional().describe('with entity alone: route or name of the model'),
    entity: z
      .strictObject({ kind: z.enum(['transaction', 'chat_message', 'credit_application']), id: text })
      .optional()
      .describe('the row of the backend that was predicted on; training learns from feedback about rows'),
    verdict: z.enum(['confirmed', 'dismissed', 'corrected']).optional(),
    label: text.optional().describe('the right answer; with it the verdict is corrected unless it says otherwise'),
    userId: text.optional().describe('whose row it is'),
  })
  .refine(
    ({ predictionId, entity, model }) => predictionId !== undefined || (entity !== undefined && model !== undefined),
    {
      message: 'wanted predictionId, or model and entity',
    },
  )
  .refine(({ verdict, label }) => verdict !== undefined || label !== undefined, { message: 'wanted verdict or label' })
  .refine(({ verdict, label }) => verdict !== 'corrected' || label !== undefined, {
    message: 'wanted the label with the verdict corrected',
  })
  .register(jsonSchemaRules, {
    allOf: [
      { anyOf: [{ required: ['predictionId'] }, { required: ['entity', 'model'] }] },
      {
        anyOf: [
          { required: ['label'] },
          { required: ['verdict'], properties: { verdict: { enum: ['confirmed', 'dismissed'] } } },
        ],
      },
    ],
  });
export type FeedbackBody = z.infer<typeof feedbackBody>;

/** @throws PipelineError `INVALID_INPUT`. */
export const readFeedback = (body: unknown): FeedbackBody => parseInputs(feedbackBody, [body])[0]!;

export const KEY = /^[\x21-\x7e]{1,200}$/;

/** The header's key; null: none. @throws PipelineError `INVALID_INPUT`. */
export function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new PipelineError('INVALID_INPUT', 'Idempotency-Key: wanted 1 to 200 printable characters without blanks');
}

/** What the prediction says about itself, where one is named. */
export interface AboutPrediction {
  readonly modelName: string;
  readonly source: string;
}

/** @param about - of the prediction; null: an entity of the source in use is named. @throws PipelineError `UNKNOWN_MODEL`. */
export function toFeedback(
  body: FeedbackBody,
  about: AboutPrediction | null,
  context: {
    readonly models: readonly ModelDefinition[];
    readonly sourceInUse: string;
    readonly userId: string | null;
  },
): Feedback {
  const { label = null, verdict = 'corrected', predictionId = null } = body;
  const model = requireModel(context.models, about?.modelName ?? body.model!);
  const entity = body.entity ?? { kind: 'prediction', id: predictionId! };
  return {
    source: about?.source ?? context.sourceInUse,
    userId: userOf(body, context.userId),
    modelName: model.name,
    entityKind: entity.kind,
    entityId: entity.id,
    ...{ verdict, label, predictionId },
    labelsMessage: label !== null && entity.kind === 'chat_message' && learnsFromMessages(model),
  };
}

const userOf = (body: FeedbackBody, own: string | null): string | null => own ?? body.userId ?? null;

const learnsFromMessages = ({ labelling }: ModelDefinition): boolean => labelling?.kind === 'messages';

function requireModel(models: readonly ModelDefinition[], wanted: string): ModelDefinition {
  const found = models.find((model) => model.name === wanted || routeOf(model) === wanted);
  if (found !== undefined) return found;
  throw pipelineError('UNKNOWN_MODEL', { modelName: wanted, known: models.map(routeOf) });
}
