import { describe, expect, it } from 'vitest';
import type { TrainContext } from '../../../contracts/model-definition.js';
import { type FitContext, quietContext } from '../../estimator.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { gradientBoosting } from './gradient-boosting.js';
import { openBoostingFits } from './resumable-fits.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';

const random = createRandom(11);
const [ROWS, COLS] = [300, 5];
const values = Float64Array.from({ length: ROWS * COLS }, () => (random.uniform() < 0.1 ? NaN : random.normal()));
const x: Matrix = matrix(ROWS, COLS, values);
const risk = Float64Array.from({ length: ROWS }, (_, i) => (values[i * COLS] || 0) + random.normal());
const labels = risk.map((value) => Number(value > 0));
const validation = { x, y: labels.map((label, i) => (i % 7 === 0 ? 1 - label : label)) };
const weights = Float64Array.from({ length: ROWS }, (_, i) => 1 + (i % 3));

interface Wanted {
  readonly params: object;
  readonly y: Float64Array;
  readonly context: FitContext;
}

const settings = { nEstimators: 30, maxDepth: 3, subsample: 0.7, colsample: 0.6 };
const context = quietContext(5);
/** Every objective and every part of a context that a fit depends on. */
const fits: readonly Wanted[] = [
  { params: settings, y: labels, context: { ...context, weights } },
  { params: { ...settings, earlyStoppingRounds: 3 }, y: labels, context: { ...context, validation } },
  { params: { ...settings, objective: 'squared', monotone: [1, 0, 0, -1, 0] }, y: risk, context },
  { params: { ...settings, objective: 'quantile', quantile: 0.9 }, y: risk, context },
  {
    params: settings,
    y: labels,
    context: { ...context, adjustDerivatives: (margins, pairs) => (pairs[0] = Math.fround(pairs[0]! + margins[1]!)) },
  },
];
const plain = fits.map((fit) => gradientBoosting.fit(fit.params, x, fit.y, fit.context));

/** Keeps the bytes between attempts; due before every `every`-th tree. */
function memoryCheckpoint(every: number) {
  let saved: Uint8Array | null = null;
  let asked = 0;
  let saves = 0;
  const checkpoint: TrainContext['checkpoint'] = {
    load: () => Promise.resolve(saved),
    save: (bytes) => {
      saved = bytes.slice();
      saves += 1;
      return Promise.resolve();
    },
    isDue: () => ++asked % every === 0,
  };
  return { checkpoint, saves: () => saves, replace: (bytes: Uint8Array) => void (saved = bytes) };
}

/** All fits in a row; killed when `rounds` trees have been grown. @returns the states, and how many trees were grown. */
async function train(checkpoint: TrainContext['checkpoint'], rounds = Infinity) {
  const opened = await openBoostingFits(checkpoint);
  let grown = 0;
  const onProgress = (): void => {
    if (++grown > rounds) throw new Error('killed');
  };
  const states: object[] = [];
  for (const { params, y, context: given } of fits)
    states.push(await opened.fit(params, x, y, { ...given, onProgress }));
  return { states, grown };
}

describe('boosting with checkpoints', () => {
  it('gives the states of fits without, and saves whenever the checkpoint is due', async () => {
    const { checkpoint, saves } = memoryCheckpoint(10);
    const { states, grown } = await train(checkpoint);
    expect(states).toEqual(plain);
    expect(saves()).toBe(Math.floor(grown / 10));
  });

  it.each([1, 9, 10, 11, 29, 30, 31, 44, 61, 90, 115, 129])(
    'continues a training killed after %i trees from the last checkpoint, with the same states',
    async (rounds) => {
      const { checkpoint } = memoryCheckpoint(10);
      await expect(train(checkpoint, rounds)).rejects.toThrow('killed');
      const all = (await train(memoryCheckpoint(10).checkpoint)).grown;
      const { states, grown } = await train(checkpoint);
      expect(states).toEqual(plain);
      expect(grown).toBe(all - Math.floor(rounds / 10) * 10);
    },
  );

  it('grows nothing again when it was killed after the last tree', async () => {
    const { checkpoint } = memoryCheckpoint(1);
    await train(checkpoint);
    expect(await train(checkpoint)).toEqual({ states: plain, grown: 0 });
  });

  it('does not take the trees of another fit', async () => {
    const { checkpoint } = memoryCheckpoint(1);
    await (await openBoostingFits(checkpoint)).fit({ ...settings, maxDepth: 2 }, x, labels, context);
    expect((await train(checkpoint)).states).toEqual(plain);
  });

  it('keeps every bit of a tree, and refuses bytes that are no trees', () => {
    const tree = {
      ...{ feature: [3, 0, 0], threshold: [Infinity, 0, 0], left: [1, -1, -1], right: [2, -1, -1] },
      ...{ missingLeft: [1, 0, 0], value: [0, -0, 1e-310], gain: [0.1 + 0.2, 0, 0], cover: [2, 1, 1] },
    };
    const bytes = writeCheckpoint([
      { fingerprint: 'a', trees: [tree, tree] },
      { fingerprint: 'b', trees: [] },
    ]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const found = readCheckpoint(shifted.subarray(1));
    expect(found.map(({ fingerprint, trees }) => [fingerprint, trees.length])).toEqual([
      ['a', 2],
      ['b', 0],
    ]);
    expect(found[0]!.trees[1]).toEqual(tree);
    expect(Object.is(found[0]!.trees[1]!.value[1], -0)).toBe(true);
    for (const damaged of [
      bytes.slice(0, -8),
      bytes.slice(0, 2),
      new Uint8Array(64),
      new Uint8Array([9, 0, 0, 0, 123]),
    ])
      expect(() => readCheckpoint(damaged)).toThrow(expect.objectContaining({ code: 'MALFORMED_FILE' }) as Error);
  });
});
