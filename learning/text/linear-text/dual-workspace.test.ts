import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { createDualWorkspace } from './dual-workspace.js';
import type { SparseRows } from './text-features.js';

/** Rows with 0 to 9 entries in random columns, ascending. */
function randomRows(rows: number, cols: number, seed: number): SparseRows {
  const random = createRandom(seed);
  const columns = Array.from({ length: rows }, (_, row) =>
    random
      .permutation(cols)
      .slice(0, row % 10)
      .sort(),
  );
  const starts = new Int32Array(rows + 1);
  columns.forEach((of, row) => (starts[row + 1] = starts[row]! + of.length));
  const indices = Int32Array.from(columns.flatMap((of) => [...of]));
  return { rows, cols, starts, indices, values: Float32Array.from(indices, () => random.normal()) };
}

/** The same by plain loops. */
function plainLoops(x: SparseRows, classes: number) {
  const weights = new Float32Array((x.cols + 1) * classes);
  const entries = (row: number): [column: number, value: number][] => [
    [x.cols, 1],
    ...Array.from({ length: x.starts[row + 1]! - x.starts[row]! }, (_, i): [number, number] => {
      const at = x.starts[row]! + i;
      return [x.indices[at]!, x.values[at]!];
    }),
  ];
  return {
    weights,
    scoreRow(row: number): Float64Array {
      const scores = new Float64Array(classes);
      for (const [column, value] of entries(row))
        for (let k = 0; k < classes; k++) scores[k]! += value * weights[column * classes + k]!;
      return scores;
    },
    addRow(row: number, step: Float64Array): void {
      for (const [column, value] of entries(row))
        for (let k = 0; k < classes; k++) weights[column * classes + k]! += value * step[k]!;
    },
  };
}

describe('createDualWorkspace', () => {
  it.each([1, 2, 3, 4, 5, 8, 150])('scores and adds rows bit for bit like plain loops, %i classes', (classes) => {
    const x = randomRows(40, 25, classes);
    const [workspace, plain, random] = [createDualWorkspace(x, classes), plainLoops(x, classes), createRandom(7)];
    for (let row = 0; row < 2 * x.rows; row++) {
      const step = Float64Array.from({ length: classes }, () => random.normal());
      workspace.scoreRow(row % x.rows);
      expect(workspace.scores).toEqual(plain.scoreRow(row % x.rows));
      workspace.step.set(step);
      workspace.addRow(row % x.rows);
      plain.addRow(row % x.rows, step);
    }
    expect(workspace.copyWeights()).toEqual(plain.weights);
  });

  it('scales the weights', () => {
    const workspace = createDualWorkspace(randomRows(10, 5, 1), 3);
    workspace.step.set([1, 2, 4]);
    workspace.addRow(0);
    workspace.rescale(0.5);
    expect([...workspace.copyWeights().slice(-3)]).toEqual([0.5, 1, 2]);
  });

  it('refuses more weights than 4 GB hold', () => {
    const x = { ...randomRows(1, 5, 1), cols: 2 ** 20 };
    expect(() => createDualWorkspace(x, 2000)).toThrow('the n-grams and intents need');
  });
});
