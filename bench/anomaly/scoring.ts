import { InferenceSession, Tensor } from 'onnxruntime-node';
import { quietContext } from '../../learning/estimator.js';
import {
  forestGraph,
  isolationForest,
  toOnnx,
  type IsolationForestState,
} from '../../learning/anomaly/isolation-forest/index.js';
import { matrix, type Matrix } from '../../learning/numeric/matrix/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { findScikitLearn, runScikitLearn } from '../peers/isolation-forest.js';
import { cpuOf, cpuSeconds } from '../support/cpu.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';

const ROWS = 100_000;
const COLS = 30;
const TREES = 100;
const TIMINGS = 3;
const MOST_RATIO = 2;

/** Correlated normal columns, one row in a hundred far out. Float32 values, so that both sides read the same. */
export function anomalyRows(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  const x = matrix(rows, cols, new Float64Array(rows * cols));
  for (let i = 0; i < rows; i++) {
    const common = random.normal();
    const spread = i % 100 === 0 ? 3 : 1;
    for (let j = 0; j < cols; j++) {
      x.values[i * cols + j] = Math.fround(0.5 * common + spread * random.normal() * (1 + (j % 3)));
    }
  }
  return x;
}

/** CPU of one thread that scores all rows in one call; the fastest of several. */
async function onnxSeconds(session: InferenceSession, x: Matrix): Promise<{ seconds: number; scores: Float32Array }> {
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  let seconds = Infinity;
  let scores = new Float32Array();
  for (let timing = 0; timing < TIMINGS; timing++) {
    const run = await cpuOf(() => session.run({ [forestGraph.input]: features }));
    seconds = Math.min(seconds, run.seconds);
    scores = run.value[forestGraph.score]!.data as Float32Array<ArrayBuffer>;
  }
  return { seconds, scores };
}

function largestGap(state: IsolationForestState, x: Matrix, scores: Float32Array): number {
  return isolationForest.predict(state, x).reduce((gap, score, i) => Math.max(gap, Math.abs(score - scores[i]!)), 0);
}

/** One forest of 100 trees: fit and ONNX scoring of 100k x 30, beside scikit-learn in one thread. */
export async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('scoring')) return [];
  const version = await findScikitLearn();
  onProgress(
    `scoring ${ROWS} x ${COLS}, ${TREES} trees; ${version === null ? 'scikit-learn not installed' : `peer ${version}`}`,
  );
  const x = anomalyRows(ROWS, COLS, 20_261_123);
  const fit = (): IsolationForestState => isolationForest.fit({ trees: TREES }, x, quietContext(1));
  const state = fit();
  const fitSeconds = cpuSeconds(TIMINGS, fit);
  const session = await InferenceSession.create(toOnnx(state), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const { seconds, scores } = await onnxSeconds(session, x);
  await session.release();
  const theirs =
    version === null ? null : await runScikitLearn({ sets: [x], seeds: [1], trees: TREES, timings: TIMINGS });
  const peer = (value: number | undefined) => (value === undefined ? null : { name: `scikit-learn ${version}`, value });
  const row = (name: string, value: number, rest: Partial<BenchmarkRow> = {}): BenchmarkRow =>
    benchmarkRow({ name: `100k x 30, ${name}`, value, unit: 'CPU s', ...rest });
  const relative = (scoreSeconds: number): BenchmarkRow =>
    row('scoring relative to scikit-learn', seconds / scoreSeconds, { unit: 'ratio', target: { atMost: MOST_RATIO } });
  return [
    row('forest fit', fitSeconds, { peer: peer(theirs?.fitSeconds) }),
    row('forest scoring through ONNX', seconds, { peer: peer(theirs?.scoreSeconds) }),
    ...(theirs === null ? [] : [relative(theirs.scoreSeconds)]),
    row('largest gap of ONNX to native', largestGap(state, x, scores), { unit: 'score', target: { atMost: 1e-5 } }),
  ];
}
