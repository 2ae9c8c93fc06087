import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { chooseIncomeShare, rescaleParts, type ShareCase, totalWithShare } from './income-share.js';
import { fitPooledIncome, monthEffects, type MonthlyCashflow, expectedByIncome } from './pooled-income.js';

const FIRST = 1993 * 12;

/** Customers who spend their last income, and three times as much in month 11. */
function customers(count: number, months: number): MonthlyCashflow[] {
  return Array.from({ length: count }, (_, i) => {
    const incomes = Array.from({ length: months }, (_, t) => 1000 * (1 + (i % 7)) * (1 + 0.5 * Math.sin(i + 1.7 * t)));
    const spent = incomes.map((_, t) => (t === 0 ? 500 : incomes[t - 1]! * (t === 11 ? 3 : 1)));
    const income = new Map(incomes.map((amount, t) => [FIRST + t, amount]));
    return { first: FIRST, spent, income, factor: () => 1 };
  });
}

const before = (money: MonthlyCashflow, at: number): MonthlyCashflow => ({
  ...money,
  spent: Array.from(money.spent).slice(0, at - money.first),
  income: new Map([...money.income].filter(([month]) => month < at)),
});

describe('the pooled income forecast', () => {
  it('monthEffects finds an extraordinary month with 50 or more customers and is 1 with fewer', () => {
    const effects = monthEffects(customers(80, 14), FIRST + 13);
    expect(effects.get(FIRST + 11)).toBeGreaterThan(2.3);
    expect(effects.get(FIRST + 12)).toBeLessThan(1.3);
    expect(new Set(monthEffects(customers(20, 14), FIRST + 13).values())).toEqual(new Set([1]));
  });

  it('forecasts spending from income, and does not repeat the extraordinary month', () => {
    const all = customers(80, 14);
    const at = FIRST + 13;
    const learned = fitPooledIncome(all, at);
    const errors = all.map((money) => Math.abs(expectedByIncome(money, at, learned)! / money.spent[13]! - 1));
    expect(errors.sort((a, b) => a - b)[40]).toBeLessThan(0.15);
  });

  it('expectedByIncome is seasonally adjusted', () => {
    const factor = (month: number): number => (month % 12 === 11 ? 2 : 1);
    const spent = Array.from({ length: 12 }, (_, t) => 1000 * factor(FIRST + t));
    const money = Array.from({ length: 60 }, () => ({
      first: FIRST,
      spent,
      income: new Map<number, number>(),
      factor,
    }));
    expect(expectedByIncome(money[0]!, FIRST + 12, fitPooledIncome(money, FIRST + 12))).toBeCloseTo(1000, 6);
  });

  it('does not use months at or after the forecast month', () => {
    const all = customers(80, 14);
    const at = FIRST + 12;
    const known = all.map((money) => before(money, at));
    expect(fitPooledIncome(all, at)).toEqual(fitPooledIncome(known, at));
    const learned = fitPooledIncome(all, at);
    const expectedOf = (cashflow: MonthlyCashflow): number | null => expectedByIncome(cashflow, at, learned);
    expect(all.map(expectedOf)).toEqual(known.map(expectedOf));
  });

  it('expectedByIncome is null without known amounts, and never negative', () => {
    const learned = { weights: [-1, 0, 0], effects: [], share: 1 };
    const money = { first: FIRST, spent: [100, 100], income: new Map<number, number>(), factor: () => 1 };
    expect(expectedByIncome({ ...money, spent: [] }, FIRST, learned)).toBeNull();
    expect(expectedByIncome({ ...money, spent: [0, 0] }, FIRST + 2, learned)).toBeNull();
    expect(expectedByIncome(money, FIRST + 2, learned)).toBe(0);
  });
});

/** Months in which the error of the income forecast decreases with `skill`, and that of the other forecast increases. */
function cases(count: number, skill: number): ShareCase[] {
  const random = createRandom(3);
  return Array.from({ length: 6 * count }, (_, i) => {
    const actual = 1000 * Math.exp(0.3 * random.normal());
    const noisy = (spread: number): number => actual * Math.exp(spread * random.normal());
    return { customer: `c${i % count}`, owed: 0, base: noisy(skill), byIncome: noisy(1 - skill), actual };
  });
}

describe('the share of the income forecast', () => {
  it('is large, medium or 0 according to the errors of the backtest', () => {
    expect(chooseIncomeShare(cases(100, 0.9))).toBeGreaterThanOrEqual(0.8);
    const even = chooseIncomeShare(cases(100, 0.5));
    expect(even).toBeGreaterThan(0.2);
    expect(even).toBeLessThan(0.8);
    expect(chooseIncomeShare(cases(100, 0.05))).toBe(0);
  });

  it('is 0 with fewer than 30 customers or an insignificant gain', () => {
    expect(chooseIncomeShare(cases(29, 0.9))).toBe(0);
    const same = cases(100, 0.5).map((one) => ({ ...one, byIncome: one.base * 1.0001 }));
    expect(chooseIncomeShare(same)).toBe(0);
    expect(chooseIncomeShare([])).toBe(0);
  });

  it('rescaleParts scales free spending in proportion, to a total of at least the bills', () => {
    expect([...rescaleParts([100, 300], 600, 800, 0.5)]).toEqual([75, 225]);
    expect([...rescaleParts([100, 300], 600, 100, 1)]).toEqual([0, 0]);
    expect([...rescaleParts([0, 0], 600, 800, 1)]).toEqual([100, 100]);
    expect([...rescaleParts([1, 2], 0, 99, 0)]).toEqual([1, 2]);
    expect(totalWithShare(1000, 600, 100, 1)).toBe(600);
  });
});
