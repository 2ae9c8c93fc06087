import { InferenceSession, Tensor } from 'onnxruntime-node';
import { quietContext } from '../../learning/estimator.js';
import { boostingGraph, gradientBoosting, toOnnx } from '../../learning/gradient-boosting/index.js';
import type { Matrix } from '../../learning/matrix/index.js';
import { delongDifference, rocAuc } from '../../learning/metrics/index.js';
import { hasCreditData, loadGerman, loadTaiwan, syntheticCredit } from './peers/credit-data.js';
import { fiveFolds, foldAucs, mean, predictOutOfFold } from './peers/cross-validation.js';
import { readReference } from './peers/reference.js';
import { findXgboost, runXgboost, type PeerRows } from './peers/xgboost.js';
import {
  benchmarkRow,
  cpuSeconds,
  type BenchmarkContext,
  type BenchmarkRow,
  type BenchmarkSuite,
} from './report/suite.js';

/** The setting: depth 6, 100 trees, eta 0.1. */
const OURS = { maxDepth: 6, nEstimators: 100, eta: 0.1 };
const THEIRS = { params: { max_depth: 6, eta: 0.1 }, rounds: 100 };
const AUC_TOLERANCE = 0.002;
const SPEED_SET = { rows: 80_000, seed: 20_261_123 };
const TIMINGS = 3;

interface Peer {
  readonly name: string;
  readonly value: number;
}

const averageOf = (repeats: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from({ length: repeats[0]!.length }, (_, row) => mean(repeats.map((scores) => scores[row]!)));

async function taiwanRow(rows: PeerRows, version: string | null): Promise<BenchmarkRow> {
  const folds = fiveFolds(rows, [42]);
  const ours = mean(foldAucs(rows.y, predictOutOfFold(rows, folds[0]!, OURS), folds[0]!));
  let peer: Peer | null = null;
  if (version !== null) {
    const { predictions } = await runXgboost({ ...rows, ...THEIRS, folds });
    peer = { name: `xgboost ${version}`, value: mean(foldAucs(rows.y, predictions[0]!, folds[0]!)) };
  }
  const target = { atLeast: (peer?.value ?? mean((await readReference()).taiwanFoldAuc)) - AUC_TOLERANCE };
  return benchmarkRow({ name: 'Taiwan, 5-fold mean AUC', value: ours, unit: 'AUC', target, peer });
}

async function germanRows(rows: PeerRows, version: string | null): Promise<BenchmarkRow[]> {
  const folds = fiveFolds(rows, [1, 2, 3]);
  const ours = folds.map((fold) => predictOutOfFold(rows, fold, OURS));
  const aucOf = (repeats: readonly ArrayLike<number>[]): number =>
    mean(repeats.flatMap((scores, repeat) => foldAucs(rows.y, scores, folds[repeat]!)));
  const auc = { name: 'German, 5-fold x 3 mean AUC', value: aucOf(ours), unit: 'AUC', target: null };
  if (version === null) return [benchmarkRow({ ...auc, peer: null })];
  const { predictions } = await runXgboost({ ...rows, ...THEIRS, folds });
  const scored = (repeats: readonly ArrayLike<number>[]) => ({ labels: rows.y, scores: averageOf(repeats) });
  const { interval } = delongDifference(scored(ours), scored(predictions));
  const name = 'German, upper end of AUC difference to XGBoost (DeLong 95 %)';
  return [
    benchmarkRow({ ...auc, peer: { name: `xgboost ${version}`, value: aucOf(predictions) } }),
    benchmarkRow({ name, value: interval.high, unit: 'AUC', target: { atLeast: 0 }, peer: null }),
  ];
}

async function speedRows(version: string | null): Promise<BenchmarkRow[]> {
  const { rows, seed } = SPEED_SET;
  const data = syntheticCredit(rows, seed);
  const fit = () => gradientBoosting.fit(OURS, data.x, data.y, quietContext(1));
  const state = fit();
  const seconds = cpuSeconds(TIMINGS, fit);
  const auc = rocAuc(data.y, gradientBoosting.predict(state, data.x));
  const names = ['80k x 30, fit', '80k x 30, fit relative to XGBoost', '80k x 30, training AUC'] as const;
  const cpu = { name: names[0], value: seconds, unit: 'CPU s', target: null };
  if (version === null) return [benchmarkRow({ ...cpu, peer: null })];
  const answer = await runXgboost({ ...data, ...THEIRS, folds: [], timings: TIMINGS });
  const theirs = (value: number): Peer => ({ name: `xgboost ${version}`, value });
  const ratio = seconds / answer.cpuSeconds;
  const theirAuc = rocAuc(data.y, answer.predictions[0]!);
  const least = { atLeast: theirAuc - AUC_TOLERANCE };
  return [
    benchmarkRow({ ...cpu, peer: theirs(answer.cpuSeconds) }),
    benchmarkRow({ name: names[1], value: ratio, unit: 'ratio', target: { atMost: 1.5 }, peer: null }),
    benchmarkRow({ name: names[2], value: auc, unit: 'AUC', target: least, peer: theirs(theirAuc) }),
  ];
}

async function onnxGap(x: Matrix, y: ArrayLike<number>): Promise<number> {
  const state = gradientBoosting.fit(OURS, x, y, quietContext(1));
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const results = await session.run({ [boostingGraph.input]: features });
  const answers = results[boostingGraph.probability]!.data as Float32Array;
  await session.release();
  return gradientBoosting.predict(state, x).reduce((gap, p, i) => Math.max(gap, Math.abs(p - answers[i]!)), 0);
}

async function run({ dataFolder, onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const version = await findXgboost();
  onProgress(version === null ? 'python3 cannot import xgboost: no peer values' : `peer: xgboost ${version}`);
  const rows: BenchmarkRow[] = [];
  if (hasCreditData(dataFolder)) {
    onProgress('cross-validation on Taiwan and German');
    rows.push(await taiwanRow(await loadTaiwan(dataFolder), version));
    rows.push(...(await germanRows(await loadGerman(dataFolder), version)));
  } else onProgress(`no credit data in ${dataFolder}: Taiwan and German are left out`);
  onProgress(`speed on ${SPEED_SET.rows} x 30`);
  rows.push(...(await speedRows(version)));
  const sample = syntheticCredit(20_000, 7);
  const gap = await onnxGap(sample.x, sample.y);
  const name = 'ONNX against predict, largest difference of 20,000';
  return [...rows, benchmarkRow({ name, value: gap, unit: 'probability', target: { atMost: 1e-6 }, peer: null })];
}

/** Gradient boosting: quality and CPU beside XGBoost. */
export const benchmarks: BenchmarkSuite = {
  description: 'Gradient boosting: AUC on Taiwan and German, CPU on 80k x 30, ONNX equality; peer XGBoost',
  run,
};
