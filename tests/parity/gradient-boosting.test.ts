import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../learning/estimator.js';
import { gradientBoosting, toXgboostJson } from '../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../learning/numeric/matrix/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { hasCreditData, loadGerman, loadTaiwan } from '../../bench/peers/credit-data.js';
import { fiveFolds, foldAucs, predictOutOfFold } from '../../bench/peers/cross-validation.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { readReference, REFERENCE_FILE, XGBOOST_VERSION, type XgboostReference } from '../../bench/peers/reference.js';
import { findXgboost, predictWithXgboost, runXgboost, type PeerRows } from '../../bench/peers/xgboost.js';

/*
 * Numbers written by xgboost-cpu 3.2.0 (hist, one thread) are in bench/peers/xgboost-3.2.0.snap. Where
 * python3 can import that version, these numbers are computed again and compared first; `vitest -u` rewrites them.
 */
const DATA = join(import.meta.dirname, '../../../shared/data');

const REFERENCE_ROWS = 60;
const OURS = { maxDepth: 6, nEstimators: 100, eta: 0.1 };
const THEIRS = { params: { max_depth: 6, eta: 0.1 }, rounds: 100 };

/** Few distinct values, so that both programs have the same cuts and every tree must be equal. */
function discreteRows(): Required<PeerRows> {
  const random = createRandom(77);
  const x = matrix(1500, 6, new Float64Array(9000));
  const y = new Float64Array(1500);
  for (let row = 0; row < 1500; row++) {
    const cells = Array.from({ length: 6 }, (_, column) => random.integer(4 + 12 * column));
    const margin = 0.8 * (cells[0]! - 1.5) + 0.1 * (cells[1]! - 8) - (cells[2]! > 20 && cells[0]! > 1 ? 1.5 : 0);
    y[row] = random.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
    cells.forEach((cell, column) => (x.values[row * 6 + column] = random.uniform() < 0.08 ? NaN : cell));
  }
  return { x, y, weights: Float64Array.from({ length: 1500 }, () => 1 + random.integer(3)) };
}

/** Each setting under our parameter names and under those of XGBoost. */
const settings = {
  plain: [{}, {}],
  shallow: [
    { maxDepth: 2, eta: 0.3 },
    { max_depth: 2, eta: 0.3 },
  ],
  regularised: [
    { gamma: 2, alpha: 1.5, lambda: 3, minChildWeight: 8 },
    { gamma: 2, alpha: 1.5, lambda: 3, min_child_weight: 8 },
  ],
  monotone: [{ monotone: [1, 1, 0, -1, 0, 0] }, { monotone_constraints: '(1,1,0,-1,0,0)' }],
  weighted: [{}, {}],
} as const;

/** Regression targets instead of labels: skewed and with ties, like amounts. */
function discreteAmounts(): Required<PeerRows> {
  const { x, weights } = discreteRows();
  const random = createRandom(78);
  const y = Float64Array.from({ length: x.rows }, (_, row) => {
    const cell = x.values[row * 6 + 1]!;
    return Math.round((Number.isNaN(cell) ? 40 : 10 * cell) * Math.exp(0.5 * random.normal()));
  });
  return { x, y, weights };
}

/** Regression objectives under our parameter names and under those of XGBoost. */
const regressions = {
  squared: [{ objective: 'squared' }, { objective: 'reg:squarederror' }],
  quantile: [
    { objective: 'quantile', quantile: 0.8 },
    { objective: 'reg:quantileerror', quantile_alpha: 0.8 },
  ],
} as const;

const ROUNDS = 40;
const round = (value: number): number => Number(value.toFixed(7));

async function askXgboost(): Promise<XgboostReference> {
  const { x, y, weights } = discreteRows();
  const answers: Record<string, number[]> = {};
  for (const [name, [, theirs]] of Object.entries(settings)) {
    const params = { ...THEIRS.params, ...theirs };
    const weighted = name === 'weighted' ? { weights } : {};
    const { predictions } = await runXgboost({ x, y, ...weighted, params, rounds: ROUNDS, folds: [] });
    answers[name] = Array.from(predictions[0]!.subarray(0, REFERENCE_ROWS), round);
  }
  const amounts = discreteAmounts();
  const regression: Record<string, number[]> = {};
  for (const [name, [, theirs]] of Object.entries(regressions)) {
    const { x, y } = amounts;
    const { predictions } = await runXgboost({
      x,
      y,
      params: { ...THEIRS.params, ...theirs },
      rounds: ROUNDS,
      folds: [],
    });
    regression[name] = Array.from(predictions[0]!.subarray(0, REFERENCE_ROWS), round);
  }
  const foldAuc = async (rows: PeerRows, seeds: number[]): Promise<number[]> => {
    const folds = fiveFolds(rows, seeds);
    const { predictions } = await runXgboost({ ...rows, ...THEIRS, folds });
    return folds.flatMap((fold, repeat) => foldAucs(rows.y, predictions[repeat]!, fold).map(round));
  };
  return {
    settings: answers,
    regression,
    taiwanFoldAuc: await foldAuc(await loadTaiwan(DATA), [42]),
    germanFoldAuc: await foldAuc(await loadGerman(DATA), [1, 2, 3]),
  };
}

const installed = await findXgboost();
const largestGap = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.reduce((gap, value, i) => Math.max(gap, Math.abs(value - a[i]!)), 0);

describe(`gradient boosting beside XGBoost ${XGBOOST_VERSION}`, () => {
  it.runIf(installed === XGBOOST_VERSION && hasCreditData(DATA))(
    'the committed reference values equal those that XGBoost computes',
    async () => {
      await expect(`${JSON.stringify(await askXgboost(), null, 2)}\n`).toMatchFileSnapshot(REFERENCE_FILE);
    },
    300_000,
  );

  it.each(Object.keys(settings) as (keyof typeof settings)[])(
    'predicts the same as XGBoost to 2e-6 with identical cuts: %s',
    async (name) => {
      const { x, y, weights } = discreteRows();
      const params = { ...OURS, nEstimators: ROUNDS, ...settings[name][0] };
      const context = { ...quietContext(0), ...(name === 'weighted' && { weights }) };
      const predictions = gradientBoosting.predict(gradientBoosting.fit(params, x, y, context), x);
      expect(largestGap(predictions, (await readReference()).settings[name]!)).toBeLessThan(2e-6);
    },
  );

  it.each(Object.keys(regressions) as (keyof typeof regressions)[])(
    'predicts the same amounts as XGBoost to 2e-6 of the largest: %s',
    async (name) => {
      const { x, y } = discreteAmounts();
      const params = { ...OURS, nEstimators: ROUNDS, ...regressions[name][0] };
      const ours = gradientBoosting.predict(gradientBoosting.fit(params, x, y, quietContext(0)), x);
      const theirs = (await readReference()).regression[name]!;
      expect(largestGap(ours, theirs)).toBeLessThan(2e-6 * Math.max(...Array.from(y)));
    },
  );

  it.skipIf(!hasCreditData(DATA))('Taiwan: mean AUC of five folds within 0.002 (needs ../shared/data)', async () => {
    const rows = await loadTaiwan(DATA);
    const [folds] = fiveFolds(rows, [42]);
    const ours = mean(foldAucs(rows.y, predictOutOfFold(rows, folds!, OURS), folds!));
    expect(ours).toBeGreaterThan(mean([...(await readReference()).taiwanFoldAuc]) - 0.002);
  });

  it.skipIf(!hasCreditData(DATA))('German: mean AUC of 3 x 5 folds within 0.002 (needs ../shared/data)', async () => {
    const rows = await loadGerman(DATA);
    const folds = fiveFolds(rows, [1, 2, 3]);
    const ours = folds.flatMap((fold) => foldAucs(rows.y, predictOutOfFold(rows, fold, OURS), fold));
    expect(Math.abs(mean(ours) - mean([...(await readReference()).germanFoldAuc]))).toBeLessThan(0.002);
  });

  it.runIf(installed === XGBOOST_VERSION)('XGBoost loads our JSON model and predicts the same to 1e-6', async () => {
    const { x, y } = discreteRows();
    const state = gradientBoosting.fit({ ...OURS, maxDepth: 5 }, x, y, quietContext(0));
    const theirs = await predictWithXgboost(toXgboostJson(state), x);
    expect(theirs).toHaveLength(x.rows);
    expect(largestGap(gradientBoosting.predict(state, x), theirs)).toBeLessThan(1e-6);
  });

  it.runIf(installed === XGBOOST_VERSION)('XGBoost loads the trees of the other objectives', async () => {
    const { x, y } = discreteAmounts();
    for (const [ours] of Object.values(regressions)) {
      const state = gradientBoosting.fit({ ...OURS, ...ours }, x, y, quietContext(0));
      const theirs = await predictWithXgboost(toXgboostJson(state), x);
      expect(largestGap(gradientBoosting.predict(state, x), theirs)).toBeLessThan(1e-6 * Math.max(...Array.from(y)));
    }
  });
});
