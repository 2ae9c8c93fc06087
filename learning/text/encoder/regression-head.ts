import type { ComputeContext } from '../../../contracts/model-definition.js';
import { logisticRegression } from '../logistic-regression/index.js';
import { type Encoder } from './encoder.js';
import type { NamedTensor } from './safetensors.js';
import { embedTexts } from './session.js';

/** Inverse penalty of the regression, as scikit-learn's C; the fine-tuning that follows makes its choice unimportant. */
const INVERSE_PENALTY = 10;

export interface RegressionTask {
  readonly texts: readonly string[];
  /** Classes of each text; a text of none is left out where classes exclude each other. */
  readonly present: readonly (readonly number[])[];
  readonly classes: number;
  readonly choice: 'one' | 'many';
  readonly maximumLength: number;
}

function targetsOf(present: readonly (readonly number[])[], classes: number): Float32Array {
  const values = new Float32Array(present.length * classes);
  present.forEach((labels, row) => {
    for (const label of labels) values[row * classes + label] = 1;
  });
  return values;
}

/**
 * A head to begin fine-tuning with: the logistic regression on the embeddings of the encoder as it is. A head of chance
 * sends gradients of chance into the encoder, which loses some of what it knew before the head has learned anything
 * (LP-FT; Kumar et al., "Fine-tuning can distort pretrained features and underperform out-of-distribution", ICLR 2022).
 */
export async function regressionHead(
  encoder: Encoder,
  { texts, present, classes, choice, maximumLength }: RegressionTask,
  context: ComputeContext,
): Promise<Map<string, NamedTensor>> {
  const rows = [...texts.keys()].filter((row) => choice === 'many' || present[row]!.length > 0);
  const labelled = rows.map((row) => texts[row]!);
  const embedded = await embedTexts(encoder, labelled, context, { maximumLength });
  const values = targetsOf(rows.map((row) => present[row]!), classes); // prettier-ignore
  const link = choice === 'one' ? 'softmax' : 'logistic';
  const { weights, bias } = logisticRegression(context, embedded, { classes, values }, { c: INVERSE_PENALTY, link });
  return new Map([
    ['head.weight', { dims: [encoder.config.hidden, classes], data: weights }],
    ['head.bias', { dims: [classes], data: bias }],
  ]);
}
