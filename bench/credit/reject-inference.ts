import type { TrainingData } from '../../contracts/dataset.js';
import { predictMargin } from '../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../learning/numeric/matrix/index.js';
import { brier, rocAuc } from '../../learning/evaluation/metrics/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { withColumn } from '../../learning/table.js';
import { fitTrees } from '../../models/credit-risk-scorer/training/fit-trees.js';
import { params, type CreditParams } from '../../models/credit-risk-scorer/params.js';
import { encodeTable } from '../../learning/tabular/preprocessing/index.js';
import { prepareTraining } from '../../models/credit-risk-scorer/data/training-set.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { fittingContext } from '../support/training-context.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { labelsOf, partOf } from './load.js';

/** Share that the old policy declined. */
const DECLINED = 0.4;
/** The old policy: shallow trees on part of the features, learned from rows of its own. */
const OLD_POLICY = { maxDepth: 2, nEstimators: 60, learningRate: 0.1 } as const;

async function marginsOf(from: TrainingData, settings: Partial<CreditParams>, to: TrainingData): Promise<Float64Array> {
  const set = prepareTraining(from, params.parse(settings));
  const trees = await fitTrees(set, set.labelled, await fittingContext(1));
  const encoded = Float64Array.from(encodeTable(set.state, to.table));
  return predictMargin(trees, matrix(to.table.rowCount, trees.featureCount, encoded));
}

/** Thirds of the rows in random order: to train the old policy, for its decisions, and for the test. */
function thirds(rows: number, seed: number): number[][] {
  const order = Array.from(createRandom(seed).permutation(rows));
  const size = Math.floor(rows / 3);
  return [order.slice(0, size), order.slice(size, 2 * size), order.slice(2 * size)];
}

/** Every second feature: the old policy sees less than the model. */
const everySecondFeature = (data: TrainingData): TrainingData => ({
  ...data,
  schema: { ...data.schema, features: data.schema.features.filter((_, i) => i % 2 === 0) },
});

/** Removes the outcome of the applicants that the old policy ranked worst. */
function declineWorst(data: TrainingData, margins: Float64Array): TrainingData {
  const cut = margins.slice().sort()[Math.floor((1 - DECLINED) * margins.length)]!;
  const decision = Array.from(margins, (margin) => (margin >= cut ? 'declined' : 'approved'));
  const labels = labelsOf(data).map((label, row) => (decision[row] === 'declined' ? NaN : label));
  const decided = withColumn(data.table, 'decision', { kind: 'text', values: decision });
  return { ...data, table: withColumn(decided, data.schema.label, { kind: 'number', values: labels }) };
}

const variants: readonly (readonly [name: string, settings: Partial<CreditParams>])[] = [
  ['accepted only', {}],
  ['fuzzy augmentation', { rejectInference: 'fuzzy', rejectOddsFactor: 1 }],
  ['fuzzy augmentation, odds × 2', { rejectInference: 'fuzzy', rejectOddsFactor: 2 }],
  ['parcelling', { rejectInference: 'parcelling', rejectOddsFactor: 1 }],
  ['parcelling, odds × 2', { rejectInference: 'parcelling', rejectOddsFactor: 2 }],
];

interface Quality {
  readonly auc: number;
  readonly brier: number;
}

function qualityOf(margins: Float64Array, labels: Float64Array): Quality {
  const probabilities = margins.map((margin) => 1 / (1 + Math.exp(-margin)));
  return { auc: rocAuc(labels, margins), brier: brier(labels, probabilities) };
}

async function compareOnce(data: TrainingData, seed: number): Promise<Map<string, Quality>> {
  const [own, decided, everyone] = thirds(data.table.rowCount, seed).map((rows) => partOf(data, rows));
  const labels = labelsOf(everyone!);
  const old = await marginsOf(everySecondFeature(own!), OLD_POLICY, decided!);
  const censored = declineWorst(decided!, old);
  const found = new Map<string, Quality>();
  for (const [name, settings] of variants)
    found.set(name, qualityOf(await marginsOf(censored, settings, everyone!), labels));
  return found.set('all outcomes known', qualityOf(await marginsOf(decided!, {}, everyone!), labels));
}

/**
 * An old policy declines the worst 40 %; training does not see their outcomes, the test does. For information: no
 * target is set.
 */
export async function rejectInferenceRows(data: TrainingData, seeds: readonly number[]): Promise<BenchmarkRow[]> {
  const runs = await Promise.all(seeds.map((seed) => compareOnce(data, seed)));
  const names = [...runs[0]!.keys()];
  const average = (name: string, measure: keyof Quality): number => mean(runs.map((run) => run.get(name)![measure]));
  return names.flatMap((name) =>
    (['auc', 'brier'] as const).map((measure) =>
      benchmarkRow({
        name: `${data.schema.line}, worst 40 % declined, ${name}`,
        value: average(name, measure),
        unit: measure === 'auc' ? 'AUC' : 'Brier',
      }),
    ),
  );
}
