import type { ComputeContext } from '../../../contracts/model-definition.js';
import { predictMargin } from '../../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { foldRows, stratifiedFolds } from '../../../learning/evaluation/split/index.js';
import { fitTrees } from './fit-trees.js';
import type { TrainingSet } from '../data/training-set.js';

const FOLDS = 5;
/** From this many rows on a fold is large enough for three to do. */
const LARGE = 10_000;
const FOLDS_OF_LARGE = 3;

/** Fewer rows of a class than this calibrate nothing. */
export const FEWEST_TO_CALIBRATE = 20;

/**
 * A fold for each row: people stay together, those with a bad loan are dealt evenly.
 * @param people - (n,) null = someone of their own.
 */
export function peopleFolds(
  people: readonly (string | null)[],
  labels: ArrayLike<number>,
  folds: number,
  seed: number,
): Int32Array {
  const keys = people.map((name, row) => name ?? `row ${row}`);
  const worst = new Map<string, number>();
  keys.forEach((key, row) => worst.set(key, Math.max(worst.get(key) ?? 0, labels[row]!)));
  const dealt = stratifiedFolds([...worst.values()], folds, seed);
  const foldOf = new Map([...worst.keys()].map((key, i) => [key, dealt[i]!]));
  return Int32Array.from(keys, (key) => foldOf.get(key)!);
}

/** Rows of the rarer class. */
export function smallestClass(labels: ArrayLike<number>): number {
  const bad = Array.from(labels).reduce((sum, label) => sum + label, 0);
  return Math.min(bad, labels.length - bad);
}

/** Both classes must be left to learn from. */
const bothClasses = (labels: readonly number[]): boolean => labels.includes(0) && labels.includes(1);

/**
 * The margin of each labelled row by trees that were not grown on it or on another loan of the same person.
 * @returns (labelled,), or null when a class is too rare to be held out.
 */
export function crossFittedMargins(set: TrainingSet, context: ComputeContext): Float64Array | null {
  const labels = Array.from(set.labelled, (row) => set.labels[row]!);
  if (smallestClass(labels) < FEWEST_TO_CALIBRATE) return null;
  const count = labels.length >= LARGE ? FOLDS_OF_LARGE : FOLDS;
  const people = Array.from(set.labelled, (row) => set.people[row]!);
  const folds = peopleFolds(people, labels, count, context.seed);
  const margins = new Float64Array(labels.length);
  for (let fold = 0; fold < count; fold++) {
    const { train, test } = foldRows(folds, fold);
    if (!bothClasses(train.map((i) => labels[i]!))) return null;
    const onProgress: ComputeContext['onProgress'] = ({ done, total }) =>
      context.onProgress({ stage: `calibration, fold ${fold + 1} of ${count}`, done, total });
    const rowsOf = (positions: readonly number[]): number[] => positions.map((i) => set.labelled[i]!);
    const trees = fitTrees(set, rowsOf(train), { ...context, onProgress });
    const found = predictMargin(trees, selectMatrixRows(set.x, rowsOf(test)));
    test.forEach((i, at) => (margins[i] = found[at]!));
  }
  return margins;
}
