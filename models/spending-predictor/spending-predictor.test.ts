import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sum } from '../../learning/numeric/statistics/sum.js';
import { firstDayOf } from '../../learning/time-series/calendar/index.js';
import { FIXTURE_CUSTOMERS, FIXTURE_SEED, fixtureCsv } from './fixtures/make-fixture.js';
import { addMovement, emptyHistory, historyBefore, historyOf, monthlyAmounts } from './forecast/history.js';
import { divideHistory } from './forecast/recurring.js';
import { customerStrength, fitSeasonality, seasonFactor, type SeasonSeries } from './forecast/seasonality.js';
import { festivalShare } from './forecast/festival.js';

const START = 2023 * 12;

/** Customers with a common season in May of different strengths, and growth. */
function seasonal(customers: number, months: number): SeasonSeries[] {
  return Array.from({ length: customers }, (_, i) => {
    const strength = 0.5 + i / customers;
    const values = Float64Array.from({ length: months }, (_, t) => {
      const may = (START + t) % 12 === 4 ? 0.6 * strength : 0;
      return 1000 * (1 + i) * (1 + may) * Math.exp((0.1 * t) / 12);
    });
    return { customer: `c${i}`, category: 'travel', first: START, values };
  });
}

describe('spending predictor', () => {
  it('has a fixture that is equal to the output of its script', () => {
    const file = readFileSync(join(import.meta.dirname, 'fixtures/transactions.csv'), 'utf8');
    expect(fixtureCsv(FIXTURE_CUSTOMERS, FIXTURE_SEED)).toBe(file);
  });

  it('festivalShare is in the months before Diwali and sums to 1 in a year', () => {
    const year = Array.from({ length: 12 }, (_, i) => festivalShare(2024 * 12 + i));
    expect(sum(year)).toBeCloseTo(1, 10);
    expect(year[9]).toBeGreaterThan(0.9);
    expect(festivalShare(1990 * 12 + 10)).toBe(0);
  });

  it('estimates the common season, the strength of each customer, and growth', () => {
    const series = seasonal(40, 30);
    const learned = fitSeasonality(series);
    const strong = customerStrength([series[39]!], learned);
    const weak = customerStrength([series[0]!], learned);
    expect(strong).toBeGreaterThan(weak + 0.3);
    const may = seasonFactor(learned.categories.travel, START + 4, strong);
    const june = seasonFactor(learned.categories.travel, START + 5, strong);
    expect(may / june).toBeGreaterThan(1.6);
    expect(learned.growth).toBeGreaterThan(0.06);
    expect(learned.growth).toBeLessThan(0.1);
  });

  it('divideHistory separates bills from free spending, and ignores payments after the origin', () => {
    const history = emptyHistory();
    for (let i = 0; i < 10; i++) {
      const day = firstDayOf(START + i) + 4;
      const category = 'entertainment';
      addMovement(history, { day, amount: 199, category, payee: 'TELEVISION', instalments: null });
      const ticket = { day: day + ((i * 7) % 20), amount: 100 + 50 * i };
      addMovement(history, { ...ticket, category, payee: 'CINEMA', instalments: null });
    }
    const span = { from: START + 8, count: 2 };
    const whole = divideHistory(history, span);
    expect(whole.bills).toHaveLength(1);
    expect(whole.bills[0]!.expected.map(({ amount }) => amount)).toEqual([199, 199]);
    expect(whole.free.get('entertainment')![3]).toBeCloseTo(250, 9);
    expect(divideHistory(historyBefore(history, START + 8), span)).toEqual(whole);
  });

  it('historyOf leaves out a first month that is not known completely', () => {
    const row = { amount: 10, category: 'dining', payee: null, instalments: null };
    const history = historyOf([
      { ...row, day: firstDayOf(START + 1) + 2 },
      { ...row, day: firstDayOf(START) + 20 },
    ]);
    expect(history.first).toBe(START + 1);
    expect([...monthlyAmounts(history, 'dining', START + 2)]).toEqual([10]);
  });
});
