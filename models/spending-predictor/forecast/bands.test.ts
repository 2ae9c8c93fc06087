import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstDayOf, isoDate } from '../../../learning/time-series/calendar/index.js';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { freezeHoldout, splitHoldout } from '../../../learning/evaluation/split/index.js';
import { projectRoot } from '../../../platform/project.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { bandsOf, type Banded, type SpendingAnswer } from '../prediction/answer.js';
import { backtestCustomer, backtestShortHistory, firstTotal, forecastFrom } from './backtest.js';
import { choiceFor, choicesBetween, chooseForecasters, choiceMonth } from './forecaster-choice.js';
import {
  categoryScale,
  historyGroup,
  fitMonthlyBands,
  monthlyPoints,
  defaultBands,
  totalScale,
} from './calibration.js';
import { train } from '../training/train.js';
import { fileFormats } from '../data/formats.js';
import { addMovement, emptyHistory, type History, historySince } from './history.js';
import type { LearnedModel } from './learned-model.js';
import { customerGroups } from '../training/groups.js';
import { bootstrap632 } from '../training/bootstrap-632.js';
import { params } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';
import { divideHistory } from './recurring.js';
import { fitSeasonality, type SeasonSeries } from './seasonality.js';

const START = 2023 * 12;
const UNTIL = START + 24;

/** A rent that rises each June, varying dining, and a yearly premium. */
function household(seed: number): History {
  const random = createRandom(seed);
  const history = emptyHistory();
  const pay = (month: number, day: number, category: string, amount: number): void =>
    addMovement(history, { day: firstDayOf(month) + day, amount, category, payee: category, instalments: null });
  for (let month = START; month < UNTIL; month++) {
    pay(month, 2, 'rent', 9000 * 1.07 ** Math.floor((month - START + 7) / 12));
    if (month % 12 === seed % 12) pay(month, 9, 'insurance', 12_000);
    for (let week = 0; week < 4; week++) pay(month, 3 + 7 * week, 'dining', 800 * Math.exp(0.5 * random.normal()));
  }
  return history;
}

const households = Array.from({ length: 24 }, (_, i) => household(i));
const flat: LearnedModel = {
  schemaVersion: 2,
  seasonality: { categories: {}, growth: 0 },
  choice: { origins: 6, margin: 0 },
  memory: 0.85,
  pooledIncome: null,
  reconciliation: 'bottom-up',
  errors: { names: ['total'], covariance: [0.01], typicalVariance: 0.0025 },
  center: 1,
  groups: [{ total: 10_000, categories: { dining: 10_000 } }],
  profile: { weekdays: Array<number>(7).fill(1), days: Array<number>(31).fill(1) },
  bands: defaultBands,
  horizonDays: 90,
  knownUntil: firstDayOf(UNTIL),
};

describe('calibration', () => {
  it('fitSeasonality does not use the left-out month', () => {
    const series = (odd: number): SeasonSeries[] =>
      Array.from({ length: 12 }, (_, i) => ({
        customer: `c${i}`,
        category: 'travel',
        first: START,
        values: Float64Array.from({ length: 24 }, (_, t) => (t === 15 ? odd : 1000 + 10 * ((i * t) % 7))),
      }));
    const without = (odd: number) => fitSeasonality(series(odd), START + 15).categories.travel!.months;
    const april = (months: readonly number[]): number => months[3]! - (months[2]! + months[4]!) / 2;
    expect(Math.abs(april(without(3000)))).toBeLessThan(0.05);
    expect(april(fitSeasonality(series(3000)).categories.travel!.months)).toBeGreaterThan(0.5);
  });

  it('chooseForecasters reads the history before the last January only', () => {
    const last = UNTIL - 1;
    expect([UNTIL, UNTIL + 11, UNTIL + 12].map((month) => choiceMonth(month) - UNTIL)).toEqual([0, 0, 12]);
    const chosen = households.map((history) => {
      const changed = historySince(history, START);
      const dining = changed.months.get('dining')!;
      dining[dining.length - 1] = 40_000;
      return { history, changed };
    });
    for (const { history, changed } of chosen)
      expect(chooseForecasters(changed, last, flat)).toEqual(chooseForecasters(history, last, flat));
    const diningOf = (history: History) => chooseForecasters(history, UNTIL, flat).categories.dining;
    expect(chosen.some(({ history, changed }) => diningOf(changed) !== diningOf(history))).toBe(true);
  });

  it('choicesBetween holds the choices of all months', () => {
    const history = households[3]!;
    const choices = choicesBetween(history, [UNTIL - 8, UNTIL + 1], flat);
    expect(Object.keys(choices)).toHaveLength(2);
    for (const month of [UNTIL - 8, UNTIL - 1])
      expect(choiceFor(choices, month)).toEqual(chooseForecasters(history, month, flat));
    expect(choiceFor(undefined, UNTIL)).toEqual({ categories: {} });
  });

  it('bootstrap632 leaves out 63 % of the months, deterministically', () => {
    const seasonality = { categories: {}, growth: 0.5 };
    const left = (customer: string): boolean[] => {
      const at = bootstrap632(customer, () => flat, { ...flat, seasonality });
      return Array.from({ length: 12 }, (_, month) => {
        const model = at(month);
        expect(model === flat || model.seasonality === seasonality).toBe(true);
        return model === flat;
      });
    };
    const all = Array.from({ length: 200 }, (_, i) => left(`customer ${i}`)).flat();
    expect(all.filter(Boolean).length / all.length).toBeCloseTo(0.632, 1);
    expect(left('customer 7')).toEqual(left('customer 7'));
  });

  it('historySince has no earlier payments, and backtestShortHistory has lengths of 0 to 11 months', () => {
    const history = households[1]!;
    const since = historySince(history, UNTIL - 5);
    expect(since.first).toBe(UNTIL - 5);
    expect(since.months.get('rent')).toEqual(history.months.get('rent')!.slice(-5));
    for (const { payments } of since.streams.values())
      for (const { day } of payments) expect(day).toBeGreaterThanOrEqual(firstDayOf(UNTIL - 5));
    expect(history.first).toBe(START);
    const rows = households.flatMap((one, i) => backtestShortHistory(`customer ${i}`, one, () => flat, UNTIL));
    expect(new Set(rows.map(({ historyMonths }) => historyMonths)).size).toBe(12);
    expect(Math.max(...rows.map(({ historyMonths }) => historyMonths))).toBe(11);
  });

  it('historySince keeps earlier instalments, so that a loan does not look unpaid', () => {
    const history = household(2);
    const instalment = (month: number) => ({
      day: firstDayOf(month) + 5,
      amount: 3000,
      category: 'emi',
      payee: 'BANK',
    });
    addMovement(history, { ...instalment(START), day: firstDayOf(START) + 3, instalments: 36 });
    for (let month = START + 1; month < UNTIL; month++)
      addMovement(history, { ...instalment(month), instalments: null });
    const span = { from: UNTIL, count: 1 };
    for (const known of [history, historySince(history, UNTIL - 4)]) {
      const { bills } = divideHistory(known, span);
      const expected = bills.find(({ category }) => category === 'emi')?.expected ?? [];
      expect(expected.map(({ amount }) => amount)).toEqual([3000]);
    }
  });

  it('cold starts and short histories are separate calibration groups', () => {
    const few = households.flatMap((one, i) => backtestShortHistory(`customer ${i}`, one, () => flat, UNTIL));
    const rows = [few, few, few, few].flat();
    const parts = rows.map((row) => Float64Array.from(row.parts));
    const { month } = fitMonthlyBands(monthlyPoints(rows, parts));
    const width = (months: number): number => {
      const { low80, high80 } = bandsOf(month, { mean: 100, scale: 100, horizon: 1, group: historyGroup(months) });
      return high80 - low80;
    };
    expect([0, 2, 3, 11, 12].map(historyGroup)).toEqual(['cold/0', 'cold/2', 'short', 'short', 'long']);
    expect(width(1)).not.toBe(width(8));
  });

  it('the band of a cold start is in units of what is not a known bill', () => {
    const month = { mean: 100, owed: 60 };
    expect(totalScale({ ...month, historyMonths: 2 })).toEqual({ scale: 40, group: 'cold/2' });
    expect(totalScale({ ...month, historyMonths: 3 })).toEqual({ scale: 100, group: 'short' });
    expect(totalScale({ mean: 100, owed: 100, historyMonths: 0 }).scale).toBeGreaterThan(0);
  });

  it('a cold start does not take a month of high season for a usual one', () => {
    const months = Array.from({ length: 12 }, (_, i) => (i === START % 12 ? 1 : 0));
    const dining = { months, festival: 0, echo: 0 };
    const seasons = { ...flat, seasonality: { categories: { dining }, growth: 0 } };
    const history = emptyHistory();
    addMovement(history, {
      day: firstDayOf(START) + 3,
      amount: 20_000,
      category: 'dining',
      payee: null,
      instalments: null,
    });
    const next = { from: START + 1, count: 1 };
    expect(firstTotal(forecastFrom(history, next, seasons, { categories: {} }))).toBeCloseTo(10_000, 6);
    expect(firstTotal(forecastFrom(history, next, flat, { categories: {} }))).toBeCloseTo(20_000, 6);
  });

  it('similar customers of a cold start have no instalments of loans that are known', () => {
    const history = household(2);
    const instalment = {
      day: firstDayOf(UNTIL - 1) + 5,
      amount: 3000,
      category: 'emi',
      payee: 'BANK',
      instalments: null,
    };
    addMovement(history, instalment);
    expect(customerGroups([history], UNTIL)[0]!.categories.emi).toBeGreaterThan(0);
    history.loans.push({ from: firstDayOf(START), instalment: 3000, term: 36 });
    expect(customerGroups([history], UNTIL)[0]!.categories.emi).toBeUndefined();
  });

  it('bands are narrow for bills, wide for free spending, and 0 for a category without expected bills', () => {
    const rows = households.flatMap((history) =>
      backtestCustomer(history, () => ({ model: flat, champions: { categories: {} } }), UNTIL),
    );
    const parts = rows.map((row) => Float64Array.from(row.parts));
    const { category } = fitMonthlyBands(monthlyPoints(rows, parts));
    const width = (name: string, mean: number, owed: number): number => {
      const place = categoryScale({ category: name, mean, owed, usual: 4000 });
      const { low80, high80 } = bandsOf(category, { mean, horizon: 1, ...place });
      return (high80 - low80) / Math.max(mean, 1);
    };
    expect(width('rent', 9000, 9000)).toBeLessThan(0.01);
    expect(width('dining', 4000, 0)).toBeGreaterThan(0.2);
    expect(categoryScale({ category: 'insurance', mean: 0, owed: 0, usual: 4000 }).group).toBe('nothing/insurance');
    expect(width('insurance', 0, 0)).toBe(0);
  });
});

describe('bands of extreme histories', () => {
  let predictor: Awaited<ReturnType<typeof openPredictor>>;
  beforeAll(async () => {
    const file = join(projectRoot, 'models/spending-predictor/fixtures/transactions.csv');
    const { format, table } = await readDataFile(file, fileFormats);
    const { schema } = format;
    const data = { schema, table: splitHoldout(freezeHoldout(schema.split, table), table).train };
    predictor = await openPredictor(await train(trainContext(), data, params.parse({ origins: 2 })));
  });
  afterAll(() => predictor.close());

  const AS_OF = '2026-03-01';
  type Sent = { bookedAt: string; amount: number; category?: string | null; merchant?: string | null };
  const monthly = (count: number, sent: (i: number) => Partial<Sent>): Sent[] =>
    Array.from({ length: count }, (_, i) => {
      const bookedAt = isoDate(firstDayOf(2026 * 12 + 2 - count + i) + 4);
      return { bookedAt, amount: -1000, category: 'dining', merchant: null, ...sent(i) };
    });

  const nested = ({ mean, low80, high80, low95, high95 }: Banded): void => {
    const edges = [0, low95, low80, mean, high80, high95];
    expect(edges.every(Number.isFinite)).toBe(true);
    expect(edges).toEqual(edges.toSorted((a, b) => a - b));
  };

  async function answer(transactions: Sent[]): Promise<SpendingAnswer> {
    const [found] = await predictor.predict([predictor.input.parse({ transactions, asOf: AS_OF, horizonDays: 70 })]);
    for (const { total, categories } of found!.monthly) [total, ...Object.values(categories)].forEach(nested);
    for (const { total } of found!.weekly) nested(total);
    found!.daily.forEach(nested);
    return found!;
  }

  it.each<[string, Sent[]]>([
    ['no payment', []],
    ['only income', monthly(20, () => ({ amount: 500 }))],
    ['a constant', monthly(20, () => ({}))],
    ['two payments', monthly(2, () => ({}))],
    ['one outlier', monthly(20, (i) => ({ amount: i === 10 ? -1e10 : -1000 }))],
    ['an outlier in the last month', monthly(20, (i) => ({ amount: i === 19 ? -1e10 : -1000 }))],
    ['a month without a payment', monthly(20, (i) => ({ amount: i === 12 ? 1 : -1000 }))],
    ['a payment on each leap day', [2020, 2024].map((year) => ({ bookedAt: `${year}-02-29`, amount: -700 }))],
    [
      'changes of the local clock',
      monthly(24, (i) => ({ bookedAt: new Date(Date.UTC(2024, 2 + i, 31, 1, 30)).toISOString() })),
    ],
    [
      'the same hour in two zones',
      [
        ...monthly(6, () => ({ bookedAt: '2025-10-26T02:30:00+02:00' })),
        ...monthly(6, () => ({ bookedAt: '2025-10-26T02:30:00+01:00' })),
      ],
    ],
    ['a cent', monthly(20, () => ({ amount: -0.01 }))],
  ])('%s: finite, nested and not negative', async (_, transactions) => {
    await answer(transactions);
  });

  it('any transactions: finite, nested and not negative (property)', async () => {
    const sent = fc.record({
      bookedAt: fc.integer({ min: 0, max: 800 }).map((back) => isoDate(firstDayOf(2026 * 12 + 2) - 1 - back)),
      amount: fc.oneof(fc.double({ min: -1e10, max: 1e10, noNaN: true }), fc.constantFrom(0, -1, -0.01)),
      category: fc.constantFrom('rent', 'dining', 'insurance', 'food/out', '', null),
      merchant: fc.constantFrom('A', 'B', '', null),
    });
    const request = fc.array(
      sent.filter(({ category }) => category !== ''),
      { maxLength: 60 },
    );
    const property = fc.asyncProperty(request, async (transactions) => {
      await answer(transactions);
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
