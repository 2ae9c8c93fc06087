import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../contracts/errors.js';
import { createRandom } from '../../numeric/random/index.js';
import { defaultCandidates } from './candidates.js';
import { mstlEts } from './decomposition/mstl.js';
import { ets } from './exponential-smoothing/ets.js';
import { theta } from './exponential-smoothing/theta.js';
import { type Forecaster } from './forecaster.js';
import { naive, seasonalNaive } from './naive.js';
import { prophetForecaster } from './prophet/forecaster.js';
import { frequencies, type Frequency, type Series } from './series.js';

const START = Date.UTC(2023, 0, 2);

/** Fits, restores the state from JSON and forecasts finite values; null on TOO_FEW_ROWS. */
function tryForecast(forecaster: Forecaster, series: Series, horizon: number): Float64Array | null {
  try {
    const state = JSON.parse(JSON.stringify(forecaster.fit(series))) as ReturnType<Forecaster['fit']>;
    const { mean, sd } = forecaster.predict(state, horizon);
    expect(mean.every(Number.isFinite)).toBe(true);
    expect(sd.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    return mean;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'TOO_FEW_ROWS') return null;
    throw error;
  }
}

const everyCandidate = frequencies.flatMap((frequency) =>
  defaultCandidates(frequency).map((forecaster) => ({
    frequency,
    forecaster,
    name: `${frequency} ${forecaster.name}`,
  })),
);

describe.each(everyCandidate)('$name', ({ frequency, forecaster }) => {
  const series = (values: number[]): Series => ({ values, frequency, start: START });
  const noise = createRandom(9);
  const usual = Array.from({ length: 60 }, (_, i) => 20 + (i % 7) + noise.normal());

  it('forecasts finite values for constant, short, missing, extreme and negative series', () => {
    for (const values of [
      Array<number>(40).fill(0),
      Array<number>(40).fill(7),
      [3, 5],
      [4],
      usual.map((value, i) => (i === 30 ? 1e7 : value)),
      usual.map((value, i) => (i % 3 === 0 ? NaN : value)),
      usual.map((_, i) => (i === 59 ? 1 : 0)),
      usual.map((value) => -value),
      usual.map((value) => value * 1e-9),
      usual.map((value) => value * 1e12),
    ])
      tryForecast(forecaster, series(values), 30);
    expect(tryForecast(forecaster, series([NaN, NaN, NaN]), 3)).toBeNull();
    expect(tryForecast(forecaster, series([]), 3)).toBeNull();
  });

  it('has a state below 10 kB of JSON, 20 kB for a combination', () => {
    const lengths = { hour: 400, day: 800, week: 160, month: 60, quarter: 40, year: 30 };
    const long = Array.from(
      { length: lengths[frequency] },
      (_, i) => (1000 + i + 99 * Math.sin(i) + noise.normal()) / 3,
    );
    const limit = forecaster.members.length > 0 ? 20_000 : 10_000;
    expect(JSON.stringify(forecaster.fit(series(long))).length).toBeLessThan(limit);
  });

  it('repeats a constant', () => {
    const mean = tryForecast(forecaster, series(Array<number>(30).fill(7)), 5);
    mean?.forEach((value) => expect(value).toBeCloseTo(7, 4));
  });

  it('refuses infinite values and a horizon of 0', () => {
    const broken = usual.map((value, i) => (i === 5 ? Infinity : value));
    expect(() => forecaster.fit(series(broken))).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
    const state = forecaster.fit(series(usual));
    expect(() => forecaster.predict(state, 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

it('every candidate forecasts finite values ≥ 0 for any series of amounts (property)', () => {
  const amount = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(0), fc.constant(NaN));
  fc.assert(
    fc.property(
      fc.array(amount, { maxLength: 60 }),
      fc.constantFrom<Frequency>('day', 'week', 'month'),
      (values, frequency) => {
        for (const forecaster of defaultCandidates(frequency)) {
          const mean = tryForecast(forecaster, { values, frequency, start: START }, 6);
          if (mean) expect(mean.every((value) => value >= 0)).toBe(true);
        }
      },
    ),
    { numRuns: 40 },
  );
});

describe('calendars', () => {
  it('continues a weekly pattern across a leap day', () => {
    const weekly = [10, 12, 14, 16, 30, 40, 5];
    const start = Date.UTC(2023, 11, 4);
    const values = Array.from({ length: 84 }, (_, i) => weekly[i % 7]!);
    for (const forecaster of [seasonalNaive(7), ets(), mstlEts(), prophetForecaster({ options: { weekly: 3 } })]) {
      const mean = tryForecast(forecaster, { values, frequency: 'day', start }, 7)!;
      mean.forEach((value, i) => expect(Math.abs(value - weekly[i]!)).toBeLessThan(1));
    }
  });

  it('forecasts hourly series with a skipped, a repeated and a missing hour', () => {
    const hours = Array.from({ length: 24 * 21 }, (_, i) => 50 + 20 * Math.sin(((i % 24) * Math.PI) / 12));
    const spring = hours.filter((_, i) => i !== 24 * 10 + 2);
    const autumn = hours.flatMap((value, i) => (i === 24 * 10 + 2 ? [value, value] : [value]));
    const missing = hours.map((value, i) => (i === 24 * 10 + 2 ? NaN : value));
    for (const values of [spring, autumn, missing])
      for (const forecaster of defaultCandidates('hour')) {
        const mean = tryForecast(forecaster, { values, frequency: 'hour', start: START }, 48)!;
        expect(Math.max(...mean)).toBeLessThan(200);
      }
  });
});

describe('exponential smoothing', () => {
  it('extrapolates a linear trend', () => {
    const line = Array.from({ length: 80 }, (_, i) => 10 + 3 * i + Math.sin(i * 99));
    const state = ets().fit({ values: line, frequency: 'week', start: START });
    ets()
      .predict(state, 10)
      .mean.forEach((value, i) => expect(Math.abs(value - (10 + 3 * (80 + i)))).toBeLessThan(6));
  });

  it('selects a multiplicative season when the amplitude grows with the level', () => {
    const random = createRandom(3);
    const values = Array.from(
      { length: 120 },
      (_, i) => (100 + 5 * i) * (1 + 0.4 * Math.sin((i * Math.PI) / 6)) * Math.exp(0.02 * random.normal()),
    );
    const state = ets().fit({ values, frequency: 'month', start: START });
    expect(state.details.form).toMatch(/M\)$/);
    expect(state.curves[0]!.seasons[0]!.mode).toBe('multiplicative');
  });

  it('keeps the form of an earlier state', () => {
    const random = createRandom(4);
    const values = Array.from({ length: 60 }, (_, i) => 50 + i + 5 * random.normal());
    const previous = ets().fit({ values: values.slice(0, 50), frequency: 'month', start: START });
    const state = ets().fit({ values, frequency: 'month', start: START }, { previous });
    expect(state.details.form).toBe(previous.details.form);
  });
});

it('theta halves the slope of the trend line', () => {
  const values = Array.from({ length: 40 }, (_, i) => 5 + 2 * i);
  const state = theta.fit({ values, frequency: 'week', start: START });
  expect(state.curves[0]!.trend).toMatchObject({ slope: expect.closeTo(1, 6) as number });
});

it('naive repeats the last value and widens with the root of the horizon', () => {
  const state = naive.fit({ values: [1, 3, 2, 4], frequency: 'week', start: START });
  const { mean, sd } = naive.predict(state, 4);
  expect([...mean]).toEqual([4, 4, 4, 4]);
  expect(sd[3]! / sd[0]!).toBeCloseTo(2, 12);
});
