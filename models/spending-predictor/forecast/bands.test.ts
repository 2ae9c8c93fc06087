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
import { backtestCustomer, backtestShortHistory, chooseChampions } from './backtest.js';
import { categoryScale, historyGroup, fitMonthlyBands, monthlyPoints, defaultBands } from './calibration.js';
import { train } from '../training/train.js';
import { fileFormats } from '../data/formats.js';
import { addMovement, emptyHistory, type History, historySince } from './history.js';
import type { LearnedModel } from './learned-model.js';
import { bootstrap632 } from '../training/bootstrap-632.js';
import { params } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';
import { divideHistory } from './recurring.js';
import { fitSeasonality, type SeasonSeries } from './seasonality.js';

const START = 2023 * 12;
const UNTIL = START + 24;

/** A rent that rises each June, food that scatters, premiums once a year. */
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
  schemaVersion: 1,
  seasonality: { categories: {}, growth: 0 },
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

describe('what calibrates', () => {
  it('seasons of a month do not see the month itself', () => {
    const series = (odd: number): SeasonSeries[] =>
      Array.from({ length: 12 }, (_, i) => ({
        ...{ customer: `c${i}`, category: 'travel', first: START },
        values: Float64Array.from({ length: 24 }, (_, t) => (t === 15 ? odd : 1000 + 10 * ((i * t) % 7))),
      }));
    const without = (odd: number) => fitSeasonality(series(odd), START + 15).categories.travel!.months;
    const april = (months: readonly number[]): number => months[3]! - (months[2]! + months[4]!) / 2;
    expect(Math.abs(april(without(3000)))).toBeLessThan(0.05);
    expect(april(fitSeasonality(series(3000)).categories.travel!.months)).toBeGreaterThan(0.5);
  });

  it('the outcome of a month has no vote on the forecaster whose error there is kept', () => {
    const settings = { origins: 6, margin: 0, until: UNTIL };
    const choices = households.slice(0, 8).map((history) => {
      const other = historySince(history, START);
      const dining = other.months.get('dining')!;
      dining[dining.length - 1] = 40_000;
      return [chooseChampions(history, flat, settings), chooseChampions(other, flat, settings)] as const;
    });
    for (const [usual, odd] of choices) expect(odd.without(UNTIL - 1)).toEqual(usual.without(UNTIL - 1));
    const differ = choices.filter(([usual, odd]) => usual.champions.categories.dining !== odd.champions.categories.dining); // prettier-ignore
    expect(differ.length).toBeGreaterThan(0);
  });

  it('about two thirds of the months that calibrate are left out, the same ones each time', () => {
    const chosen = { champions: { categories: { dining: 'theta' } }, without: () => ({ categories: {} }) };
    const seasonality = { categories: {}, growth: 0.5 };
    const left = (customer: string): boolean[] => {
      const at = bootstrap632(customer, chosen, () => flat, { ...flat, seasonality });
      return Array.from({ length: 12 }, (_, month) => {
        const { model, champions } = at(month);
        expect(model.seasonality === seasonality).toBe(champions === chosen.champions);
        return model === flat;
      });
    };
    const all = Array.from({ length: 200 }, (_, i) => left(`customer ${i}`)).flat();
    expect(all.filter(Boolean).length / all.length).toBeCloseTo(0.632, 1);
    expect(left('customer 7')).toEqual(left('customer 7'));
  });

  it('short histories see neither earlier payments nor the outcome', () => {
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

  it('instalments paid before a history was cut short do not look unpaid', () => {
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

  it('a cold start has bands of its own, apart from those of short histories', () => {
    const few = households.flatMap((one, i) => backtestShortHistory(`customer ${i}`, one, () => flat, UNTIL));
    const rows = [few, few, few, few].flat();
    const { month } = fitMonthlyBands(monthlyPoints(rows, rows.map(({ parts }) => Float64Array.from(parts)))); // prettier-ignore
    const width = (months: number): number => {
      const { low80, high80 } = bandsOf(month, { mean: 100, scale: 100, horizon: 1, group: historyGroup(months) });
      return high80 - low80;
    };
    expect([0, 2, 3, 11, 12].map(historyGroup)).toEqual(['cold/0', 'cold/2', 'short', 'short', 'long']);
    expect(width(1)).not.toBe(width(8));
  });

  it('a bill is known to the rupee where free spending scatters, and nothing due is a case of its own', () => {
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

describe('bands of hard histories', () => {
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
    ['no payment at all', []],
    ['money in alone: every month of spending is zero', monthly(20, () => ({ amount: 500 }))],
    ['a constant', monthly(20, () => ({}))],
    ['two payments', monthly(2, () => ({}))],
    ['one outlier', monthly(20, (i) => ({ amount: i === 10 ? -1e10 : -1000 }))],
    ['an outlier in the last month', monthly(20, (i) => ({ amount: i === 19 ? -1e10 : -1000 }))],
    ['a month without anything', monthly(20, (i) => ({ amount: i === 12 ? 1 : -1000 }))],
    ['a payment on each leap day', [2020, 2024].map((year) => ({ bookedAt: `${year}-02-29`, amount: -700 }))],
    ['local clocks that spring forward and fall back', monthly(24, (i) => ({ bookedAt: new Date(Date.UTC(2024, 2 + i, 31, 1, 30)).toISOString() }))],
    ['the same hour in two zones', [...monthly(6, () => ({ bookedAt: '2025-10-26T02:30:00+02:00' })), ...monthly(6, () => ({ bookedAt: '2025-10-26T02:30:00+01:00' }))]],
    ['a cent', monthly(20, () => ({ amount: -0.01 }))],
  ])('%s: finite, nested, none below zero', async (_, transactions) => {
    await answer(transactions);
  }); // prettier-ignore

  it('any transactions: finite, nested, none below zero', async () => {
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
