import { z } from 'zod';
import { smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { approveSafest, groupFairness } from '../../../learning/evaluation/fairness/group-fairness.js';
import { selectMembers } from '../../../learning/evaluation/fairness/protected-groups.js';
import { predictMargin } from '../../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { foldRows } from '../../../learning/evaluation/split/index.js';
import { FEWEST_TO_CALIBRATE, stratifiedGroupFolds } from './cross-fit.js';
import { fitTrees, type FittingContext } from './fit-trees.js';
import type { CreditParams } from '../params.js';
import type { TrainingSet } from '../data/training-set.js';

const point = z.strictObject({
  mitigation: z.enum(['none', 'reweighing', 'penalty']),
  strength: z.number(),
  /** Mean over the folds. */
  auc: z.number(),
  /** Lowest approval ratio of a group with enough rows. */
  lowestRatio: z.number(),
  /** The group with this ratio, `ageYears: up to 25`. */
  group: z.string(),
});
export type TradeOffPoint = z.infer<typeof point>;

/** AUC lost for more equal approval rates; kept in the artefact, empty without protected groups. */
export const tradeOff = z.strictObject({
  schemaVersion: z.literal(1),
  approvalRate: z.number(),
  points: z.array(point),
});
export type TradeOff = z.infer<typeof tradeOff>;

/** Fewer trees with larger steps, and at most `MOST_ROWS` rows, keep the curve within a second or two. */
const MOST_TREES = 60;
const COARSE = { learningRate: 0.15, rejectInference: 'none' } as const;
const MOST_ROWS = 4000;
const FOLDS = 3;

const settings: readonly Pick<CreditParams, 'fairness' | 'fairnessStrength'>[] = [
  { fairness: 'none', fairnessStrength: 0 },
  ...[0.5, 1, 2].map((fairnessStrength) => ({ fairness: 'reweighing' as const, fairnessStrength })),
  ...[0.25, 1, 4].map((fairnessStrength) => ({ fairness: 'penalty' as const, fairnessStrength })),
];

async function measure(
  set: TrainingSet,
  rows: Int32Array,
  folds: Int32Array,
  context: FittingContext,
): Promise<TradeOffPoint | null> {
  const margins = new Float64Array(rows.length);
  const labels = Float64Array.from(rows, (row) => set.labels[row]!);
  let auc = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const { train, test } = foldRows(folds, fold);
    const trees = await fitTrees(
      set,
      train.map((i) => rows[i]!),
      context,
    );
    const found = predictMargin(
      trees,
      selectMatrixRows(
        set.x,
        test.map((i) => rows[i]!),
      ),
    );
    test.forEach((i, at) => (margins[i] = found[at]!));
    auc +=
      rocAuc(
        test.map((i) => labels[i]!),
        found,
      ) / FOLDS;
  }
  const groups = set.attributes.map((attribute) => selectMembers(attribute, rows));
  const approved = approveSafest(margins, set.params.approvalRate);
  const judged = groupFairness(groups, { approved, labels });
  if (judged.length === 0) return null;
  const worst = judged.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const { fairness, fairnessStrength } = set.params;
  return {
    mitigation: fairness,
    strength: fairnessStrength,
    auc,
    lowestRatio: worst.ratio,
    group: `${worst.attribute}: ${worst.group}`,
  };
}

/**
 * AUC and lowest approval ratio of both mitigations at several strengths, cross-validated on the training rows with
 * coarse trees. Empty without protected groups, or when a class has too few rows to hold out.
 */
export async function fairnessTradeOff(set: TrainingSet, context: FittingContext): Promise<TradeOff> {
  const { approvalRate } = set.params;
  const step = Math.max(1, set.labelled.length / MOST_ROWS);
  const rows = Int32Array.from(
    { length: Math.floor(set.labelled.length / step) },
    (_, i) => set.labelled[Math.floor(i * step)]!,
  );
  const labels = Array.from(rows, (row) => set.labels[row]!);
  const none = { schemaVersion: 1 as const, approvalRate, points: [] };
  if (set.attributes.length === 0 || smallestClass({ labels }) < FEWEST_TO_CALIBRATE) return none;
  const folds = stratifiedGroupFolds(
    Array.from(rows, (row) => set.applicants[row]!),
    labels,
    FOLDS,
    context.seed,
  );
  const nEstimators = Math.min(MOST_TREES, set.params.nEstimators);
  const quiet = { ...context, onProgress: () => undefined, onLoss: undefined };
  const points: TradeOffPoint[] = [];
  for (const [i, setting] of settings.entries()) {
    const params = { ...set.params, ...COARSE, nEstimators, ...setting };
    const found = await measure({ ...set, params }, rows, folds, quiet);
    context.onProgress({ stage: 'fairness trade-off', done: i + 1, total: settings.length });
    if (found) points.push(found);
  }
  return { schemaVersion: 1, approvalRate, points };
}
