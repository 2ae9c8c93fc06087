import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { boostingGraph, gradientBoosting, toOnnx, type GradientBoostingState } from './index.js';

async function runGraph(state: GradientBoostingState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [boostingGraph.probability]: probability } = await session.run({ [boostingGraph.input]: features });
  await session.release();
  return probability!.data as Float32Array;
}

/** Integer and real columns with missing values, so that a wrong comparison (`<` or `<=`) or missing direction is detected. */
function mixedRows(rows: number, seed: number): { x: Matrix; y: Float64Array } {
  const random = createRandom(seed);
  const cell = (i: number): number => {
    if (random.uniform() < 0.15) return NaN;
    return i % 2 === 0 ? random.integer(5) - 2 : random.normal();
  };
  const values = Float64Array.from({ length: rows * 6 }, (_, i) => cell(i));
  const y = Float64Array.from({ length: rows }, (_, i) => ((values[i * 6] || 1) + random.normal() > 0.3 ? 1 : 0));
  return { x: matrix(rows, 6, values), y };
}

function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);
}

it('agrees with predict to 1e-6, missing and unseen values included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
      const { x, y } = mixedRows(400, seed);
      const state = gradientBoosting.fit({ nEstimators: 30 }, x, y, quietContext(seed));
      const unseen = mixedRows(300, seed + 1).x;
      const answers = await runGraph(state, unseen);
      expect(largestGap(answers, gradientBoosting.predict(state, unseen))).toBeLessThan(1e-6);
    }),
    { numRuns: 8 },
  );
});

it('encodes trees that are a single leaf', async () => {
  const x = matrix(4, 1, new Float64Array(4).fill(1));
  const state = gradientBoosting.fit({ nEstimators: 3 }, x, [1, 0, 0, 0], quietContext(0));
  expect(largestGap(await runGraph(state, x), new Float64Array(4).fill(0.25))).toBeLessThan(1e-6);
});

it('gives the same bytes for the same state', () => {
  const { x, y } = mixedRows(100, 3);
  const bytes = (): Uint8Array => toOnnx(gradientBoosting.fit({ nEstimators: 5 }, x, y, quietContext(0)));
  expect(bytes()).toEqual(bytes());
});
