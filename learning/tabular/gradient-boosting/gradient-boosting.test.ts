import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEstimator } from '../../../tests/support/check-estimator.js';
import { quietContext, type FitContext } from '../../estimator.js';
import { matrix, selectMatrixRows, type Matrix } from '../../numeric/matrix/index.js';
import { logLoss, rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { encodeState } from '../../artefact/state-json.js';
import { gainImportance, gradientBoosting, predictMargin } from './index.js';

checkEstimator(gradientBoosting, { params: { nEstimators: 5, minChildWeight: 0.1 }, labels: 'binary' });

interface Sample {
  readonly x: Matrix;
  readonly y: Float64Array;
}

/** Labels follow the first three of `cols` features; `missing` of all cells are NaN. */
function sample(rows: number, seed: number, { cols = 5, missing = 0.1 } = {}): Sample {
  const random = createRandom(seed);
  const x = matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, (_, i) => (i % cols === 1 ? random.integer(6) : random.normal())),
  );
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = x.values.subarray(i * cols, i * cols + 3) as unknown as [number, number, number];
    return random.uniform() < 1 / (1 + Math.exp(-(a + 0.4 * (b - 2.5) + a * c))) ? 1 : 0;
  });
  for (let i = 0; i < x.values.length; i++) if (random.uniform() < missing) x.values[i] = NaN;
  return { x, y };
}

const fit = (params: Record<string, unknown>, { x, y }: Sample, context: Partial<FitContext> = {}) =>
  gradientBoosting.fit(params, x, y, { ...quietContext(11), ...context });

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (fault) {
    return fault;
  }
};

const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe('properties', () => {
  it('treats weight 2 as the row repeated twice', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = sample(120, seed);
        const random = createRandom(seed);
        const weights = Float64Array.from({ length: 120 }, () => 1 + random.integer(2));
        const rows = [...weights.keys()].flatMap((row) => Array<number>(weights[row]!).fill(row));
        const doubled = { x: selectMatrixRows(x, rows), y: Float64Array.from(rows, (row) => y[row]!) };
        const params = { nEstimators: 8, maxDepth: 4, maxBins: 16 };
        const weighted = predictMargin(fit(params, { x, y }, { weights }), x);
        const repeated = predictMargin(fit(params, doubled), x);
        weighted.forEach((margin, row) => expect(margin).toBeCloseTo(repeated[row]!, 4));
      }),
      { numRuns: 25 },
    );
  });

  it('ignores rows of weight 0', () => {
    const { x, y } = sample(200, 5);
    const weights = Float64Array.from({ length: 200 }, (_, row) => (row < 150 ? 1 : 0));
    const rows = [...weights.keys()].filter((row) => weights[row] === 1);
    const fewer = { x: selectMatrixRows(x, rows), y: y.slice(0, 150) };
    const [weighted, removed] = [fit({ nEstimators: 10 }, { x, y }, { weights }), fit({ nEstimators: 10 }, fewer)];
    expect(weighted.trees).toEqual(removed.trees);
  });

  it('keeps a monotone constraint for any row and any step along the feature', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, -1), (seed, direction) => {
        const data = sample(250, seed);
        const state = fit({ nEstimators: 15, maxDepth: 5, minChildWeight: 0, monotone: [direction, 0, 0, 0, 0] }, data);
        const random = createRandom(seed);
        const steps = Float64Array.from({ length: 40 }, () => 3 * random.normal()).sort();
        const row = Float64Array.from({ length: 5 }, () => (random.uniform() < 0.2 ? NaN : random.normal()));
        const grid = matrix(
          40,
          5,
          Float64Array.from({ length: 200 }, (_, i) => row[i % 5]!),
        );
        steps.forEach((step, i) => (grid.values[i * 5] = step));
        const margin = predictMargin(state, grid);
        for (let i = 1; i < 40; i++) expect(direction * (margin[i]! - margin[i - 1]!)).toBeGreaterThanOrEqual(-1e-6);
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = sample(200, seed);
        const order = createRandom(seed).permutation(200);
        const shuffled = { x: selectMatrixRows(x, order), y: Float64Array.from(order, (row) => y[row]!) };
        const [a, b] = [fit({ nEstimators: 10 }, { x, y }), fit({ nEstimators: 10 }, shuffled)];
        const [straight, mixed] = [predictMargin(a, x), predictMargin(b, x)];
        straight.forEach((margin, row) => expect(mixed[row]).toBeCloseTo(margin, 4));
      }),
      { numRuns: 25 },
    );
  });

  it('is invariant under strictly increasing transformations of a feature', () => {
    const { x, y } = sample(300, 21);
    const bent = { ...x, values: x.values.map((value, i) => (i % 5 === 0 ? value ** 3 + 2 * value : value)) };
    const [a, b] = [fit({ nEstimators: 20 }, { x, y }), fit({ nEstimators: 20 }, { x: bent, y })];
    expect(gradientBoosting.predict(b, bent)).toEqual(gradientBoosting.predict(a, x));
  });
});

describe('missing values', () => {
  const oneFeature = (values: number[]): Matrix => matrix(values.length, 1, Float64Array.from(values));

  it.each([
    ['left, where low values are', 0],
    ['right, where high values are', 1],
  ])('go %s when their labels match that side', (_, missingLabel) => {
    const x = oneFeature([...Array<number>(20).fill(1), ...Array<number>(20).fill(9), ...Array<number>(20).fill(NaN)]);
    const y = [...Array<number>(20).fill(0), ...Array<number>(20).fill(1), ...Array<number>(20).fill(missingLabel)];
    const state = gradientBoosting.fit({ nEstimators: 30, maxDepth: 1 }, x, y, quietContext(0));
    const [low, high, unknown] = gradientBoosting.predict(state, oneFeature([1, 9, NaN])) as unknown as number[];
    expect(unknown).toBe(missingLabel === 0 ? low : high);
  });

  it('are separated from all values when missingness predicts the label', () => {
    const x = oneFeature(Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? NaN : i)));
    const y = Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const state = gradientBoosting.fit({ nEstimators: 30 }, x, y, quietContext(0));
    const [missing, low, high] = gradientBoosting.predict(state, oneFeature([NaN, -1e6, 1e6])) as unknown as number[];
    expect(missing).toBeGreaterThan(0.9);
    expect(Math.max(low!, high!)).toBeLessThan(0.1);
  });

  it('leave the trees unchanged in a feature that is always missing', () => {
    const { x, y } = sample(150, 9, { missing: 0 });
    const wider = matrix(
      150,
      6,
      Float64Array.from({ length: 900 }, (_, i) => (i % 6 === 5 ? NaN : x.values[Math.floor(i / 6) * 5 + (i % 6)]!)),
    );
    const [a, b] = [fit({ nEstimators: 10 }, { x, y }), fit({ nEstimators: 10 }, { x: wider, y })];
    expect(b.trees).toEqual(a.trees);
  });
});

describe('edge cases', () => {
  it('predicts the share of positives when all features are constant', () => {
    const x = matrix(10, 2, new Float64Array(20).fill(4));
    const state = gradientBoosting.fit({}, x, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0], quietContext(0));
    for (const probability of gradientBoosting.predict(state, x)) expect(probability).toBeCloseTo(0.3, 6);
    expect(gainImportance(state)).toEqual([0, 0]);
  });

  it.each([0, 1])('throws SINGLE_CLASS for labels that are all %i', (label) => {
    const { x } = sample(20, 1);
    expect(thrownBy(() => fit({}, { x, y: new Float64Array(20).fill(label) }))).toMatchObject({ code: 'SINGLE_CLASS' });
  });

  it('throws INVALID_VALUE with the row for a label other than 0 and 1', () => {
    const { x, y } = sample(20, 1);
    y[7] = 2;
    expect(thrownBy(() => fit({}, { x, y }))).toMatchObject({ code: 'INVALID_VALUE', details: { row: 7 } });
  });

  it('throws NOT_FINITE with row and column for a value beyond float32', () => {
    const { x, y } = sample(20, 1);
    x.values[13] = 1e39;
    const fault = thrownBy(() => fit({}, { x, y }));
    expect(fault).toMatchObject({ code: 'NOT_FINITE', details: { row: 2, column: 3 } });
  });

  it.each([{ weights: [1, 2] }, { weights: Array<number>(20).fill(-1) }, { weights: Array<number>(20).fill(0) }])(
    'refuses weights %#',
    ({ weights }) => {
      const fault = thrownBy(() => fit({}, sample(20, 1), { weights }));
      expect(fault).toMatchObject({ code: weights.length === 2 ? 'SHAPE_MISMATCH' : 'INVALID_INPUT' });
    },
  );

  it.each([
    { maxDepth: 0 },
    { eta: 0 },
    { maxBins: 257 },
    { subsample: 1.5 },
    { monotone: [1] },
    { earlyStoppingRounds: 5 },
  ])('refuses %o', (params) => {
    expect(thrownBy(() => fit(params, sample(20, 1)))).toMatchObject({ code: 'INVALID_HYPERPARAMETERS' });
  });

  it('splits on a cut in the last bin when all 256 bins are in use and no value is missing', () => {
    const x = matrix(
      2000,
      1,
      Float64Array.from({ length: 2000 }, (_, i) => i),
    );
    const y = Array.from({ length: 2000 }, (_, i) => (i >= 1990 ? 1 : 0));
    const state = gradientBoosting.fit({ nEstimators: 40, minChildWeight: 0 }, x, y, quietContext(0));
    expect(gradientBoosting.predict(state, matrix(2, 1, Float64Array.of(1000, 1999)))[1]).toBeGreaterThan(0.5);
  });
});

describe('regularisation and sampling', () => {
  const data = sample(600, 33);

  it('makes trees smaller or leaf values shorter with gamma, alpha, lambda and child weight', () => {
    const splits = (params: Record<string, unknown>): number =>
      fit({ nEstimators: 10, ...params }, data).trees.reduce((sum, tree) => sum + tree.left.length, 0);
    const reach = (params: Record<string, unknown>): number =>
      Math.max(...predictMargin(fit({ nEstimators: 10, ...params }, data), data.x).map(Math.abs));
    expect(splits({ gamma: 5 })).toBeLessThan(splits({}));
    expect(splits({ minChildWeight: 20 })).toBeLessThan(splits({}));
    expect(reach({ alpha: 10 })).toBeLessThan(reach({}));
    expect(reach({ lambda: 100 })).toBeLessThan(reach({}));
  });

  it('keeps only splits that gain at least gamma', () => {
    const { trees } = fit({ nEstimators: 10, gamma: 3 }, data);
    const gains = trees.flatMap((tree) => tree.gain.filter((_, node) => tree.left[node]! >= 0));
    expect(gains.length).toBeGreaterThan(0);
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(3);
  });

  it('samples rows and features by the seed only', () => {
    const params = { nEstimators: 10, subsample: 0.6, colsample: 0.5 };
    const withSeed = (seed: number): string => encodeState(fit(params, data, { seed }));
    expect(withSeed(1)).toBe(withSeed(1));
    expect(withSeed(1)).not.toBe(withSeed(2));
    expect(encodeState(fit({ nEstimators: 10 }, data, { seed: 1 }))).toBe(
      encodeState(fit({ nEstimators: 10 }, data, { seed: 2 })),
    );
  });

  it('splits each tree only on the features drawn for it', () => {
    const { trees } = fit({ nEstimators: 20, colsample: 0.4 }, data);
    for (const tree of trees) {
      const used = new Set(tree.feature.filter((_, node) => tree.left[node]! >= 0));
      expect(used.size).toBeLessThanOrEqual(2);
    }
  });

  it('keeps the trees up to the best validation loss with early stopping', () => {
    const validation = sample(400, 34);
    const params = { nEstimators: 300, eta: 0.3 };
    const stopped = fit({ ...params, earlyStoppingRounds: 10 }, data, { validation });
    const loss = (trees: number): number => {
      const state = { ...whole, trees: whole.trees.slice(0, trees) };
      return logLoss(validation.y, gradientBoosting.predict(state, validation.x));
    };
    const whole = fit({ ...params, nEstimators: stopped.trees.length + 10 }, data);
    expect(stopped.trees.length).toBeLessThan(300);
    const losses = Array.from({ length: whole.trees.length }, (_, i) => loss(i + 1));
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(stopped.trees.length);
  });
});

describe('learning', () => {
  it('ranks unseen rows well above chance and attributes importance to the informative features', () => {
    const state = fit({ nEstimators: 60, maxDepth: 4 }, sample(2000, 50));
    const test = sample(2000, 51);
    expect(rocAuc(test.y, gradientBoosting.predict(state, test.x))).toBeGreaterThan(0.72);
    const importance = gainImportance(state);
    expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(importance[0]).toBeGreaterThan(4 * importance[4]!);
  });

  it('reports progress each round and stops when the caller aborts', () => {
    const controller = new AbortController();
    const rounds: number[] = [];
    const onProgress = ({ done }: { done: number }): void => {
      rounds.push(done);
      if (done === 3) controller.abort();
    };
    const run = () => fit({ nEstimators: 50 }, sample(50, 2), { signal: controller.signal, onProgress });
    expect(run).toThrow(/abort/i);
    expect(rounds).toEqual([1, 2, 3]);
  });
});
