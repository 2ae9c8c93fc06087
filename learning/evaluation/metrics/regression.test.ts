import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { measuredValue } from './uncertainty.js';
import { compareRegression, evaluateRegression, regressionMetrics, regressionTable } from './regression.js';

/** scikit-learn's own example of `r2_score`, `mean_absolute_error` and `mean_squared_error`. */
const EXAMPLE = { actual: [3, -0.5, 2, 7], predicted: [2.5, 0, 2, 8] };

/** A line with noise of deviation 1, and predictions with an error of deviation `error` beside. */
function noisy(n: number, error: number, seed = 1) {
  const random = createRandom(seed);
  const actual = Float64Array.from({ length: n }, (_, row) => 0.1 * row + random.normal());
  return { actual, predicted: actual.map((value) => value + error * random.normal()) };
}

const valuesOf = (rows: { readonly actual: ArrayLike<number>; readonly predicted: ArrayLike<number> }) =>
  Object.fromEntries(regressionMetrics(rows, 1).map(({ name, value }) => [name, value]));

describe('regressionMetrics', () => {
  it('gives the values of scikit-learn', () => {
    const { rmse, mae, rSquared } = valuesOf(EXAMPLE);
    expect(rmse).toBeCloseTo(Math.sqrt(0.375), 12);
    expect(mae).toBe(0.5);
    expect(rSquared).toBeCloseTo(0.9486081370449679, 12);
  });

  it('keeps R² exact for actual values with a large mean', () => {
    const far = (values: readonly number[]): number[] => values.map((value) => value + 1e9);
    const moved = valuesOf({ actual: far(EXAMPLE.actual), predicted: far(EXAMPLE.predicted) });
    expect(moved.rSquared).toBeCloseTo(0.9486081370449679, 8);
  });

  it('gives R² of constant actual values as scikit-learn does: 1 when exact, else 0', () => {
    expect(valuesOf({ actual: [2, 2], predicted: [2, 2] })).toEqual({ rmse: 0, mae: 0, rSquared: 1 });
    expect(valuesOf({ actual: [2, 2], predicted: [2, 3] }).rSquared).toBe(0);
  });

  it('surrounds each value with a 95 % interval, narrower with more rows', () => {
    const widths = [100, 2500].map((n) =>
      regressionMetrics(noisy(n, 0.5), 3).map(({ interval, ...metric }) => {
        expect(interval!.low).toBeLessThanOrEqual(measuredValue(metric));
        expect(interval!.high).toBeGreaterThanOrEqual(measuredValue(metric));
        return interval!.high - interval!.low;
      }),
    );
    widths[0]!.forEach((width, i) => expect(widths[1]![i]).toBeLessThan(width));
  });

  it('is deterministic, and R² never exceeds 1', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (pairs) => {
        const rows = { actual: pairs.map(([actual]) => actual), predicted: pairs.map(([, predicted]) => predicted) };
        const metrics = regressionMetrics(rows, 5);
        expect(regressionMetrics(rows, 5)).toEqual(metrics);
        for (const { value: found, interval, remark } of metrics) {
          expect([found, interval?.low ?? 0, interval?.high ?? 0].every(Number.isFinite)).toBe(true);
          expect(interval === undefined).toBe(remark !== undefined);
          if (pairs.length < 5) expect(interval).toBeUndefined();
        }
        expect(metrics.find(({ name }) => name === 'rSquared')!.interval?.high ?? 0).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('evaluateRegression', () => {
  it('puts the primary metric first', () => {
    const { metrics, notes } = evaluateRegression(regressionTable(EXAMPLE), { seed: 1 }, 'mae');
    expect(metrics.map(({ name }) => name)).toEqual(['mae', 'rmse', 'rSquared']);
    expect(notes).toEqual(['4 held-out rows']);
  });

  it.each([
    [{ actual: [], predicted: [] }, 'TOO_FEW_ROWS'],
    [{ actual: [1, NaN], predicted: [1, 1] }, 'NOT_FINITE'],
    [{ actual: [1, 1], predicted: [1, Infinity] }, 'NOT_FINITE'],
  ])('refuses %j', (rows, code) => {
    expect(() => evaluateRegression(regressionTable(rows), { seed: 1 })).toThrow(expect.objectContaining({ code }));
  });
});

describe('compareRegression', () => {
  const rows = noisy(400, 0.5);
  const table = regressionTable(rows);
  const worse = regressionTable({ ...rows, predicted: rows.predicted.map((value, i) => value + (i % 2 ? 1 : -1)) });

  it.each(['rmse', 'mae', 'rSquared'] as const)('is positive in %s when the challenger is better', (metric) => {
    const { difference, interval, n, challenger, other } = compareRegression(table, worse, {
      against: 'baseline',
      seed: 1,
      metric,
    });
    expect(difference).toBeCloseTo(Math.abs(challenger - other), 12);
    expect(interval.low).toBeGreaterThan(0);
    expect(interval.high).toBeGreaterThanOrEqual(difference);
    expect(n).toBe(400);
    expect(compareRegression(worse, table, { against: 'champion', seed: 1, metric }).interval.high).toBeLessThan(0);
  });

  it('finds no difference between a model and itself', () => {
    const { difference, interval } = compareRegression(table, table, { against: 'champion', seed: 1 });
    expect([difference, interval.low, interval.high].map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('refuses rows that differ', () => {
    const other = regressionTable({ actual: rows.actual.map((value) => value + 1), predicted: rows.predicted });
    expect(() => compareRegression(table, other, { against: 'champion', seed: 1 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
