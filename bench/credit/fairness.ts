import type { TrainingData } from '../../contracts/dataset.js';
import {
  adverseImpactRatio,
  approveSafest,
  groupFairness,
  type GroupFairness,
} from '../../learning/evaluation/fairness/group-fairness.js';
import { predictMargin } from '../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../learning/numeric/matrix/index.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { foldRows } from '../../learning/evaluation/split/index.js';
import { fitTrees } from '../../models/credit-risk-scorer/training/fit-trees.js';
import { params, type CreditParams } from '../../models/credit-risk-scorer/params.js';
import { encodeTable } from '../../learning/tabular/preprocessing/index.js';
import { protectedAttributes, withProtectedFeatures } from '../../models/credit-risk-scorer/data/protected.js';
import { prepareTraining } from '../../models/credit-risk-scorer/data/training-set.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { fittingContext } from '../support/training-context.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { foldsOf, labelsOf, partOf } from './load.js';

const SEEDS = [1, 2, 3] as const;
const APPROVED = 0.7;
const LARGEST_LOSS = 0.01;

interface FairnessResult {
  readonly auc: number;
  /** Of applicants up to 25 to older ones. */
  readonly ratio: number;
  /** The metric of the fairness gate. */
  readonly gate: number;
  readonly approved: number;
}

/** Out-of-fold margins, without calibration: it does not change their order. */
async function outOfFold(data: TrainingData, settings: CreditParams, folds: Int32Array) {
  const margins = new Float64Array(folds.length);
  const aucs: number[] = [];
  for (let fold = 0; fold < 5; fold++) {
    const { train, test } = foldRows(folds, fold);
    const set = prepareTraining(partOf(data, train), settings);
    const trees = await fitTrees(set, set.labelled, await fittingContext(1));
    const held = partOf(data, test);
    const encoded = Float64Array.from(encodeTable(set.state, held.table));
    const found = predictMargin(trees, matrix(test.length, trees.featureCount, encoded));
    test.forEach((row, i) => (margins[row] = found[i]!));
    aucs.push(rocAuc(labelsOf(held), found));
  }
  return { margins, auc: mean(aucs) };
}

const young = (groups: readonly GroupFairness[]): number =>
  groups.find(({ attribute, group }) => attribute === 'ageYears' && group === 'up to 25')?.ratio ?? NaN;

async function evaluateWith(given: TrainingData, overrides: Partial<CreditParams>): Promise<FairnessResult> {
  const settings = params.parse({ approvalRate: APPROVED, ...overrides });
  const data = settings.includeProtected ? { ...given, schema: withProtectedFeatures(given.schema) } : given;
  const measure = async (seed: number): Promise<FairnessResult> => {
    const { margins, auc } = await outOfFold(data, settings, foldsOf(given, seed));
    const approved = approveSafest(margins, APPROVED);
    const groups = groupFairness(protectedAttributes(given), { approved, labels: labelsOf(given) });
    const share = approved.reduce((sum, one) => sum + one, 0) / approved.length;
    return { auc, ratio: young(groups), gate: adverseImpactRatio(groups), approved: share };
  };
  const runs = await Promise.all(SEEDS.map(measure));
  const average = (name: keyof FairnessResult): number => mean(runs.map((run) => run[name]));
  return { auc: average('auc'), ratio: average('ratio'), gate: average('gate'), approved: average('approved') };
}

const row = (name: string, value: number, unit: string, target: BenchmarkRow['target']): BenchmarkRow =>
  benchmarkRow({ name: `german, ${name}`, value, unit, target });

async function mitigated(
  data: TrainingData,
  fairness: 'reweighing' | 'penalty',
  before: FairnessResult,
): Promise<BenchmarkRow[]> {
  const after = await evaluateWith(data, { includeProtected: true, fairness });
  return [
    row(`${fairness}: ratio of approval, age up to 25 to older`, after.ratio, 'ratio', { atLeast: 0.8 }),
    row(`${fairness}: what the gate reads`, after.gate, 'ratio', { atLeast: 0.8 }),
    row(`${fairness}: AUC lost`, before.auc - after.auc, 'AUC', { atMost: LARGEST_LOSS }),
    row(`${fairness}: change of the approval rate`, Math.abs(after.approved - before.approved), 'share', { atMost: 0 }),
  ];
}

/** German credit with its protected attributes as features: the fairness gate fails, and with either mitigation it holds. */
export async function fairnessRows(data: TrainingData): Promise<BenchmarkRow[]> {
  const included = await evaluateWith(data, { includeProtected: true });
  const excluded = await evaluateWith(data, {});
  return [
    row('attributes included: ratio of approval, age up to 25 to older', included.ratio, 'ratio', { atMost: 0.7999 }),
    row('attributes included: what the gate reads (it must close)', included.gate, 'ratio', { atMost: 0.7999 }),
    row('attributes included: 5-fold x 3 mean AUC', included.auc, 'AUC', null),
    row('attributes left out (default): ratio of approval', excluded.ratio, 'ratio', null),
    row('attributes left out (default): what the gate reads', excluded.gate, 'ratio', null),
    row('attributes left out (default): AUC', excluded.auc, 'AUC', null),
    ...(await mitigated(data, 'reweighing', included)),
    ...(await mitigated(data, 'penalty', included)),
  ];
}
