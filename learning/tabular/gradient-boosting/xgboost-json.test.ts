import { expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { gradientBoosting, predictMargin, toXgboostJson } from './index.js';

interface XgboostTree {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly parents: readonly number[];
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly default_left: readonly number[];
}

const random = createRandom(12);
const x = matrix(
  300,
  3,
  Float64Array.from({ length: 900 }, () => (random.uniform() < 0.1 ? NaN : random.normal())),
);
const y = Float64Array.from({ length: 300 }, (_, i) => ((x.values[3 * i] || 0) + random.normal() > 0 ? 1 : 0));
const state = gradientBoosting.fit({ nEstimators: 12, maxDepth: 4 }, x, y, quietContext(0));

function readModel(text: string) {
  const { learner } = JSON.parse(text) as {
    learner: {
      feature_names: string[];
      gradient_booster: { model: { trees: XgboostTree[] } };
      learner_model_param: { base_score: string };
    };
  };
  const base = (JSON.parse(learner.learner_model_param.base_score) as [number])[0];
  return { names: learner.feature_names, trees: learner.gradient_booster.model.trees, base };
}

/** Evaluates a tree as XGBoost does; tests/parity runs XGBoost itself where it is installed. */
function leafOf(tree: XgboostTree, row: Float32Array): number {
  let node = 0;
  while (tree.left_children[node] !== -1) {
    const value = row[tree.split_indices[node]!]!;
    const left = Number.isNaN(value) ? tree.default_left[node] === 1 : value < tree.split_conditions[node]!;
    node = left ? tree.left_children[node]! : tree.right_children[node]!;
  }
  return tree.split_conditions[node]!;
}

it('describes the same function as predictMargin', () => {
  const { trees, base } = readModel(toXgboostJson(state));
  const margins = predictMargin(state, x);
  for (let i = 0; i < 300; i++) {
    const row = Float32Array.from(x.values.subarray(3 * i, 3 * i + 3));
    const margin = trees.reduce((sum, tree) => sum + leafOf(tree, row), Math.log(base / (1 - base)));
    expect(margin).toBeCloseTo(margins[i]!, 5);
  }
});

it('writes the parent of each node, and the root marker for the root', () => {
  for (const tree of readModel(toXgboostJson(state)).trees) {
    expect(tree.parents[0]).toBe(2_147_483_647);
    tree.parents.forEach((parent, node) => {
      if (node > 0) expect([tree.left_children[parent], tree.right_children[parent]]).toContain(node);
    });
  }
});

it('keeps feature names with special characters and writes floats with an exponent', () => {
  const names = ['age', 'split_conditions', '1,2'];
  const text = toXgboostJson(state, names);
  expect(readModel(text).names).toEqual(names);
  expect(text).toMatch(/"base_weights":\[[-\d.]+e[+-]\d+,/);
});
