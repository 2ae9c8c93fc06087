import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../contracts/errors.js';
import {
  conformalBands,
  fitConformal,
  type CalibrationPoint,
  type ConformalState,
} from '../../evaluation/conformal/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { backtestResiduals } from './backtest.js';
import { chooseForecaster } from './choice.js';
import { theta } from './exponential-smoothing/theta.js';
import { predictState } from './forecaster.js';
import { naive, movingAverage, seasonalNaive } from './naive.js';
import { replayChoice } from './replay.js';
import { typicalChange } from './scale.js';
import { type Frequency, type Series } from './series.js';

const START = Date.UTC(2023, 0, 2);
const HORIZON = 4;
const BUCKETS = [1, 4] as const;
const candidates = [naive, movingAverage(6), seasonalNaive(), theta];

/** Calibration points from a series' own backtest, scaled by its typical change; none when the history is too short. */
function pointsOf(series: Series): CalibrationPoint[] {
  const choice = chooseForecaster(series, candidates, { horizon: HORIZON, rule: 'blend' });
  const replay = replayChoice(choice, series, candidates, { horizon: HORIZON });
  return backtestResiduals(replay).map(({ origin, step, residual }) => ({
    horizon: step,
    mean: 0,
    actual: residual,
    scale: typicalChange(Array.from(series.values).slice(0, origin), HORIZON),
  }));
}

const ordinary = (frequency: Frequency, seed: number): Series => {
  const random = createRandom(seed);
  const values = Array.from({ length: 80 }, (_, i) => 100 + 10 * Math.sin(i) + 5 * random.normal());
  return { values, frequency, start: START };
};

const shared = fitConformal(
  [1, 2, 3, 4].flatMap((seed) => pointsOf(ordinary('week', seed))),
  { buckets: BUCKETS },
);

function requireTypedError(error: unknown): void {
  if (!(error instanceof PipelineError)) throw error;
  expect(['TOO_FEW_ROWS', 'NOT_FINITE']).toContain(error.code);
}

/** True when the series has finite, nested bands; false on TOO_FEW_ROWS or NOT_FINITE. Anything else fails the test. */
function hasBands(series: Series, calibrated: ConformalState = shared): boolean {
  try {
    const { state } = chooseForecaster(series, candidates, { horizon: HORIZON, rule: 'blend' });
    const scale = typicalChange(series.values, HORIZON);
    predictState(state, HORIZON).mean.forEach((mean, i) => {
      const [narrow, wide] = conformalBands(calibrated, { horizon: i + 1, mean, scale });
      const edges = [wide!.low, narrow!.low, narrow!.high, wide!.high];
      expect(edges.every(Number.isFinite)).toBe(true);
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
    });
    return true;
  } catch (error) {
    requireTypedError(error);
    return false;
  }
}

const usual = Array.from(ordinary('week', 9).values);

describe('conformal bands are finite and nested, or a typed error is thrown', () => {
  it.each<[string, Series, boolean]>([
    ['zero', { values: Array<number>(40).fill(0), frequency: 'week', start: START }, true],
    ['constant', { values: Array<number>(40).fill(7), frequency: 'month', start: START }, true],
    ['two points', { values: [3, 5], frequency: 'month', start: START }, true],
    ['one point', { values: [4], frequency: 'month', start: START }, true],
    ['no values', { values: [], frequency: 'month', start: START }, false],
    ['all missing', { values: Array<number>(12).fill(NaN), frequency: 'month', start: START }, false],
    [
      'every third missing',
      { values: usual.map((value, i) => (i % 3 === 0 ? NaN : value)), frequency: 'week', start: START },
      true,
    ],
    [
      'one outlier',
      { values: usual.map((value, i) => (i === 40 ? 1e9 : value)), frequency: 'week', start: START },
      true,
    ],
    [
      'an outlier at the end',
      { values: usual.map((value, i) => (i === usual.length - 1 ? 1e9 : value)), frequency: 'week', start: START },
      true,
    ],
    ['a year that begins on a leap day', { values: usual, frequency: 'day', start: Date.UTC(2024, 1, 29) }, true],
    [
      'an hour that was skipped',
      { values: usual.filter((_, i) => i !== 26), frequency: 'hour', start: Date.UTC(2024, 2, 30) },
      true,
    ],
    [
      'an hour that came twice',
      { values: usual.flatMap((v, i) => (i === 26 ? [v, v] : [v])), frequency: 'hour', start: START },
      true,
    ],
    [
      'infinite',
      { values: usual.map((value, i) => (i === 3 ? Infinity : value)), frequency: 'week', start: START },
      false,
    ],
  ])('%s', (_, series, expected) => {
    expect(hasBands(series)).toBe(expected);
  });

  it('any series, calibrated together with any others (property)', () => {
    const amount = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
      { weight: 2, arbitrary: fc.constantFrom(0, 7, NaN) },
      { weight: 1, arbitrary: fc.constantFrom(1e12, 1e-12, 1e300) },
    );
    const some = fc.array(amount, { maxLength: 50 });
    const several = fc.array(some, { minLength: 1, maxLength: 6 });
    const isObserved = ({ values }: Series): boolean => Array.from(values).some((value) => !Number.isNaN(value));
    fc.assert(
      fc.property(several, fc.constantFrom<Frequency>('day', 'week', 'month'), (many, frequency) => {
        const series = many.map((values): Series => ({ values, frequency, start: START }));
        try {
          const points = series.filter(isObserved).flatMap(pointsOf);
          const calibrated = fitConformal([...points, ...pointsOf(ordinary(frequency, 5))], { buckets: BUCKETS });
          series.forEach((one) => hasBands(one, calibrated));
        } catch (error) {
          requireTypedError(error);
        }
      }),
      { numRuns: 60 },
    );
  });
});
