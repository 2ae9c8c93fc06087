import { InferenceSession, Tensor } from 'onnxruntime-node';
import { quietContext } from '../learning/estimator.js';
import { treeShap } from '../learning/evaluation/explain/index.js';
import { boostingGraph, gradientBoosting, predictMargin, toOnnx } from '../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows, type Matrix } from '../learning/numeric/matrix/index.js';
import { delongDifference, rocAuc } from '../learning/evaluation/metrics/index.js';
import { hasCreditData, loadGerman, loadTaiwan, syntheticCredit } from './peers/credit-data.js';
import { mean } from '../learning/numeric/statistics/mean.js';
import { fiveFolds, foldAucs, predictOutOfFold } from './peers/cross-validation.js';
import { readReference } from './peers/reference.js';
import type { PeerRows } from './peers/xgboost.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';
import { cpuSeconds } from './support/cpu.js';
import { findEngines, RECOMMENDED, SPECIFIED, type InstalledEngine, type Setting } from './trees/engines.js';

const AUC_TOLERANCE = 0.002;
const SPEED_SET = { rows: 80_000, seed: 20_261_123 };
const TIMINGS = 3;

/** One public set with its folds. */
interface CrossValidated {
  readonly name: string;
  readonly rows: PeerRows;
  readonly folds: readonly Int32Array[];
}

const averageOf = (repeats: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from({ length: repeats[0]!.length }, (_, row) => mean(repeats.map((scores) => scores[row]!)));

const meanAuc = ({ rows, folds }: CrossValidated, repeats: readonly ArrayLike<number>[]): number =>
  mean(repeats.flatMap((scores, repeat) => foldAucs(rows.y, scores, folds[repeat]!)));

const ourScores = ({ rows, folds }: CrossValidated, setting: Setting): Float64Array[] =>
  folds.map((fold) => predictOutOfFold(rows, fold, setting.ours));

/** A row an engine: ours beside it. Only XGBoost, whose semantics ours follow, sets a bar. */
async function besideEngines(
  set: CrossValidated,
  setting: Setting,
  { engines, title }: { readonly engines: readonly InstalledEngine[]; readonly title: string },
): Promise<{ rows: BenchmarkRow[]; ours: Float64Array[]; xgboost: readonly Float32Array[] | null }> {
  const ours = ourScores(set, setting);
  const value = meanAuc(set, ours);
  const rows: BenchmarkRow[] = [];
  let xgboost: readonly Float32Array[] | null = null;
  for (const { engine, label, run } of engines) {
    const { predictions } = await run({ ...set.rows, folds: set.folds }, setting);
    if (engine === 'xgboost') xgboost = predictions;
    const peer = { name: label, value: meanAuc(set, predictions) };
    const target = engine === 'xgboost' && set.name === 'Taiwan' ? { atLeast: peer.value - AUC_TOLERANCE } : null;
    rows.push(benchmarkRow({ name: `${set.name}, ${title}`, value, unit: 'AUC', target, peer }));
  }
  if (rows.length === 0) rows.push(await withoutEngines(set, { value, title, setting }));
  return { rows, ours, xgboost };
}

/** Where no engine is installed, XGBoost's committed figure for the specified setting is the bar. */
async function withoutEngines(
  { name }: CrossValidated,
  { value, title, setting }: { readonly value: number; readonly title: string; readonly setting: Setting },
): Promise<BenchmarkRow> {
  const known = setting === SPECIFIED && name === 'Taiwan' ? mean([...(await readReference()).taiwanFoldAuc]) : null;
  const target = known === null ? null : { atLeast: known - AUC_TOLERANCE };
  return benchmarkRow({ name: `${name}, ${title}`, value, unit: 'AUC', target });
}

async function specifiedRows(set: CrossValidated, engines: readonly InstalledEngine[]): Promise<BenchmarkRow[]> {
  const title = 'specified setting, mean fold AUC';
  const { rows, ours, xgboost } = await besideEngines(set, SPECIFIED, { engines, title });
  if (set.name !== 'German' || xgboost === null) return rows;
  const scored = (repeats: readonly ArrayLike<number>[]) => ({ labels: set.rows.y, scores: averageOf(repeats) });
  const { interval } = delongDifference(scored(ours), scored(xgboost));
  const ends = [
    {
      name: 'German, AUC difference to XGBoost, upper end (DeLong 95 %)',
      value: interval.high,
      target: { atLeast: 0 },
    },
    { name: 'German, AUC difference to XGBoost, lower end (DeLong 95 %)', value: interval.low, target: { atMost: 0 } },
  ];
  return [...rows, ...ends.map((end) => benchmarkRow({ ...end, unit: 'AUC' }))];
}

/** What the weekly run uses, one setting for both sets. */
async function recommendedRows(
  set: CrossValidated,
  engines: readonly InstalledEngine[],
  atLeast: number,
): Promise<BenchmarkRow[]> {
  const title = 'recommended setting, mean fold AUC';
  const { rows, ours } = await besideEngines(set, RECOMMENDED, { engines, title });
  const bar = { name: `${set.name}, ${title}, bar`, value: meanAuc(set, ours), unit: 'AUC', target: { atLeast } };
  return [...rows, benchmarkRow({ ...bar })];
}

async function creditRows(dataFolder: string, engines: readonly InstalledEngine[]): Promise<BenchmarkRow[]> {
  const taiwan = await loadTaiwan(dataFolder);
  const german = await loadGerman(dataFolder);
  const sets = [
    { set: { name: 'Taiwan', rows: taiwan, folds: fiveFolds(taiwan, [42]) }, recommended: 0.78 },
    { set: { name: 'German', rows: german, folds: fiveFolds(german, [1, 2, 3]) }, recommended: 0.795 },
  ];
  const rows: BenchmarkRow[] = [];
  for (const { set, recommended } of sets) {
    rows.push(...(await specifiedRows(set, engines)), ...(await recommendedRows(set, engines, recommended)));
  }
  return rows;
}

async function speedRows(engines: readonly InstalledEngine[]): Promise<BenchmarkRow[]> {
  const data = syntheticCredit(SPEED_SET.rows, SPEED_SET.seed);
  const fit = () => gradientBoosting.fit(SPECIFIED.ours, data.x, data.y, quietContext(1));
  const auc = rocAuc(data.y, gradientBoosting.predict(fit(), data.x));
  const seconds = cpuSeconds(TIMINGS, fit);
  const rows = [benchmarkRow({ name: '80k x 30, fit', value: seconds, unit: 'CPU s' })];
  for (const { engine, label, run } of engines) {
    const answer = await run({ ...data, folds: [], timings: TIMINGS }, SPECIFIED);
    const strict = engine === 'xgboost';
    const theirAuc = rocAuc(data.y, answer.predictions[0]!);
    const ratio = { name: `80k x 30, fit relative to ${engine}`, value: seconds / answer.cpuSeconds, unit: 'ratio' };
    const cpu = { name: `${label}, CPU s`, value: answer.cpuSeconds };
    rows.push(benchmarkRow({ ...ratio, target: strict ? { atMost: 1.5 } : null, peer: cpu }));
    const target = strict ? { atLeast: theirAuc - AUC_TOLERANCE } : null;
    const peer = { name: label, value: theirAuc };
    rows.push(benchmarkRow({ name: '80k x 30, training AUC', value: auc, unit: 'AUC', target, peer }));
  }
  return rows;
}

async function onnxGap(x: Matrix, y: ArrayLike<number>): Promise<number> {
  const state = gradientBoosting.fit(SPECIFIED.ours, x, y, quietContext(1));
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const results = await session.run({ [boostingGraph.input]: features });
  const answers = results[boostingGraph.probability]!.data as Float32Array;
  await session.release();
  return gradientBoosting.predict(state, x).reduce((gap, p, i) => Math.max(gap, Math.abs(p - answers[i]!)), 0);
}

/** Contributions of a decision: exactness and price. */
function shapRows(x: Matrix, y: ArrayLike<number>): BenchmarkRow[] {
  const state = gradientBoosting.fit(SPECIFIED.ours, x, y, quietContext(1));
  const few = selectMatrixRows(
    x,
    Int32Array.from({ length: 500 }, (_, row) => row),
  );
  const margins = predictMargin(state, few);
  const { values, cols } = treeShap(state, few);
  const gap = margins.reduce((largest, margin, row) => {
    const sum = values.subarray(row * cols, (row + 1) * cols).reduce((total, value) => total + value, 0);
    return Math.max(largest, Math.abs(sum - margin));
  }, 0);
  const price = (1000 * cpuSeconds(1, () => void treeShap(state, few))) / few.rows;
  const names = [
    'TreeSHAP, largest gap of sum and margin of 500 rows',
    'TreeSHAP, a row (100 trees of depth 6)',
  ] as const;
  return [
    benchmarkRow({ name: names[0], value: gap, unit: 'log-odds', target: { atMost: 1e-6 } }),
    benchmarkRow({ name: names[1], value: price, unit: 'CPU ms' }),
  ];
}

async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const engines = await findEngines();
  const found = engines.map(({ label }) => label).join(', ');
  onProgress(found === '' ? 'python3 can import no boosting engine: no peer values' : `peers: ${found}`);
  const rows: BenchmarkRow[] = [];
  if (wants('quality') && hasCreditData(dataFolder)) {
    onProgress('cross-validation on Taiwan and German');
    rows.push(...(await creditRows(dataFolder, engines)));
  } else if (wants('quality')) onProgress(`no credit data in ${dataFolder}: Taiwan and German are left out`);
  if (wants('speed')) {
    onProgress(`speed on ${SPEED_SET.rows} x 30`);
    rows.push(...(await speedRows(engines)));
  }
  if (!wants('exactness')) return rows;
  const { x, y } = syntheticCredit(20_000, 7);
  const name = 'ONNX against predict, largest difference of 20,000';
  const gap = await onnxGap(x, y);
  rows.push(benchmarkRow({ name, value: gap, unit: 'probability', target: { atMost: 1e-6 } }));
  return [...rows, ...shapRows(x, y)];
}

/** Gradient boosting: quality and CPU beside XGBoost, LightGBM and CatBoost. */
export const benchmarks: BenchmarkSuite = {
  description:
    'Gradient boosting: AUC on Taiwan and German, CPU on 80k x 30, ONNX, TreeSHAP (quality, speed, exactness)',
  run,
};
