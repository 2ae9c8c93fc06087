import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { gradientBoosting, predictMargin } from '../../tabular/gradient-boosting/index.js';
import type { GradientBoostingState } from '../../tabular/gradient-boosting/state.js';
import type { RegressionTree } from '../../tabular/gradient-boosting/tree.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { treeShap } from './tree-shap.js';

/** Expected margin when only the features of `known` are: the definition that TreeSHAP computes quickly. */
function conditional(tree: RegressionTree, row: Float32Array, known: number, node = 0): number {
  const left = tree.left[node]!;
  if (left < 0) return tree.value[node]!;
  const right = tree.right[node]!;
  const feature = tree.feature[node]!;
  const visit = (child: number): number => conditional(tree, row, known, child);
  if ((known >> feature) & 1) {
    const value = row[feature]!;
    const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node]!;
    return visit(goesLeft ? left : right);
  }
  const cover = tree.cover[left]! + tree.cover[right]!;
  return (tree.cover[left]! * visit(left) + tree.cover[right]! * visit(right)) / cover;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const size = (set: number): number => (set === 0 ? 0 : (set & 1) + size(set >> 1));

/** Shapley's formula over every coalition. */
function shapley({ trees, featureCount: p }: GradientBoostingState, row: Float32Array, feature: number): number {
  let sum = 0;
  for (let known = 0; known < 1 << p; known++) {
    if ((known >> feature) & 1) continue;
    const s = size(known);
    const weight = (factorial(s) * factorial(p - s - 1)) / factorial(p);
    const gain = (tree: RegressionTree): number =>
      conditional(tree, row, known | (1 << feature)) - conditional(tree, row, known);
    sum += weight * trees.reduce((total, tree) => total + gain(tree), 0);
  }
  return sum;
}

function sample(rows: number, cols: number, seed: number, missing = 0): { x: Matrix; y: Float64Array } {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: rows * cols }, () =>
    random.uniform() < missing ? NaN : Math.round(random.normal() * 4) / 4,
  );
  const score = (i: number): number => (values[i * cols] || 0) * 2 - (values[i * cols + 1] || 0) + random.normal();
  return { x: matrix(rows, cols, values), y: Float64Array.from({ length: rows }, (_, i) => (score(i) > 0 ? 1 : 0)) };
}

describe('treeShap', () => {
  it('equals the Shapley formula over all coalitions', () => {
    const { x, y } = sample(300, 5, 1, 0.1);
    const state = gradientBoosting.fit({ nEstimators: 6, maxDepth: 4 }, x, y, quietContext(1));
    const few = matrix(20, 5, x.values.slice(0, 100));
    const found = treeShap(state, few);
    for (let i = 0; i < few.rows; i++) {
      const row = Float32Array.from(few.values.subarray(i * 5, (i + 1) * 5));
      for (let j = 0; j < 5; j++) expect(found.values[i * 6 + j]).toBeCloseTo(shapley(state, row, j), 10);
    }
  });

  it('sums to the margin to 1e-6 for any trees', () => {
    const shape = fc.record({
      maxDepth: fc.integer({ min: 1, max: 7 }),
      nEstimators: fc.integer({ min: 1, max: 20 }),
      subsample: fc.constantFrom(0.3, 1),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(shape, ({ seed, ...params }) => {
        const { x, y } = sample(120, 6, seed, 0.15);
        const state = gradientBoosting.fit({ ...params, minChildWeight: 0 }, x, y, quietContext(seed));
        const found = treeShap(state, x);
        const margin = predictMargin(state, x);
        for (let i = 0; i < x.rows; i++) {
          const sum = found.values.subarray(i * 7, (i + 1) * 7).reduce((total, value) => total + value, 0);
          expect(Math.abs(sum - margin[i]!)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('gives a feature that no tree splits on a contribution of 0', () => {
    const { x, y } = sample(200, 3, 4);
    const constant = matrix(
      200,
      3,
      Float64Array.from(x.values, (value, at) => (at % 3 === 2 ? 7 : value)),
    );
    const found = treeShap(gradientBoosting.fit({ nEstimators: 5 }, constant, y, quietContext(4)), constant);
    for (let i = 0; i < x.rows; i++) expect(found.values[i * 4 + 2]).toBe(0);
  });

  it('refuses rows of another width', () => {
    const { x, y } = sample(50, 3, 5);
    const state = gradientBoosting.fit({ nEstimators: 2 }, x, y, quietContext(5));
    expect(() => treeShap(state, matrix(1, 2, new Float64Array(2)))).toThrow('2');
  });
});
