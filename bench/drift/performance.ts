import { quietContext } from '../../learning/estimator.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import {
  estimateClassifierPerformance,
  estimateRegressorPerformance,
  fitClassifierEstimator,
  fitRegressorEstimator,
} from '../../learning/evaluation/drift/index.js';
import { selectMatrixRows } from '../../learning/numeric/matrix/index.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { gradientBoosting } from '../../learning/tabular/gradient-boosting/index.js';
import { hasCreditData, loadTaiwan } from '../peers/credit-data.js';
import type { PeerRows } from '../peers/xgboost.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { findDriftPeers, peerEstimates } from './peer.js';
import { shiftedWindows, simulatedAmounts, simulatedLabels, threeParts } from './windows.js';

/** Divisions of the rows; the windows of one share a pool, so that their errors are not independent. */
const SEEDS = [1, 2, 3, 4, 5] as const;
const WINDOW = 2000;
const SIMULATED = 30_000;
const TREES = { nEstimators: 100, maxDepth: 3, eta: 0.1 } as const;
/** Of 95 % intervals; windows that share a pool make the share uncertain. */
const LEAST_COVERED = 0.85;

/** One metric of one window. */
interface Compared {
  readonly estimated: number;
  readonly realised: number;
  readonly reference: number;
  readonly covered: boolean;
}

const pick = (values: ArrayLike<number>, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!);

const meanError = (found: readonly Compared[], guess: 'estimated' | 'reference'): number =>
  mean(found.map((metric) => Math.abs(metric[guess] - metric.realised)));

/** @param unit - of the errors. */
function summary(
  name: string,
  found: readonly Compared[],
  unit: string,
  peer: BenchmarkRow['peer'] = null,
): BenchmarkRow[] {
  const ratio = meanError(found, 'estimated') / meanError(found, 'reference');
  const covered = mean(found.map((metric) => Number(metric.covered)));
  return [
    benchmarkRow({ name: `${name}, mean error of the estimate`, value: meanError(found, 'estimated'), unit, peer }),
    benchmarkRow({
      name: `${name}, relative to taking the reference's value`,
      value: ratio,
      unit: 'ratio',
      target: { atMost: 1 },
    }),
    benchmarkRow({
      name: `${name}, windows in the 95 % interval`,
      value: covered,
      unit: 'share',
      target: { atLeast: LEAST_COVERED },
    }),
  ];
}

function f1Of(labels: Float64Array, scores: Float64Array): number {
  let [hits, wrong] = [0, 0];
  labels.forEach((label, i) => {
    const predicted = Number(scores[i]! >= 0.5);
    hits += label * predicted;
    wrong += Math.abs(label - predicted);
  });
  return (2 * hits) / (2 * hits + wrong);
}

const realisedMetrics = {
  accuracy: (labels: Float64Array, scores: Float64Array) =>
    mean(labels.map((label, i) => Number(label === Number(scores[i]! >= 0.5)))),
  rocAuc,
  f1: f1Of,
} as const;

interface ComparedWindows {
  readonly found: Record<'accuracy' | 'rocAuc' | 'f1', Compared[]>;
  /** Errors of the peer. */
  readonly theirs: Record<'accuracy' | 'rocAuc' | 'f1', number[]>;
}

const CLASSIFIER_METRICS = ['accuracy', 'rocAuc', 'f1'] as const;

/** Trains, scores and compares one division of the rows. */
async function compareClassifier(
  data: PeerRows,
  columns: readonly number[],
  seed: number,
  into: ComparedWindows,
): Promise<void> {
  const { train, reference, pool } = threeParts(data.y.length, seed);
  const model = gradientBoosting.fit(TREES, selectMatrixRows(data.x, train), pick(data.y, train), quietContext(1));
  const scores = gradientBoosting.predict(model, data.x);
  const part = (rows: readonly number[]) => ({ scores: pick(scores, rows), labels: pick(data.y, rows) });
  const fitted = fitClassifierEstimator({ ...part(reference), origin: 'held-out' });
  const windows = shiftedWindows(data.x, pool, columns, WINDOW).map(({ rows }) => part(rows));
  const { nannyml } = await findDriftPeers();
  const theirs = nannyml === null ? null : await peerEstimates(part(reference), windows);
  windows.forEach((window, i) => {
    const { metrics } = estimateClassifierPerformance(fitted, window.scores);
    for (const name of CLASSIFIER_METRICS) {
      const estimate = metrics.find((metric) => metric.name === name)!;
      const realised = realisedMetrics[name](window.labels, window.scores);
      const covered = realised >= estimate.low! && realised <= estimate.high!;
      into.found[name].push({ estimated: estimate.value!, realised, reference: estimate.reference!, covered });
      if (theirs !== null) into.theirs[name].push(Math.abs(theirs[name][i]! - realised));
    }
  });
}

async function classifierRows(name: string, data: PeerRows, columns: readonly number[]): Promise<BenchmarkRow[]> {
  const none = <Value>(): Record<'accuracy' | 'rocAuc' | 'f1', Value[]> => ({ accuracy: [], rocAuc: [], f1: [] });
  const compared: ComparedWindows = { found: none<Compared>(), theirs: none<number>() };
  for (const seed of SEEDS) await compareClassifier(data, columns, seed, compared);
  return CLASSIFIER_METRICS.flatMap((metric) => {
    const errors = compared.theirs[metric];
    const peer = errors.length === 0 ? null : { name: 'NannyML', value: mean(errors) };
    return summary(`${name}, ${metric}`, compared.found[metric], metric, peer);
  });
}

function compareRegressor(data: PeerRows, columns: readonly number[], seed: number): Compared[] {
  const { train, reference, pool } = threeParts(data.y.length, seed);
  const params = { ...TREES, objective: 'squared' };
  const model = gradientBoosting.fit(params, selectMatrixRows(data.x, train), pick(data.y, train), quietContext(1));
  const predictions = gradientBoosting.predict(model, data.x);
  const part = (rows: readonly number[]) => ({
    features: selectMatrixRows(data.x, rows),
    predictions: pick(predictions, rows),
    actuals: pick(data.y, rows),
  });
  const fitted = fitRegressorEstimator({ ...part(reference), origin: 'held-out' });
  return shiftedWindows(data.x, pool, columns, WINDOW).map(({ rows }): Compared => {
    const window = part(rows);
    const [mae] = estimateRegressorPerformance(fitted, window).metrics;
    const realised = mean(window.actuals.map((actual, i) => Math.abs(actual - window.predictions[i]!)));
    const covered = realised >= mae!.low! && realised <= mae!.high!;
    return { estimated: mae!.value!, realised, reference: mae!.reference!, covered };
  });
}

const regressorRows = (name: string, data: PeerRows, columns: readonly number[]): BenchmarkRow[] =>
  summary(
    `${name}, mae`,
    SEEDS.flatMap((seed) => compareRegressor(data, columns, seed)),
    'unit of the target',
  );

/** Taiwan with the logarithm of the last payment (X18) as the target of a regression. */
function taiwanPayments({ x }: PeerRows): PeerRows {
  const column = 17;
  const kept = Array.from({ length: x.cols }, (_, j) => j).filter((j) => j !== column);
  const values = Float64Array.from({ length: x.rows * kept.length }, (_, i) => {
    const row = Math.floor(i / kept.length);
    return x.values[row * x.cols + kept[i % kept.length]!]!;
  });
  const y = Array.from({ length: x.rows }, (_, i) => Math.log1p(x.values[i * x.cols + column]!));
  return { x: { rows: x.rows, cols: kept.length, values }, y };
}

/** Performance estimated without labels, against what the labels of plain and shifted windows show. */
export async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('performance')) return [];
  onProgress('performance without labels, simulated');
  const rows = [
    ...(await classifierRows('simulated shift', simulatedLabels(SIMULATED, 1), [0, 1])),
    ...regressorRows('simulated shift', simulatedAmounts(SIMULATED, 1), [0, 1]),
  ];
  if (!hasCreditData(dataFolder)) {
    onProgress('performance: no public credit data in the folder, Taiwan left out');
    return rows;
  }
  onProgress('performance without labels, Taiwan');
  const taiwan = await loadTaiwan(dataFolder);
  // Limit, age, last repayment status, last bill.
  rows.push(...(await classifierRows('Taiwan', taiwan, [0, 4, 5, 11])));
  rows.push(...regressorRows('Taiwan, log of the last payment', taiwanPayments(taiwan), [0, 4, 5, 11]));
  return rows;
}
