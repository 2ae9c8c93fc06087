import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkUnsupervised } from '../../../tests/support/check-estimator.js';
import { quietContext } from '../../estimator.js';
import { matrix, matrixFromRows, type Matrix } from '../../numeric/matrix/index.js';
import { rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import {
  distanceGraph,
  neighbourDistance,
  referenceDistance,
  renewReferences,
  toOnnx,
  type ReferenceDistanceState,
} from './index.js';

checkUnsupervised(referenceDistance, { params: { sets: 8 } });
checkUnsupervised(neighbourDistance, { params: { references: 40 } });

const normalRows = (rows: number, cols: number, seed: number): Matrix => {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => random.normal()),
  );
};
const fitters = {
  references: (x: Matrix): ReferenceDistanceState =>
    referenceDistance.fit({ sets: 16, references: 8 }, x, quietContext(2)),
  'compressed references': (x: Matrix): ReferenceDistanceState =>
    referenceDistance.fit({ sets: 16, references: 8, compressed: true }, x, quietContext(2)),
};
const score = (state: ReferenceDistanceState, x: Matrix): Float64Array => referenceDistance.predict(state, x);

async function runGraph(state: ReferenceDistanceState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [distanceGraph.score]: scores } = await session.run({ [distanceGraph.input]: features });
  await session.release();
  return scores!.data as Float32Array;
}

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);

/** The last rows form a tight cluster away from the others. */
function rowsWithCluster(rows: number, odd: number): [Matrix, Float64Array] {
  const x = normalRows(rows, 5, 3);
  for (let i = (rows - odd) * 5; i < rows * 5; i++) x.values[i] = 3.5 + 0.01 * x.values[i]!;
  return [x, Float64Array.from({ length: rows }, (_, i) => (i >= rows - odd ? 1 : 0))];
}

describe.each(Object.keys(fitters) as (keyof typeof fitters)[])('distance to %s', (kind) => {
  const fit = fitters[kind];

  it('exports a graph that agrees with predict to 1e-5, references and duplicates included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 2, max: 300 }),
        fc.boolean(),
        async (seed, rows, whole) => {
          const x = normalRows(rows, 3, seed);
          if (whole) x.values.forEach((value, i) => (x.values[i] = Math.round(value)));
          const state = fit(x);
          expect(largestGap(await runGraph(state, x), score(state, x))).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('gives constant rows distance 0, in the graph too', async () => {
    const x = matrix(20, 2, new Float64Array(40).fill(7));
    const state = fit(x);
    expect(Math.max(...score(state, x))).toBe(0);
    expect(Math.max(...(await runGraph(state, x)))).toBe(0);
  });

  it('fits a single row', async () => {
    const x = matrix(1, 2, Float64Array.of(1, 2));
    const state = fit(x);
    expect([...score(state, x)]).toEqual([0]);
    expect([...(await runGraph(state, x))]).toEqual([0]);
  });

  it('scores shifted rows as ordinary after renewal on a shifted window', () => {
    const x = normalRows(400, 3, 5);
    const shifted = matrix(
      400,
      3,
      x.values.map((value) => value + 8),
    );
    const state = fit(x);
    const mean = (of: ReferenceDistanceState): number =>
      score(of, shifted).reduce((sum, value) => sum + value, 0) / 400;
    const [half, all] = [0.5, 1].map((share) => renewReferences(state, shifted, { share, seed: 4 }));
    expect(mean(half!)).toBeLessThan(mean(state));
    expect(mean(all!)).toBeLessThan(mean(state) / 4);
    expect(half).toEqual(renewReferences(state, shifted, { share: 0.5, seed: 4 }));
    expect(half!.references).toHaveLength(state.references.length);
  });

  it('is invariant to the units of features', () => {
    const x = normalRows(200, 3, 5);
    const scaled = matrix(
      200,
      3,
      x.values.map((value, i) => value * [1, 1000, 0.01][i % 3]! + 5),
    );
    expect(largestGap(score(fit(scaled), scaled), score(fit(x), x))).toBeLessThan(1e-4);
  });
});

it('equals the mean distance to the nearest neighbours computed by hand', () => {
  const line = matrixFromRows([[0], [1], [3], [6], [10]]);
  const state = neighbourDistance.fit({ neighbours: 2 }, line, quietContext(0));
  const deviation = Math.sqrt([16, 9, 1, 4, 36].reduce((a, b) => a + b) / 5);
  const wanted = [
    [1, 3],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 7],
  ].map(([a, b]) => (a! + b!) / 2 / deviation);
  expect(largestGap(neighbourDistance.predict(state, line), wanted)).toBeLessThan(1e-6);
});

it('misses a cluster of anomalies by nearest neighbours and detects it by few references', () => {
  const [x, labels] = rowsWithCluster(2000, 30);
  const auc = (kind: keyof typeof fitters): number => rocAuc(labels, score(fitters[kind](x), x));
  expect(auc('references')).toBeGreaterThan(0.99);
  expect(rocAuc(labels, neighbourDistance.predict(neighbourDistance.fit({}, x, quietContext(1)), x))).toBeLessThan(0.2);
});
