import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtest } from './backtest.js';
import { bestBelow, searchingBestBelow } from './best-below.js';
import { defaultCandidates } from './candidates.js';
import type { Series } from './series.js';

const monthly = (values: readonly number[]): Series => ({ frequency: 'month', start: Date.UTC(2024, 0, 1), values });
const candidates = defaultCandidates('month');

/** The same by a complete backtest. */
function byBacktest(series: Series, origins: number, limit: number) {
  const results = backtest(series, candidates, { horizon: 1, origins })
    .filter(({ forecasts }) => forecasts.length > 0)
    .map(({ forecaster, forecasts }) => {
      const errors = forecasts.map(({ actual, mean }) => Math.abs(actual[0]! - mean[0]!));
      return { forecaster, errors, total: errors.reduce((a, b) => a + b, 0) };
    });
  const best = results.reduce((a, b) => (b.total < a.total ? b : a));
  return best.total < limit ? best : null;
}

describe('bestBelow', () => {
  it('finds what a complete backtest finds (property)', () => {
    const values = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 10, maxLength: 30 });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 2, max: 6 }),
        fc.double({ min: 0.2, max: 1.2, noNaN: true }),
        (list, origins, share) => {
          const series = monthly(list);
          const usual = byBacktest(series, origins, Infinity)!;
          const limit = share * 1.5 * usual.total;
          const wanted = byBacktest(series, origins, limit);
          const found = bestBelow(series, candidates, { origins, limit });
          expect(found?.forecaster).toBe(wanted?.forecaster);
          if (wanted !== null) found!.errors.forEach((error, i) => expect(error).toBeCloseTo(wanted.errors[i]!, 9));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    [59, 1],
    [60, 20],
  ])('of a series of %i values takes %i steps or more', (length, fewest) => {
    const series = monthly(Array.from({ length }, (_, i) => 10 + (i % 12) + ((7 * i) % 5)));
    let steps = 1;
    const search = searchingBestBelow(series, candidates, { origins: 6, limit: Infinity });
    for (let step = search.next(); step.done !== true; step = search.next()) steps += 1;
    expect(steps).toBeGreaterThanOrEqual(fewest);
    if (fewest === 1) expect(steps).toBe(1);
    const found = bestBelow(series, candidates, { origins: 6, limit: Infinity });
    expect(found?.forecaster).toBe(byBacktest(series, 6, Infinity)?.forecaster);
  });

  it('returns null for a series that is too short, and without an error below the limit', () => {
    expect(bestBelow(monthly([1, 2]), candidates, { origins: 6, limit: Infinity })).toBeNull();
    expect(bestBelow(monthly([1, 9, 2, 8, 3, 7, 4, 6]), candidates, { origins: 3, limit: 0 })).toBeNull();
  });
});
