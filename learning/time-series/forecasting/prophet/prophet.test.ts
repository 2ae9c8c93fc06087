import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../../../contracts/errors.js';
import { createRandom } from '../../../numeric/random/index.js';
import { indianHolidays } from './holidays.js';
import { type ProphetData, type ProphetOptions } from './options.js';
import { fitProphet, predictProphet, prophetLogPosterior } from './prophet.js';
import { type ProphetState } from './state.js';
import { buildDesign } from './design.js';
import { solveAdditive, solveNonlinear } from './search.js';

const START = 18_262; // 2020-01-01

/** Daily values with a changepoint after two thirds, weekly and yearly seasons, and noise. */
function daily(count: number, seed: number, noise = 1): ProphetData {
  const random = createRandom(seed);
  const days = Array.from({ length: count }, (_, i) => START + i);
  const bend = START + (2 * count) / 3;
  const values = days.map(
    (day) =>
      100 +
      0.05 * (day - START) +
      0.1 * Math.max(0, day - bend) +
      6 * Math.sin((2 * Math.PI * day) / 7) +
      10 * Math.cos((2 * Math.PI * day) / 365.25) +
      noise * random.normal(),
  );
  return { days, values };
}

const upward = (data: ProphetData): ProphetData => ({
  ...data,
  values: Array.from(data.values, (value, i) => value * (1 + i / 400)),
});

/** The state with one parameter changed. */
function nudged(state: ProphetState, which: number, by: number): ProphetState {
  const move = (values: readonly number[], from: number): number[] =>
    values.map((value, i) => (from + i === which ? value + by : value));
  const changes = move(state.changes, 2);
  const seasonalities = state.seasonalities.map((seasonality, i) => ({
    ...seasonality,
    coefficients: move(seasonality.coefficients, 2 + changes.length + 100 * i),
  }));
  return {
    ...state,
    changes,
    seasonalities,
    rate: state.rate + (which === 0 ? by : 0),
    offset: state.offset + (which === 1 ? by : 0),
  };
}

describe('the search', () => {
  const cases: readonly [string, ProphetData, ProphetOptions][] = [
    ['additive', daily(800, 1), {}],
    ['flat', daily(400, 2), { growth: 'flat' }],
    ['multiplicative', upward(daily(800, 3)), { mode: 'multiplicative' }],
    ['logistic', { ...daily(500, 4), cap: 250, floor: 20 }, { growth: 'logistic' }],
  ];

  it.each(cases)('%s: no small change of a parameter increases the posterior', (_, data, options) => {
    const state = fitProphet(data, options);
    expect(prophetLogPosterior(data, options, state)).toBeCloseTo(state.logPosterior, 6);
    const random = createRandom(5);
    for (let trial = 0; trial < 60; trial++) {
      const by = (trial % 2 === 0 ? 1 : -1) * 10 ** -(2 + random.integer(3));
      const other = prophetLogPosterior(data, options, nudged(state, random.integer(30), by));
      expect(other).toBeLessThanOrEqual(state.logPosterior + 1e-6);
    }
  });

  it('reaches the exact solution of an additive model by nonlinear steps', () => {
    for (const seed of [1, 2, 3]) {
      const design = buildDesign(daily(500, seed), { changepointPriorScale: 0.5 });
      const [exact, stepped] = [solveAdditive(design), solveNonlinear(design)];
      expect(stepped.logPosterior).toBeGreaterThan(exact.logPosterior - 1e-3);
      expect(stepped.logPosterior).toBeLessThanOrEqual(exact.logPosterior + 1e-6);
    }
  });

  it('sets unnecessary rate changes to exactly 0', () => {
    const { changes } = fitProphet(daily(900, 6), {});
    expect(changes.filter((change) => change === 0).length).toBeGreaterThan(5);
    expect(changes.some((change) => change !== 0)).toBe(true);
  });

  it('gives the same bytes for the same data and does not change the data', () => {
    const data = daily(200, 7);
    const before = JSON.stringify(data);
    expect(JSON.stringify(fitProphet(data))).toBe(JSON.stringify(fitProphet(data)));
    expect(JSON.stringify(data)).toBe(before);
  });

  it('does not depend on the order of rows', () => {
    const { days, values } = daily(200, 8);
    const order = createRandom(9).permutation(200);
    const shuffled = { days: [...order].map((i) => days[i]!), values: [...order].map((i) => values[i]!) };
    expect(fitProphet(shuffled)).toEqual(fitProphet({ days, values }));
  });
});

describe('the state', () => {
  it('survives JSON and stays below 10 kB with all Indian holidays', () => {
    const data = daily(1100, 10);
    const state = fitProphet(data, { holidays: indianHolidays(1, 1) });
    const text = JSON.stringify(state);
    expect(text.length).toBeLessThan(10_000);
    // All parts except holidays: changepoints, high orders, further and conditional seasonalities, regressors.
    const less = daily(300, 10);
    const rich = fitProphet(
      {
        ...less,
        cap: 500,
        regressors: { price: less.days, rain: less.values },
        conditions: { open: Array.from(less.days, () => 1) },
      },
      {
        growth: 'logistic',
        yearly: 20,
        weekly: 3,
        daily: 4,
        regressors: [{ name: 'price' }, { name: 'rain' }],
        seasonalities: [
          { name: 'monthly', period: 30.4375, order: 5 },
          { name: 'shift', period: 5, order: 2, condition: 'open' },
        ],
      },
    );
    expect(JSON.stringify(rich).length).toBeLessThan(6000);
    const ahead = { days: [START + 1200, START + 1201] };
    expect(predictProphet(JSON.parse(text) as ProphetState, ahead)).toEqual(predictProphet(state, ahead));
  });
});

describe('the components', () => {
  const sumOf = (state: ProphetState, columns: Parameters<typeof predictProphet>[1]): Float64Array => {
    const { trend, components } = predictProphet(state, columns);
    return trend.map((value, i) => {
      const part = (mode: string): number =>
        components.filter((component) => component.mode === mode).reduce((sum, { values }) => sum + values[i]!, 0);
      return value * (1 + part('multiplicative')) + part('additive');
    });
  };

  it('add up to the forecast, additive, multiplicative and mixed', () => {
    const seasonalities = [{ name: 'monthly', period: 30.4375, order: 2, mode: 'additive' as const }];
    for (const mode of ['additive', 'multiplicative'] as const) {
      const state = fitProphet(daily(400, 11), { mode, seasonalities });
      const days = Array.from({ length: 50 }, (_, i) => START + 380 + i);
      const { mean } = predictProphet(state, { days });
      sumOf(state, { days }).forEach((value, i) => expect(value).toBeCloseTo(mean[i]!, 8));
    }
  });

  it('estimates the effects of a holiday and of the day after', () => {
    const { days, values } = daily(730, 12);
    const party = [START + 100, START + 300, START + 500, START + 700];
    const lifted = Array.from(
      values,
      (value, i) => value + (party.includes(days[i]!) ? 50 : party.includes(days[i]! - 1) ? 20 : 0),
    );
    const state = fitProphet({ days, values: lifted }, { holidays: [{ name: 'party', days: party, upperWindow: 1 }] });
    const [holiday] = predictProphet(state, { days: [party[0]!, party[0]! + 1, party[0]! + 2] }).components.filter(
      ({ kind }) => kind === 'holiday',
    );
    expect(holiday!.values[0]).toBeCloseTo(50, 0);
    expect(holiday!.values[1]).toBeCloseTo(20, 0);
    expect(holiday!.values[2]).toBe(0);
  });

  it('estimates the effect of a standardised regressor', () => {
    const { days, values } = daily(400, 13);
    const random = createRandom(14);
    const price = Array.from(days, () => 1000 + 200 * random.normal());
    const moved = Array.from(values, (value, i) => value + 0.05 * (price[i]! - 1000));
    const state = fitProphet(
      { days, values: moved, regressors: { price } },
      { regressors: [{ name: 'price', standardize: true }] },
    );
    const [fitted] = state.regressors;
    expect(fitted!.deviation).toBeGreaterThan(150);
    const at = (value: number): number =>
      predictProphet(state, { days: [START], regressors: { price: [value] } }).mean[0]!;
    expect(at(1100) - at(1000)).toBeCloseTo(5, 0);
    expect(() => predictProphet(state, { days: [START] })).toThrow(expect.objectContaining({ code: 'MISSING_COLUMN' }));
  });

  it('applies a conditional seasonality only where its condition is 1', () => {
    const days = Array.from({ length: 400 }, (_, i) => START + i);
    const open = days.map((day) => Number(day % 100 < 50));
    const values = days.map((day, i) => 50 + (open[i] ? 9 * Math.sin((2 * Math.PI * day) / 5) : 0));
    const seasonalities = [{ name: 'shift', period: 5, order: 1, condition: 'open' }];
    const state = fitProphet({ days, values, conditions: { open } }, { weekly: false, seasonalities });
    const day = START + 401.25;
    const [off] = predictProphet(state, { days: [day], conditions: { open: [0] } }).components;
    const [on] = predictProphet(state, { days: [day], conditions: { open: [1] } }).components;
    expect(off!.values[0]).toBe(0);
    expect(on!.values[0]).toBeCloseTo(9 * Math.sin((2 * Math.PI * day) / 5), 0);
  });

  it('has a monthly seasonality on request, with `auto` only for two months of daily data', () => {
    const days = Array.from({ length: 400 }, (_, i) => START + i);
    const wave = (day: number): number => 50 + 8 * Math.sin((2 * Math.PI * day) / (365.25 / 12));
    const names = (at: number[], options: ProphetOptions): string[] => {
      const { seasonalities } = fitProphet({ days: at, values: at.map(wave) }, { weekly: false, ...options });
      return seasonalities.map(({ name }) => name);
    };
    const sparse = days.filter((_, i) => i % 7 === 0);
    expect(names(days, {})).toEqual([]);
    expect(names(days, { monthly: 'auto' })).toEqual(['monthly']);
    expect(names(days.slice(0, 50), { monthly: 'auto' })).toEqual([]);
    expect(names(sparse, { monthly: 'auto' })).toEqual([]);
    const state = fitProphet({ days, values: days.map(wave) }, { weekly: false, monthly: 2 });
    const ahead = Array.from({ length: 30 }, (_, i) => START + 400 + i);
    predictProphet(state, { days: ahead }).mean.forEach((value, i) => expect(value).toBeCloseTo(wave(ahead[i]!), 0));
  });

  it('saturates below the cap', () => {
    const days = Array.from({ length: 300 }, (_, i) => START + i);
    const values = days.map((day) => 10 + 90 / (1 + Math.exp(-(day - START - 150) / 25)));
    const state = fitProphet({ days, values, cap: 100, floor: 10 }, { growth: 'logistic', weekly: false });
    const { mean } = predictProphet(state, { days: [START + 150, START + 2000] });
    expect(mean[0]).toBeCloseTo(55, 0);
    expect(mean[1]).toBeGreaterThan(98);
    expect(mean[1]).toBeLessThanOrEqual(100.5);
  });
});

describe('uncertainty', () => {
  it('has the standard deviation of simulated futures', () => {
    const state = fitProphet(daily(600, 15), { changepointPriorScale: 0.5 });
    const horizon = 400;
    const { sd } = predictProphet(state, { days: [START + 599 + horizon] });
    const random = createRandom(16);
    const size = state.changes.reduce((sum, change) => sum + Math.abs(change), 0) / state.changes.length;
    const reach = horizon / state.span;
    const laplace = (): number => {
      const u = random.uniform() - 0.5;
      return -size * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
    };
    const future = (): number => {
      let value = state.sigma * random.normal();
      // Changepoints are a Poisson process with the rate of the history.
      for (let t = -Math.log(random.uniform()) / state.changes.length; t < reach;) {
        value += laplace() * (reach - t);
        t -= Math.log(random.uniform()) / state.changes.length;
      }
      return value * state.scale;
    };
    const draws = Array.from({ length: 20_000 }, future);
    const spread = Math.sqrt(draws.reduce((sum, value) => sum + value * value, 0) / draws.length);
    expect(sd[0]! / spread).toBeGreaterThan(0.95);
    expect(sd[0]! / spread).toBeLessThan(1.05);
  });

  it('is constant within the history', () => {
    const state = fitProphet(daily(300, 17));
    const { sd } = predictProphet(state, { days: [START, START + 299] });
    expect(sd[0]).toBe(sd[1]);
  });
});

describe('extreme and invalid input', () => {
  it('gives finite forecasts or TOO_FEW_ROWS for any series (property)', () => {
    const value = fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constant(NaN), fc.constant(0));
    const rows = fc.array(fc.tuple(fc.integer({ min: 15_000, max: 20_000 }), value), { maxLength: 50 });
    const option = fc.record({
      growth: fc.constantFrom('linear' as const, 'flat' as const, 'logistic' as const),
      mode: fc.constantFrom('additive' as const, 'multiplicative' as const),
      yearly: fc.constantFrom('auto' as const, 4),
    });
    fc.assert(
      fc.property(rows, option, (pairs, options) => {
        const data = { days: pairs.map(([day]) => day), values: pairs.map(([, y]) => y), cap: 2e9, floor: -2e9 };
        try {
          const state = JSON.parse(JSON.stringify(fitProphet(data, options))) as ProphetState;
          const { mean, sd } = predictProphet(state, { days: [15_000, 20_500, 25_000] });
          expect([...mean, ...sd].every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof PipelineError)) throw error;
          expect(error.code).toBe('TOO_FEW_ROWS');
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ days: [1, 2], values: [1] }, {}, 'SHAPE_MISMATCH'],
    [{ days: [1, 2], values: [1, Infinity] }, {}, 'NOT_FINITE'],
    [{ days: [1, 1], values: [1, 2] }, {}, 'TOO_FEW_ROWS'],
    [{ days: [1, 2], values: [NaN, NaN] }, {}, 'TOO_FEW_ROWS'],
    [{ days: [1, 2], values: [1, 2] }, { growth: 'logistic' as const }, 'INVALID_INPUT'],
    [{ days: [1, 2], values: [1, 2] }, { regressors: [{ name: 'x' }] }, 'MISSING_COLUMN'],
  ])('refuses %j with %j', (data, options, code) => {
    expect(() => fitProphet(data, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('parts of a cycle that were never observed', () => {
  const weekday = (day: number): number => (day + 3) % 7; // Monday = 0
  /** Values of 75 to 125 from Monday to Friday. */
  function workdays(weeks: number, seed: number): ProphetData {
    const random = createRandom(seed);
    const days = Array.from({ length: 7 * weeks }, (_, i) => START + i).filter((day) => weekday(day) < 5);
    return { days, values: days.map((day) => 100 + 15 * Math.sin(weekday(day)) + 10 * (random.uniform() - 0.5)) };
  }

  it('are not extrapolated: weekends lie between Friday and Monday', () => {
    for (const seed of [1, 2, 3, 4]) {
      const data = workdays(60, seed);
      const state = JSON.parse(JSON.stringify(fitProphet(data))) as ProphetState;
      const end = START + 420;
      const days = Array.from({ length: 28 }, (_, i) => end + i);
      const { mean } = predictProphet(state, { days });
      const weekends = days.map((day, i) => (weekday(day) >= 5 ? mean[i]! : null)).filter((value) => value !== null);
      expect(Math.min(...weekends)).toBeGreaterThan(75);
      expect(Math.max(...weekends)).toBeLessThan(125);
      const weekly = predictProphet(state, { days }).components.find(({ name }) => name === 'weekly')!.values;
      const on = (which: number): number => weekly[days.findIndex((day) => weekday(day) === which)]!;
      expect(on(5)).toBeCloseTo(on(4) + (on(0) - on(4)) / 3, 9);
      expect(on(6)).toBeCloseTo(on(4) + (2 * (on(0) - on(4))) / 3, 9);
    }
  });

  it('are a line for the nights of hours at work too', () => {
    const random = createRandom(5);
    const days = Array.from({ length: 40 * 9 }, (_, i) => START + Math.floor(i / 9) + (9 + (i % 9)) / 24);
    const state = fitProphet({ days, values: days.map(() => 100 + 20 * random.normal()) }, { daily: 4 });
    const { mean } = predictProphet(state, { days: Array.from({ length: 24 }, (_, i) => START + 40 + i / 24) });
    for (const value of mean) expect(Math.abs(value - 100)).toBeLessThan(60);
  });

  it('do not exist in daily data, whose state keeps its form', () => {
    for (const { gaps } of fitProphet(daily(800, 1)).seasonalities) expect(gaps).toBeUndefined();
  });

  it('follow the condition of a seasonality', () => {
    const data = workdays(20, 6);
    const conditions = { season: Array.from(data.days, () => 1) };
    const seasonalities = [{ name: 'own', period: 7, order: 3, condition: 'season' }];
    const state = fitProphet({ ...data, conditions }, { weekly: false, seasonalities });
    const friday = START + 140 + ((4 - weekday(START + 140) + 7) % 7);
    const days = [friday, friday + 1, friday + 3];
    const own = (active: number): Float64Array =>
      predictProphet(state, { days, conditions: { season: days.map(() => active) } }).components[0]!.values;
    expect([...own(0)]).toEqual([0, 0, 0]);
    const [atFriday, saturday, monday] = own(1);
    expect(saturday).toBeCloseTo(atFriday! + (monday! - atFriday!) / 3, 9);
  });
});

describe('a history without negative values', () => {
  const falling = (from: number): ProphetData => {
    const days = Array.from({ length: 200 }, (_, i) => START + i);
    return { days, values: days.map((_, i) => from - i) };
  };
  const later = { days: [START + 400] };

  it('has no negative forecast; another may have', () => {
    expect(predictProphet(fitProphet(falling(200)), later).mean[0]).toBe(0);
    expect(predictProphet(fitProphet(falling(150)), later).mean[0]).toBeLessThan(-100);
  });
});
