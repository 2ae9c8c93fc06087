import { describe, expect, it } from 'vitest';
import { type MonthlyAccount, monthEffects, pooledForecasts } from './pooled-income.js';

const FIRST = 276;

/** Accounts whose outgoings follow the last income; month 11 is three times as dear for everybody. */
function accounts(count: number, months: number): MonthlyAccount[] {
  return Array.from({ length: count }, (_, i) => {
    const income = Array.from({ length: months }, (_, t) => 1000 * (1 + (i % 7)) * (1 + 0.5 * Math.sin(i + 1.7 * t)));
    const spent = income.map((_, t) => (t === 0 ? 500 : income[t - 1]! * (t === 11 ? 3 : 1)));
    return { first: FIRST, months: spent, income };
  });
}

describe('the pooled forecast', () => {
  it('sees which month was extraordinary for everybody', () => {
    const effects = monthEffects(accounts(80, 14), FIRST + 13);
    expect(effects.get(FIRST + 11)).toBeGreaterThan(2.3);
    expect(effects.get(FIRST + 12)).toBeLessThan(1.3);
  });

  it('learns from earlier months what follows, and does not repeat the extraordinary month', () => {
    const all = accounts(80, 14);
    const forecasts = pooledForecasts(all, FIRST + 13);
    const errors = all.map((account) => Math.abs(forecasts.get(account)! / account.months[13]! - 1));
    expect(errors.sort((a, b) => a - b)[40]).toBeLessThan(0.15);
  });

  it('looks at nothing from the month on', () => {
    const all = accounts(80, 14);
    const later = all.map((account) => ({
      ...account,
      months: account.months.map((amount, t) => (t < 12 ? amount : 9e9)),
      income: account.income.map((amount, t) => (t < 12 ? amount : 9e9)),
    }));
    const forecasts = [...pooledForecasts(later, FIRST + 12).values()];
    expect(forecasts).toEqual([...pooledForecasts(all, FIRST + 12).values()]);
  });
});
