import { expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { HISTOGRAM_BINS } from './histogram-kernel.js';
import { createWorkspace, type Workspace } from './workspace.js';

function plainHistogram({ bins, stride, rows, pairs }: Workspace, begin: number, end: number): Float64Array {
  const sums = new Float64Array(stride * HISTOGRAM_BINS * 2);
  for (const row of rows.subarray(begin, end)) {
    for (let feature = 0; feature < stride; feature++) {
      const at = (feature * HISTOGRAM_BINS + bins[row * stride + feature]!) * 2;
      sums[at]! += pairs[2 * row]!;
      sums[at + 1]! += pairs[2 * row + 1]!;
    }
  }
  return sums;
}

function filledWorkspace(features: number): Workspace {
  const random = createRandom(features);
  const workspace = createWorkspace({ rows: 500, features, histograms: 2 });
  for (let row = 0; row < 500; row++) {
    for (let j = 0; j < features; j++) workspace.bins[row * workspace.stride + j] = random.integer(HISTOGRAM_BINS);
  }
  workspace.rows.set(random.permutation(500));
  workspace.pairs.forEach((_, i) => (workspace.pairs[i] = random.normal()));
  return workspace;
}

it.each([1, 3, 4, 5, 30])('adds and subtracts bit for bit like plain loops, %i features', (features) => {
  const workspace = filledWorkspace(features);
  workspace.fillHistogram(0, 0, 500);
  const whole = plainHistogram(workspace, 0, 500);
  expect(workspace.histograms[0]).toEqual(whole);
  workspace.fillHistogram(1, 40, 130);
  const part = plainHistogram(workspace, 40, 130);
  expect(workspace.histograms[1]).toEqual(part);
  workspace.subtractHistogram(0, 1);
  expect(workspace.histograms[0]).toEqual(whole.map((sum, i) => sum - part[i]!));
});

it('gives an empty histogram for an empty range of rows', () => {
  const workspace = filledWorkspace(4);
  workspace.fillHistogram(0, 0, 500);
  workspace.fillHistogram(0, 20, 20);
  expect(workspace.histograms[0]!.every((sum) => sum === 0)).toBe(true);
});

it('refuses rows that need more than 4 GB', () => {
  expect(() => createWorkspace({ rows: 5e7, features: 100, histograms: 1 })).toThrow(/4096 MB/);
});
