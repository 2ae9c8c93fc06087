import { correctableColumns } from '../../contracts/feedback.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { routeOf } from '../predictions/model-route.js';

/** A customer of the generated backend. */
export const EXAMPLE_ENTITY = 'u000001';

/**
 * A request that a version answers: the model's own example where the version takes it, else a request of the version's
 * sample, which is no person's row. Undefined without either.
 */
export function exampleInput({ serving }: ModelDefinition, open: OpenArtefact): unknown {
  const written = serving?.example;
  if (written !== undefined && open.predictor.input.safeParse(written).success) return written;
  const { sampleInput, predictor } = open;
  return isObject(sampleInput) ? withoutDerived(sampleInput, predictor.derived ?? []) : sampleInput;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A reader who changes one field of the example would else contradict those that follow from it. */
const withoutDerived = (input: object, derived: readonly string[]): object =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !derived.includes(name)));

/** Feedback about a row of the backend that the API takes as it is. */
export interface FeedbackExample {
  readonly model: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly label?: string;
  readonly verdict?: 'confirmed';
}

/** Feedback about a model's answers. @param learnedNames - labels that a served version knows. */
export function exampleFeedback(model: ModelDefinition, learnedNames: readonly string[] = []): FeedbackExample {
  const { corrects, labelling } = model;
  const [kind, label] =
    corrects === undefined || corrects === 'entity_annotations'
      ? [corrects === undefined ? 'transaction' : 'chat_message', undefined]
      : [
          correctableColumns[corrects].entityKind,
          labelOf(corrects, labelling?.kind === 'messages' ? learnedNames : []),
        ];
  const about = { model: routeOf(model), entity: { kind, id: `${kind}-1` } };
  return label === undefined ? { ...about, verdict: 'confirmed' } : { ...about, label };
}

/** A value of the column that feedback corrects: of its list, else one that a version learned. */
function labelOf(table: keyof typeof correctableColumns, learned: readonly string[]): string | undefined {
  const { column } = correctableColumns[table];
  return tableSpecs[table].columns.find(({ name }) => name === column)?.categories?.[0] ?? learned[0];
}
