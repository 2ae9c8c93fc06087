import type { ComputeContext } from '../../../contracts/model-definition.js';
import { smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { predictMargin } from '../../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { foldRows, stratifiedFolds } from '../../../learning/evaluation/split/index.js';
import { fitTrees, type FittingContext } from './fit-trees.js';
import type { TrainingSet } from '../data/training-set.js';

const FOLDS = 5;
/** From this many rows on three folds are enough. */
const LARGE = 10_000;
const FOLDS_OF_LARGE = 3;

/** With fewer rows of a class no calibration is fitted. */
export const FEWEST_TO_CALIBRATE = 20;

/**
 * The fold of each row: a group stays in one fold, groups with a bad loan are spread evenly over the folds.
 * @param groups - (n,) null = a group of its own.
 */
export function stratifiedGroupFolds(
  groups: readonly (string | null)[],
  labels: ArrayLike<number>,
  folds: number,
  seed: number,
): Int32Array {
  const keys = groups.map((name, row) => name ?? `row ${row}`);
  const worst = new Map<string, number>();
  keys.forEach((key, row) => worst.set(key, Math.max(worst.get(key) ?? 0, labels[row]!)));
  const folded = stratifiedFolds([...worst.values()], folds, seed);
  const foldOf = new Map([...worst.keys()].map((key, i) => [key, folded[i]!]));
  return Int32Array.from(keys, (key) => foldOf.get(key)!);
}

/** Folds of the rows that the calibration is chosen on; a group stays in one of them. */
const CHOICE_FOLDS = 5;

/** Labelled rows with their cross-fitted margins, folded anew so that calibrations can be compared on them. */
export function foldMargins({ labelled, labels, applicants }: TrainingSet, margins: Float64Array, seed: number) {
  const known = Float64Array.from(labelled, (row) => labels[row]!);
  const groups = Array.from(labelled, (row) => applicants[row]!);
  const folds = stratifiedGroupFolds(groups, known, CHOICE_FOLDS, seed + 1);
  return { margins, labels: known, folds, count: CHOICE_FOLDS };
}

/** Trees need both classes to learn from. */
const bothClasses = (labels: readonly number[]): boolean => labels.includes(0) && labels.includes(1);

/**
 * The margin of each labelled row by trees fitted without it and without other loans of the same applicant.
 * @returns (labelled,), or null when a class has too few rows to hold out.
 */
export async function crossFittedMargins(set: TrainingSet, context: FittingContext): Promise<Float64Array | null> {
  const labels = Array.from(set.labelled, (row) => set.labels[row]!);
  if (smallestClass({ labels }) < FEWEST_TO_CALIBRATE) return null;
  const count = labels.length >= LARGE ? FOLDS_OF_LARGE : FOLDS;
  const applicants = Array.from(set.labelled, (row) => set.applicants[row]!);
  const folds = stratifiedGroupFolds(applicants, labels, count, context.seed);
  const margins = new Float64Array(labels.length);
  for (let fold = 0; fold < count; fold++) {
    const { train, test } = foldRows(folds, fold);
    if (!bothClasses(train.map((i) => labels[i]!))) return null;
    const onProgress: ComputeContext['onProgress'] = ({ done, total }) =>
      context.onProgress({ stage: `calibration, fold ${fold + 1} of ${count}`, done, total });
    const rowsOf = (positions: readonly number[]): number[] => positions.map((i) => set.labelled[i]!);
    const trees = await fitTrees(set, rowsOf(train), { ...context, onProgress, onLoss: undefined });
    const found = predictMargin(trees, selectMatrixRows(set.x, rowsOf(test)));
    test.forEach((i, at) => (margins[i] = found[at]!));
  }
  return margins;
}
