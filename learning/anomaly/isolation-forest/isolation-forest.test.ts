import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkUnsupervised } from '../../../tests/support/check-estimator.js';
import { quietContext } from '../../estimator.js';
import { matrix, selectMatrixRows, type Matrix } from '../../numeric/matrix/index.js';
import { rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { encodeOnnxModel, OnnxGraph, tensor } from '../../onnx/index.js';
import {
  attributePathLength,
  averagePathLength,
  extendedIsolationForest,
  forestGraph,
  isolationForest,
  replaceOldestTrees,
  scoreForestFloat32,
  toOnnx,
  type ForestState,
} from './index.js';
import { exp2Float32 } from './path-length.js';

checkUnsupervised(isolationForest, { params: { trees: 20 } });
checkUnsupervised(extendedIsolationForest, { params: { trees: 20, coordinates: 3 } });

/** How far the odd rows lie from the others, along a random sign vector. */
const DISTANCE = 3;

/** Normal rows; the last `odd` of them lie far away. */
function rowsWithOutliers(rows: number, cols: number, odd: number, seed = 1): [Matrix, Float64Array] {
  const random = createRandom(seed);
  const x = matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => random.normal()),
  );
  for (let i = (rows - odd) * cols; i < rows * cols; i++) x.values[i]! += random.uniform() < 0.5 ? -DISTANCE : DISTANCE;
  return [x, Float64Array.from({ length: rows }, (_, i) => (i >= rows - odd ? 1 : 0))];
}

/** Two columns that rise together; the anomalies break the relation and are ordinary in each column. */
function brokenRelation(rows: number, odd: number): [Matrix, Float64Array] {
  const random = createRandom(5);
  const values = new Float64Array(rows * 2);
  for (let i = 0; i < rows; i++) {
    const position = random.normal();
    values[2 * i] = position;
    values[2 * i + 1] = (i < rows - odd ? position : -position - Math.sign(position)) + 0.1 * random.normal();
  }
  return [matrix(rows, 2, values), Float64Array.from({ length: rows }, (_, i) => (i >= rows - odd ? 1 : 0))];
}

async function runGraph(state: ForestState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state), { intraOpNumThreads: 1 }); // one order of sums
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [forestGraph.score]: score } = await session.run({ [forestGraph.input]: features });
  await session.release();
  return score!.data as Float32Array;
}

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);

const fitters = {
  axes: (x: Matrix, seed = 1, trees = 100): ForestState => isolationForest.fit({ trees }, x, quietContext(seed)),
  oblique: (x: Matrix, seed = 1, trees = 100): ForestState =>
    extendedIsolationForest.fit({ trees, coordinates: 3 }, x, quietContext(seed)),
};
const score = (state: ForestState, x: Matrix): Float64Array =>
  state.kind === 'isolation-forest' ? isolationForest.predict(state, x) : extendedIsolationForest.predict(state, x);

describe('average path length', () => {
  it('agrees with the harmonic sum that it approximates', () => {
    const harmonic = (n: number): number => Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
    for (const n of [16, 256, 1000]) {
      expect(averagePathLength(n)).toBeCloseTo(2 * harmonic(n - 1) - (2 * (n - 1)) / n, 0);
    }
    expect([averagePathLength(0), averagePathLength(1), averagePathLength(2)]).toEqual([0, 0, 1]);
  });
});

describe('a power of two in float32', () => {
  it('is that of the runtime, bit for bit', async () => {
    const x = Float32Array.from({ length: 200_000 }, (_, i) => -8 + (i * 9) / 200_000);
    const graph = new OnnxGraph('power');
    const base = graph.constant('two', tensor('float32', [1], Float32Array.of(2)));
    graph.node('Pow', [base, graph.input('x', 'float32', ['rows'])], { outputs: ['y'] });
    graph.output('y', 'float32', ['rows']);
    const session = await InferenceSession.create(encodeOnnxModel(graph));
    const { y } = await session.run({ x: new Tensor('float32', x, [x.length]) });
    await session.release();
    expect(largestGap(y!.data as Float32Array, x.map(exp2Float32))).toBe(0);
  });
});

describe.each(Object.keys(fitters) as (keyof typeof fitters)[])('a forest that cuts along %s', (kind) => {
  const fit = fitters[kind];

  it('scores separate rows highest', () => {
    const [x, labels] = rowsWithOutliers(2000, 6, 20);
    const scores = score(fit(x), x);
    expect(rocAuc(labels, scores)).toBeGreaterThan(0.99);
    expect(scores.every((value) => value > 0 && value < 1)).toBe(true);
  });

  it('is invariant to the units of features', () => {
    const [x] = rowsWithOutliers(300, 4, 5);
    const scaled = matrix(
      x.rows,
      x.cols,
      x.values.map((value, i) => value * [1, 1024, 1 / 64, 8][i % 4]!),
    );
    expect(largestGap(score(fit(scaled), scaled), score(fit(x), x))).toBeLessThan(1e-3);
  });

  it('exports a graph that agrees with predict to 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 7 }), async (seed, cols) => {
        const [x] = rowsWithOutliers(600, cols, 10, seed);
        // Whole numbers, so that rows lie exactly on cuts.
        for (let i = 0; i < x.values.length; i += cols) x.values[i] = Math.round(x.values[i]!);
        const state = fit(x, seed, 30);
        expect(largestGap(await runGraph(state, x), score(state, x))).toBeLessThan(1e-5);
      }),
      { numRuns: 8 },
    );
  });

  it('gives the scores of its graph without the graph', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 7 }), async (seed, cols) => {
        const [x] = rowsWithOutliers(3000, cols, 10, seed);
        const state = fit(x, seed, 60);
        const scores = scoreForestFloat32(state, Float32Array.from(x.values));
        const fromGraph = await runGraph(state, x);
        // A row on a cut to the last bit may take another way in a graph that sums projections in another order.
        if (kind === 'axes') expect(scores).toEqual(Float64Array.from(fromGraph));
        else expect(largestGap(fromGraph, scores)).toBeLessThan(1e-5);
      }),
      { numRuns: 6 },
    );
  });

  it('gives constant rows equal scores, in the graph too', async () => {
    const x = matrix(50, 3, new Float64Array(150).fill(2));
    const state = fit(x);
    const scores = score(state, x);
    expect(new Set(scores).size).toBe(1);
    expect(largestGap(await runGraph(state, x), scores)).toBeLessThan(1e-5);
  });

  it('refuses a single row', () => {
    expect(() => fit(matrix(1, 3, new Float64Array(3)))).toThrow('1 rows to isolate');
  });

  it('has attributions that sum to mean path length minus the path length of the row', () => {
    const [x] = rowsWithOutliers(500, 5, 5);
    const state = fit(x);
    const shares = attributePathLength(state, x);
    const scores = score(state, x);
    const scale = averagePathLength(state.subsampleSize);
    const meanPath = (row: number): number => -Math.log2(scores[row]!) * scale;
    const sum = (row: number): number =>
      shares.values.subarray(row * x.cols, (row + 1) * x.cols).reduce((total, value) => total + value, 0);
    for (let row = 1; row < x.rows; row++) {
      expect(sum(row) + meanPath(row)).toBeCloseTo(sum(0) + meanPath(0), 4);
    }
  });

  it('attributes an anomaly to the feature that was shifted', () => {
    const [x] = rowsWithOutliers(1000, 8, 0);
    const state = fit(x);
    const moved = selectMatrixRows(
      x,
      Array.from({ length: 40 }, (_, i) => i),
    );
    for (let i = 0; i < 40; i++) moved.values[i * 8 + (i % 8)]! += 6;
    const shares = attributePathLength(state, moved);
    const top = (row: number): number => {
      const own = shares.values.subarray(row * 8, row * 8 + 8);
      return own.indexOf(Math.max(...own));
    };
    const hits = Array.from({ length: 40 }, (_, row) => top(row) === row % 8).filter(Boolean).length;
    expect(hits).toBeGreaterThanOrEqual(30);
  });

  it('keeps the youngest trees when the oldest are replaced', async () => {
    const [x] = rowsWithOutliers(600, 4, 5);
    const [window] = rowsWithOutliers(400, 4, 5, 9);
    const state = fit(x, 1, 30);
    const renewed = replaceOldestTrees(state, window, 12, 77);
    expect(renewed.trees.offset).toHaveLength(31);
    expect(renewed).toEqual(replaceOldestTrees(state, window, 12, 77));
    // Mean paths: 30 · renewed = kept 18 of the old + 12 grown on the window.
    const alone = fit(window, 77, 12);
    const paths = (forest: ForestState): Float64Array =>
      score(forest, x).map((value) => -Math.log2(value) * averagePathLength(256) * (forest.trees.offset.length - 1));
    const dropped = fit(x, 1, 12);
    const wanted = paths(state).map((sum, i) => sum - paths(dropped)[i]! + paths(alone)[i]!);
    if (kind === 'axes') expect(largestGap(paths(renewed), wanted)).toBeLessThan(1e-6);
    expect(largestGap(await runGraph(renewed, x), score(renewed, x))).toBeLessThan(1e-5);
  });

  it('adapts to a shift when every tree is replaced', () => {
    const [x] = rowsWithOutliers(600, 4, 0);
    const shifted = matrix(
      x.rows,
      x.cols,
      x.values.map((value) => value + 4),
    );
    const state = fit(x);
    const renewed = replaceOldestTrees(state, shifted, 100, 3);
    const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(score(state, shifted))).toBeGreaterThan(0.6);
    expect(mean(score(renewed, shifted))).toBeLessThan(0.52);
  });

  it('refuses a window that is too small and a count that is too large', () => {
    const [x] = rowsWithOutliers(600, 4, 0);
    const state = fit(x);
    const few = selectMatrixRows(
      x,
      Array.from({ length: 255 }, (_, i) => i),
    );
    expect(() => replaceOldestTrees(state, few, 10, 1)).toThrow('255 rows in the window');
    expect(() => replaceOldestTrees(state, x, 101, 1)).toThrow('count is 101');
  });
});

it('grows the same first trees whatever their number', () => {
  const [x] = rowsWithOutliers(500, 3, 5);
  const [few, many] = [fitters.axes(x, 1, 5), fitters.axes(x, 1, 9)];
  expect(many.trees.feature.subarray(0, few.trees.feature.length)).toEqual(few.trees.feature);
});

it('detects broken relations with oblique cuts that axis-parallel cuts miss', () => {
  const [x, labels] = brokenRelation(2000, 40);
  const aucs = [fitters.axes(x), fitters.oblique(x)].map((state) => rocAuc(labels, score(state, x)));
  expect(aucs[1]!).toBeGreaterThan(aucs[0]! + 0.01);
});
