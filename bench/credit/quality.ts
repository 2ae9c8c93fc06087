import type { TrainingData } from '../../contracts/dataset.js';
import {
  calibrationNoise,
  expectedCalibrationError,
} from '../../learning/evaluation/calibration/expected-calibration-error.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { foldRows } from '../../learning/evaluation/split/index.js';
import { numberColumn } from '../../learning/table.js';
import { train } from '../../models/credit-risk-scorer/training/train.js';
import { score } from '../../models/credit-risk-scorer/evaluation/score.js';
import { params } from '../../models/credit-risk-scorer/params.js';
import { openPredictor } from '../../models/credit-risk-scorer/prediction/predictor.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { cpuOf } from '../support/cpu.js';
import { trainingContext } from '../support/training-context.js';
import { foldsOf, labelsOf, partOf } from './load.js';

/** A whole training may cost this much, so that the weekly run stays short. */
const MOST_CPU_SECONDS = 10;

interface Measured {
  readonly aucs: number[];
  readonly probabilities: Float64Array;
  readonly cpuSeconds: number[];
}

async function crossValidate(data: TrainingData, seed: number): Promise<Measured> {
  const folds = foldsOf(data, seed);
  const found: Measured = { aucs: [], probabilities: new Float64Array(folds.length), cpuSeconds: [] };
  for (let fold = 0; fold < 5; fold++) {
    const { train: rows, test } = foldRows(folds, fold);
    const trained = await cpuOf(() => train(trainingContext(1), partOf(data, rows), params.parse({})));
    const predictor = await openPredictor(trained.value);
    const scored = await score(predictor, partOf(data, test), trainingContext(1));
    await predictor.close();
    const probabilities = numberColumn(scored, 'probability');
    test.forEach((row, i) => (found.probabilities[row] = probabilities[i]!));
    found.aucs.push(rocAuc(numberColumn(scored, 'truth'), probabilities));
    found.cpuSeconds.push(trained.seconds);
  }
  return found;
}

/** AUC, calibration and cost of the default parameters, each fold trained and scored as the product does it. */
export async function qualityRows(
  data: TrainingData,
  { seeds, auc }: { readonly seeds: readonly number[]; readonly auc: number },
): Promise<BenchmarkRow[]> {
  const found: Measured[] = [];
  for (const seed of seeds) found.push(await crossValidate(data, seed));
  const { line } = data.schema;
  const repeats = seeds.length === 1 ? '' : ` x ${seeds.length}`;
  const errors = found.map(({ probabilities }) => expectedCalibrationError(labelsOf(data), probabilities));
  const noise = mean(found.map(({ probabilities }) => calibrationNoise(probabilities, 1)));
  const row = (name: string, value: number, unit: string, target: BenchmarkRow['target']): BenchmarkRow =>
    benchmarkRow({ name: `${line}, ${name}`, value, unit, target });
  return [
    row(`5-fold${repeats} mean AUC, default parameters`, mean(found.flatMap(({ aucs }) => aucs)), 'AUC', {
      atLeast: auc,
    }),
    row('expected calibration error, ten bins of equal size', mean(errors), 'probability', { atMost: 0.05 }),
    row('the same by chance alone', noise, 'probability', null),
    row(
      'one training, five folds, calibration and trade-off included',
      mean(found.flatMap(({ cpuSeconds }) => cpuSeconds)),
      'CPU s',
      { atMost: MOST_CPU_SECONDS },
    ),
  ];
}
