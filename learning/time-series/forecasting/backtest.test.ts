import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { backtest, backtestResiduals, rollingOrigins } from './backtest.js';
import { defaultCandidates } from './candidates.js';
import { chooseForecaster } from './choice.js';
import { ets } from './exponential-smoothing/ets.js';
import { combination } from './forecaster.js';
import { movingAverage, naive, seasonalNaive } from './naive.js';
import { type Series } from './series.js';

const monthly = (values: number[]): Series => ({ values, frequency: 'month', start: Date.UTC(2020, 0, 1) });

function noisySeason(count: number, seed: number, noise = 5): Series {
  const random = createRandom(seed);
  return monthly(
    Array.from({ length: count }, (_, i) => 100 + 30 * Math.sin((i * Math.PI) / 6) + noise * random.normal()),
  );
}

describe('rollingOrigins', () => {
  it('places the last origin one horizon before the end and the others strides before it', () => {
    expect(rollingOrigins(36, { horizon: 3, origins: 4, stride: 2 })).toEqual([27, 29, 31, 33]);
    expect(rollingOrigins(5, { horizon: 1, minimum: 3 })).toEqual([3, 4]);
    expect(rollingOrigins(3, { horizon: 1, minimum: 3 })).toEqual([]);
  });

  it('keeps every origin between the minimum and one horizon before the end (property)', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9 }), (n, horizon, stride) => {
        const origins = rollingOrigins(n, { horizon, stride, minimum: 4 });
        expect(origins.every((origin) => origin >= 4 && origin + horizon <= n)).toBe(true);
      }),
    );
  });
});

describe('backtest', () => {
  const options = { horizon: 2, origins: 6 };

  it('does not use values after the origin', () => {
    const series = noisySeason(40, 1);
    const [origin] = rollingOrigins(40, options);
    const changed = monthly([
      ...(series.values as number[]).slice(0, origin),
      ...Array<number>(40 - origin!).fill(9999),
    ]);
    const candidates = defaultCandidates('month');
    const first = backtest(series, candidates, options).map(({ forecasts }) => forecasts[0]?.mean);
    expect(backtest(changed, candidates, options).map(({ forecasts }) => forecasts[0]?.mean)).toEqual(first);
  });

  it('gives the same combination forecast as fitting the combination', () => {
    const series = noisySeason(40, 2);
    const both = combination('both', [naive, movingAverage(6)]);
    const [result] = backtest(series, [both], options);
    for (const { origin, mean } of result!.forecasts) {
      const state = both.fit({ ...series, values: (series.values as number[]).slice(0, origin) });
      const direct = both.predict(state, 2).mean;
      direct.forEach((value, i) => expect(mean[i]).toBeCloseTo(value, 10));
    }
  });

  it('leaves missing actual values out of the error and of the residuals', () => {
    const values = [...(noisySeason(20, 3).values as number[])];
    values[18] = NaN;
    const [result] = backtest(monthly(values), [naive], { horizon: 1, origins: 3 });
    expect(backtestResiduals(result!).map(({ origin, step }) => [origin, step])).toEqual([
      [17, 1],
      [19, 1],
    ]);
    expect(result!.mae).toBeGreaterThan(0);
  });

  it('refuses a horizon that is not a whole number ≥ 1', () => {
    for (const horizon of [0, 1.5, NaN])
      expect(() => backtest(noisySeason(20, 4), [naive], { horizon })).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }),
      );
  });
});

describe('chooseForecaster', () => {
  it('selects seasonal-naive for a periodic series', () => {
    const round = Array.from({ length: 12 }, (_, i) => 50 + 40 * Math.cos(i ** 2));
    const seasonal = monthly(Array.from({ length: 48 }, (_, i) => round[i % 12]!));
    const candidates = [naive, movingAverage(12), seasonalNaive()];
    const choice = chooseForecaster(seasonal, candidates, { horizon: 12, origins: 6, rule: 'champion' });
    expect(choice.champion).toBe('seasonal-naive');
    expect(choice.result.mae).toBeCloseTo(0, 10);
    expect([...seasonalNaive().predict(choice.state, 12).mean]).toEqual(round);
  });

  it('keeps the first candidate unless another is better by the margin', () => {
    const series = noisySeason(40, 5, 1);
    const candidates = [naive, seasonalNaive()];
    const chosen = (margin: number): string =>
      chooseForecaster(series, candidates, { horizon: 1, rule: 'champion', margin }).champion;
    expect([chosen(0), chosen(1)]).toEqual(['seasonal-naive', 'naive']);
  });

  it('blends by default, weighted by 1 / error², without members of twice the smallest error', () => {
    const choice = chooseForecaster(noisySeason(60, 6), defaultCandidates('month'), { horizon: 6, origins: 6 });
    const { shares, results } = choice;
    const errorOf = (name: string): number => results.find(({ forecaster }) => forecaster === name)!.mae;
    const raw = shares.map(({ forecaster }) => errorOf(forecaster) ** -2);
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    shares.forEach(({ weight }, i) => expect(weight).toBeCloseTo(raw[i]! / total, 9));
    const least = Math.min(...shares.map(({ forecaster }) => errorOf(forecaster)));
    for (const { forecaster } of shares) expect(errorOf(forecaster)).toBeLessThanOrEqual(2 * least);
    expect(choice.state.forecaster).toBe('blend');
  });

  it('blends all of some candidates whose first has no members', () => {
    const series = noisySeason(60, 6);
    const { shares } = chooseForecaster(series, [seasonalNaive(), ets()], { horizon: 6 });
    expect(shares.map(({ forecaster }) => forecaster)).toEqual(['seasonal-naive', 'ets']);
  });

  it('takes a candidate that is no member of the first into a blend only where it is surely better', () => {
    const candidates = [combination('combination', [naive]), naive, movingAverage(12)];
    const sharesOf = (values: readonly number[]): string[] =>
      chooseForecaster(monthly([...values]), candidates, { horizon: 12, stride: 12 }).shares.map(
        ({ forecaster }) => forecaster,
      );
    const random = createRandom(3);
    const noise = Array.from({ length: 180 }, () => 100 + 20 * random.normal());
    const walk = noise.map((_, i) => noise.slice(0, i + 1).reduce((sum, value) => sum + value - 100, 0));
    expect(sharesOf(noise)).toEqual(['naive', 'mean-12']);
    expect(sharesOf(walk)).toEqual(['naive']);
  });

  it('fits the first possible candidate on a short series and throws TOO_FEW_ROWS for an empty one', () => {
    const choice = chooseForecaster(monthly([7]), defaultCandidates('month'), { horizon: 1 });
    expect(choice.result.forecasts).toEqual([]);
    expect([...naive.predict(choice.state, 3).mean]).toEqual([7, 7, 7]);
    for (const rule of ['champion', 'blend'] as const)
      expect(() => chooseForecaster(monthly([NaN]), defaultCandidates('month'), { horizon: 1, rule })).toThrow(
        expect.objectContaining({ code: 'TOO_FEW_ROWS' }),
      );
  });

  it('gives the same bytes for the same series', () => {
    const run = (): string =>
      JSON.stringify(chooseForecaster(noisySeason(36, 7), defaultCandidates('month'), { horizon: 1, rule: 'blend' }));
    expect(run()).toBe(run());
  });
});
