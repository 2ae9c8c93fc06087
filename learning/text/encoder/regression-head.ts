import type { ComputeContext } from '../../../contracts/model-definition.js';
import { logisticRegression } from '../logistic-regression/index.js';
import { type Encoder } from './encoder.js';
import type { NamedTensor } from './safetensors.js';
import { embedTexts } from './session.js';

/** Inverse penalty of the regression (scikit-learn's C); it has little influence on the fine-tuned result. */
const INVERSE_PENALTY = 10;

/** Inputs of `regressionHead`. */
export interface RegressionTask {
  readonly texts: readonly string[];
  /** Classes of each text; texts without a class are skipped unless `multiLabel`. */
  readonly labels: readonly (readonly number[])[];
  readonly classes: number;
  readonly multiLabel: boolean;
  readonly maximumLength: number;
}

/** @returns (texts, classes) 1 where the text has the class, 0 elsewhere. */
function targetsOf(labels: readonly (readonly number[])[], classes: number): Float32Array {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((own, row) => {
    for (const label of own) values[row * classes + label] = 1;
  });
  return values;
}

/**
 * Initial head for fine-tuning: logistic regression on the embeddings of the pretrained encoder ("linear probing then
 * fine-tuning"; Kumar et al., "Fine-tuning can distort pretrained features and underperform out-of-distribution", ICLR
 * 2022). A random head distorts the pretrained features before it fits.
 * @returns `head.weight` (hidden, classes) and `head.bias` (classes,).
 */
export async function regressionHead(
  encoder: Encoder,
  { texts, labels, classes, multiLabel, maximumLength }: RegressionTask,
  context: ComputeContext,
): Promise<Map<string, NamedTensor>> {
  const rows = [...texts.keys()].filter((row) => multiLabel || labels[row]!.length > 0);
  const labelled = rows.map((row) => texts[row]!);
  const embedded = await embedTexts(encoder, labelled, context, { maximumLength });
  const ownLabels = rows.map((row) => labels[row]!);
  const values = targetsOf(ownLabels, classes);
  const link = multiLabel ? 'logistic' : 'softmax';
  const { weights, bias } = logisticRegression(context, embedded, { classes, values }, { c: INVERSE_PENALTY, link });
  return new Map([
    ['head.weight', { dims: [encoder.config.hidden, classes], data: weights }],
    ['head.bias', { dims: [classes], data: bias }],
  ]);
}
