import { z } from 'zod';
import { boundedText } from '../../contracts/bounded-text.js';
import { jsonSchemaRules, NOT_BLANK } from '../../contracts/json-schema-rules.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { type Correctable, correctableColumns, type EntityKind, entityKinds } from '../../contracts/feedback.js';
import type { LabelledSpan } from '../../contracts/labelling.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Feedback } from '../../datasets/feedback/store-feedback.js';
import { parseInputs } from '../../inference/answer.js';
import { fitsText } from '../../learning/text/sequence-tagging/index.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { routeOf } from '../predictions/model-route.js';

const span = z.strictObject({
  start: z.int().nonnegative().describe('first UTF-16 code unit'),
  end: z.int().positive().describe('first UTF-16 code unit after it'),
  type: z.string().regex(/^[^\s:]{1,64}$/, 'wanted 1 to 64 characters without blanks and colons'),
});

const text = boundedText(200).trim().min(1).register(jsonSchemaRules, NOT_BLANK);

export const feedbackBody = z
  .strictObject({
    predictionId: z.uuid().optional().describe('the answer that it is about'),
    model: text.optional().describe('with entity alone: route or name of the model'),
    entity: z
      .strictObject({ kind: z.enum(entityKinds), id: text })
      .optional()
      .describe('the row of the backend that was predicted on; training learns from feedback about rows'),
    verdict: z.enum(['confirmed', 'dismissed', 'corrected']).optional(),
    label: text.optional().describe('the right answer; with it the verdict is corrected unless it says otherwise'),
    entities: z
      .array(span)
      .max(1_000)
      .optional()
      .describe('the right answer of a model that finds entities in a text: all of them, without overlap; [] for none'),
    text: boundedText(100_000)
      .optional()
      .describe('with entities: the text as it was answered; it is compared, and not stored'),
    userId: text.optional().describe('whose row it is'),
  })
  .refine(
    ({ predictionId, entity, model }) => predictionId !== undefined || (entity !== undefined && model !== undefined),
    {
      message: 'wanted predictionId, or model and entity',
    },
  )
  .refine(({ verdict, label, entities }) => (verdict ?? label ?? entities) !== undefined, {
    message: 'wanted verdict, label or entities',
  })
  .refine(({ verdict, label, entities }) => verdict !== 'corrected' || (label ?? entities) !== undefined, {
    message: 'wanted label or entities with the verdict corrected',
  })
  .refine(({ label, entities }) => label === undefined || entities === undefined, {
    message: 'wanted label or entities, found both',
  })
  .refine(({ text: answered, entities }) => (answered === undefined) === (entities === undefined), {
    message: 'wanted entities and text together',
  })
  .register(jsonSchemaRules, {
    allOf: [
      { anyOf: [{ required: ['predictionId'] }, { required: ['entity', 'model'] }] },
      {
        anyOf: [
          { required: ['label'], properties: { entities: false } },
          { required: ['entities'], properties: { label: false } },
          {
            required: ['verdict'],
            properties: { verdict: { enum: ['confirmed', 'dismissed'] }, label: false, entities: false },
          },
        ],
      },
    ],
    dependentRequired: { entities: ['text'], text: ['entities'] },
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

/**
 * @param about - of the prediction; null: an entity of the source in use is named.
 * @throws PipelineError `UNKNOWN_MODEL`; `INVALID_VALUE` for entities about a model that finds none, a label about one that
 *   does, and entities that do not fit their text.
 */
export function toFeedback(
  body: FeedbackBody,
  about: AboutPrediction | null,
  context: {
    readonly models: readonly ModelDefinition[];
    readonly sourceInUse: string;
    readonly userId: string | null;
  },
): Feedback {
  const { verdict = 'corrected', predictionId = null } = body;
  const model = requireModel(context.models, about?.modelName ?? body.model!);
  const entity = body.entity ?? { kind: 'prediction', id: predictionId! };
  const given = annotationsOf(model, body);
  const corrects = correctsOf(model, body);
  return {
    source: about?.source ?? context.sourceInUse,
    userId: userOf(body, context.userId),
    modelName: model.name,
    entityKind: entity.kind,
    entityId: entity.id,
    ...{ verdict, predictionId, corrects },
    label: given?.label ?? body.label ?? null,
    annotations: corrects === 'entity_annotations' ? given!.annotations : null,
  };
}

/** What of the backend is corrected: a row of the kind that the model learns from has to be named. */
function correctsOf({ corrects }: ModelDefinition, { entity, label, entities }: FeedbackBody): Correctable | null {
  if (corrects === undefined || entity === undefined) return null;
  if (corrects === 'entity_annotations')
    return entities !== undefined && annotatedKinds.has(entity.kind) ? corrects : null;
  return label !== undefined && correctableColumns[corrects].entityKind === entity.kind ? corrects : null;
}

const annotatedKinds: ReadonlySet<EntityKind> = new Set(['chat_message', 'transaction']);

/** The entities of the body, in the order of the text, and how they are written as a label. */
function annotationsOf(model: ModelDefinition, { label, entities, text: answered }: FeedbackBody) {
  const { labelling } = model;
  if (labelling?.kind === 'spans' && label !== undefined)
    throw new PipelineError('INVALID_VALUE', `label: found it about ${model.name}, wanted entities and text`);
  if (entities === undefined) return null;
  if (labelling?.kind !== 'spans')
    throw new PipelineError(
      'INVALID_VALUE',
      `entities: found them about ${model.name}, which finds none; wanted label`,
    );
  const spans = requireSpans(answered!, entities);
  return { label: labelling.writeSpans(spans), annotations: { spans, textHash: sha256(answered!) } };
}

/** @throws PipelineError `INVALID_VALUE` for spans that do not fit the text, or overlap. */
function requireSpans(answered: string, entities: readonly LabelledSpan[]): readonly LabelledSpan[] {
  const spans = entities.toSorted((a, b) => a.start - b.start);
  spans.forEach((each, i) => {
    const { start, end } = each;
    if (!fitsText(answered, each))
      throw invalidSpan(`from ${start} to ${end} does not fit a text of ${answered.length} code units`);
    if (i > 0 && start < spans[i - 1]!.end) throw invalidSpan(`from ${start} to ${end} overlaps the one before it`);
  });
  return spans;
}

const invalidSpan = (finding: string): PipelineError =>
  new PipelineError('INVALID_VALUE', `entities: the span ${finding}`);

const userOf = (body: FeedbackBody, own: string | null): string | null => own ?? body.userId ?? null;

function requireModel(models: readonly ModelDefinition[], wanted: string): ModelDefinition {
  const found = models.find((model) => model.name === wanted || routeOf(model) === wanted);
  if (found !== undefined) return found;
  throw pipelineError('UNKNOWN_MODEL', { modelName: wanted, known: models.map(routeOf) });
}
