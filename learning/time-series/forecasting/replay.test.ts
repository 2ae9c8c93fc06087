import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { chooseForecaster } from './choice.js';
import { ets } from './exponential-smoothing/ets.js';
import { movingAverage, naive, seasonalNaive } from './naive.js';
import { replayChoice, spreadOrigins } from './replay.js';
import { typicalChange } from './scale.js';
import { type Series } from './series.js';

const monthly = (values: readonly number[]): Series => ({ values, frequency: 'month', start: Date.UTC(2020, 0, 1) });

/** A random walk with steps `volatility` times as large in its first half. */
function walk(length: number, seed: number, volatility = 1): number[] {
  const random = createRandom(seed);
  let level = 1000;
  return Array.from({ length }, (_, i) => (level += (i < length / 2 ? volatility : 1) * random.normal()));
}

describe('spreadOrigins', () => {
  it('spreads origins from the first to the last possible one, at least a horizon apart', () => {
    expect(spreadOrigins(100, { horizon: 10, origins: 3 })).toEqual([10, 50, 90]);
    expect(spreadOrigins(45, { horizon: 10, origins: 3 })).toEqual([10, 23, 35]);
    expect(spreadOrigins(20, { horizon: 10 })).toEqual([10]);
    expect(spreadOrigins(19, { horizon: 10 })).toEqual([]);
    expect(spreadOrigins(100, { horizon: 10, origins: 4, spacing: 5, step: 12, minimum: 20 })).toEqual([
      28, 52, 76, 88,
    ]);
    expect(spreadOrigins(60, { horizon: 10, spacing: 5, step: 24 })).toEqual([12, 36]);
    fc.assert(
      fc.property(
        fc.record({ horizon: fc.integer({ min: 1, max: 30 }), origins: fc.integer({ min: 1, max: 30 }) }),
        fc.integer({ min: 0, max: 3000 }),
        (options, length) => {
          const found = spreadOrigins(length, options);
          expect(found.length).toBeLessThanOrEqual(options.origins);
          if (found.length > 0) expect(found.at(-1)).toBe(length - options.horizon);
          found.forEach((origin, i) => {
            if (i > 0) expect(origin - found[i - 1]!).toBeGreaterThanOrEqual(options.horizon);
          });
        },
      ),
    );
  });
});

describe('replayChoice', () => {
  const candidates = [naive, movingAverage(6), seasonalNaive(), ets()];

  it('forecasts at each origin from the values before it with the weights of the choice', () => {
    const values = walk(120, 1);
    const series = monthly(values);
    const choice = chooseForecaster(series, candidates, { horizon: 3, rule: 'blend' });
    const { forecasts } = replayChoice(choice, series, candidates, { horizon: 3, origins: 4 });
    expect(forecasts.map(({ origin }) => origin)).toEqual([3, 41, 79, 117]);
    for (const { origin, mean, actual } of forecasts) {
      expect([...actual]).toEqual(values.slice(origin, origin + 3));
      const known = monthly(values.slice(0, origin));
      const parts = choice.shares.map(({ forecaster, weight }) => {
        const method = candidates.find(({ name }) => name === forecaster)!;
        return weight * method.predict(method.fit(known), 3).mean[2]!;
      });
      expect(mean[2]).toBeCloseTo(
        parts.reduce((sum, part) => sum + part, 0),
        2, // a search that starts from an earlier fit ends near the same place
      );
    }
  });

  it('does not use values after the origin', () => {
    const values = walk(80, 2);
    const choice = chooseForecaster(monthly(values), candidates, { horizon: 4, rule: 'blend' });
    const before = replayChoice(choice, monthly(values), candidates, { horizon: 4, origins: 3 });
    const other = monthly(values.map((value, i) => (i < 40 ? value : value + 500)));
    const after = replayChoice(choice, other, candidates, { horizon: 4, origins: 3 });
    expect(before.forecasts[1]!.origin).toBe(40);
    expect(after.forecasts.slice(0, 2).map(({ mean }) => [...mean])).toEqual(
      before.forecasts.slice(0, 2).map(({ mean }) => [...mean]),
    );
    expect([...after.forecasts[2]!.mean]).not.toEqual([...before.forecasts[2]!.mean]);
  });

  it('includes the volatile first half of a history, which the last origins miss', () => {
    const series = monthly(walk(400, 3, 10));
    const choice = chooseForecaster(series, candidates, { horizon: 4, stride: 4, rule: 'champion' });
    expect(choice.shares).toEqual([{ forecaster: choice.champion, weight: 1 }]);
    const replayed = replayChoice(choice, series, candidates, { horizon: 4, origins: 20 });
    expect(replayed.mae).toBeGreaterThan(2 * choice.result.mae);
  });

  it('leaves out members for which the history is too short, and refuses missing candidates', () => {
    const series = monthly(walk(60, 4));
    const choice = chooseForecaster(series, candidates, { horizon: 2, rule: 'blend' });
    const result = replayChoice(choice, series, candidates, { horizon: 2, origins: 30, minimum: 1 });
    expect(result.forecasts[0]!.origin).toBe(1);
    expect([...result.forecasts[0]!.mean].every(Number.isFinite)).toBe(true);
    const gone = { ...choice, shares: [{ forecaster: 'oracle', weight: 1 }] };
    expect(() => replayChoice(gone, series, candidates, { horizon: 2 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

describe('typicalChange', () => {
  it('is the mean absolute change over the steps, without gaps', () => {
    expect(typicalChange([1, 2, 4, 7, 11, 16], 1)).toBeCloseTo(3, 12);
    expect(typicalChange([1, 2, 4, 7, 11, 16], 3)).toBeCloseTo((6 + 9 + 12) / 3, 12);
    expect(typicalChange([1, 2, NaN, 7, 11, 16], 3)).toBeCloseTo((6 + 9) / 2, 12);
  });

  it('extrapolates a short history as a random walk, and is always positive', () => {
    expect(typicalChange([5, 8], 16)).toBeCloseTo(3 * 4, 12);
    for (const values of [[], [7], [7, 7, 7], [NaN, NaN], [0, 0]]) expect(typicalChange(values, 13)).toBeGreaterThan(0);
  });

  it('has the unit of the series', () => {
    const values = walk(50, 5);
    const other = values.map((value) => value * 40);
    expect(typicalChange(other, 13) / typicalChange(values, 13)).toBeCloseTo(40, 8);
  });
});
