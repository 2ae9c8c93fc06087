import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { matrix, selectMatrixRows } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { boostingGraph, gradientBoosting, toOnnx } from './index.js';

function amounts(rows: number, seed: number) {
  const random = createRandom(seed);
  const x = matrix(
    rows,
    2,
    Float64Array.from({ length: rows * 2 }, () => random.uniform() * 10),
  );
  const y = Float64Array.from({ length: rows }, (_, i) => 100 * x.values[2 * i]! + 50 * random.normal());
  return { x, y };
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('squared', () => {
  it('predicts the mean when no split is allowed', () => {
    const { x, y } = amounts(200, 1);
    const state = gradientBoosting.fit({ objective: 'squared', gamma: 1e12, nEstimators: 3 }, x, y, quietContext(0));
    for (const value of gradientBoosting.predict(state, x)) expect(value / mean(y)).toBeCloseTo(1, 6);
  });

  it('treats weight 2 as the row repeated twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), (seed) => {
        const { x, y } = amounts(60, seed);
        const weights = Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 2));
        const twice = Array.from({ length: 60 }, (_, i) => (i % 2 ? [i, i] : [i])).flat();
        const params = { objective: 'squared', nEstimators: 5, maxDepth: 3 };
        const weighted = gradientBoosting.fit(params, x, y, { ...quietContext(0), weights });
        const repeated = twice.map((row) => y[row]!);
        const copied = gradientBoosting.fit(params, selectMatrixRows(x, twice), repeated, quietContext(0));
        const answers = gradientBoosting.predict(copied, x);
        gradientBoosting.predict(weighted, x).forEach((value, i) => expect(value).toBeCloseTo(answers[i]!, 2));
      }),
      { numRuns: 10 },
    );
  });

  it('agrees with predict through ONNX, without a probability output', async () => {
    const { x, y } = amounts(300, 2);
    const state = gradientBoosting.fit({ objective: 'squared', nEstimators: 20 }, x, y, quietContext(0));
    const session = await InferenceSession.create(toOnnx(state));
    expect(session.outputNames).toEqual([boostingGraph.margin]);
    const input = new Tensor('float32', Float32Array.from(x.values), [x.rows, 2]);
    const { data } = (await session.run({ [boostingGraph.input]: input }))[boostingGraph.margin]!;
    gradientBoosting.predict(state, x).forEach((value, i) => expect(data[i]).toBeCloseTo(value, 2));
    await session.release();
  });
});

describe('quantile', () => {
  it.each([0.1, 0.5, 0.9])('has the share %d of new rows below its prediction', (level) => {
    const { x, y } = amounts(4000, 3);
    const params = { objective: 'quantile', quantile: level, nEstimators: 60, maxDepth: 3, minChildWeight: 20 };
    const state = gradientBoosting.fit(params, x, y, quietContext(0));
    const fresh = amounts(4000, 4);
    const answers = gradientBoosting.predict(state, fresh.x);
    const below = mean(answers.map((answer, i) => (fresh.y[i]! <= answer ? 1 : 0)));
    expect(Math.abs(below - level)).toBeLessThan(0.03);
  });

  it('raises the median when high values weigh more', () => {
    const { x, y } = amounts(500, 5);
    const weights = y.map((value) => (value > 500 ? 5 : 1));
    const params = { objective: 'quantile', nEstimators: 1, gamma: 1e12, eta: 1 };
    const plain = gradientBoosting.predict(gradientBoosting.fit(params, x, y, quietContext(0)), x)[0]!;
    const context = { ...quietContext(0), weights };
    expect(gradientBoosting.predict(gradientBoosting.fit(params, x, y, context), x)[0]).toBeGreaterThan(plain + 50);
  });

  it('refuses monotone constraints, which quantile leaves cannot keep', () => {
    const { x, y } = amounts(50, 6);
    const fit = () => gradientBoosting.fit({ objective: 'quantile', monotone: [1, 0] }, x, y, quietContext(0));
    expect(fit).toThrow('monotone');
  });
});
