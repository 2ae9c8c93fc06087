import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../calendar.js';
import { emptyHistory } from '../history.js';
import { instalmentOf } from './products.js';
import { type Evidence, evidenceOf, probabilityOf, riskOf } from './risk.js';

describe('instalmentOf', () => {
  it('matches the annuity formula, and divides equally at rate 0', () => {
    expect(instalmentOf(100_000, 0.12, 12)).toBeCloseTo(8884.88, 2);
    expect(instalmentOf(12_000, 0, 12)).toBe(1000);
  });

  it('leaves no debt after the last instalment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5000, max: 1e6 }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        fc.integer({ min: 1, max: 120 }),
        (principal, rate, term) => {
          const emi = instalmentOf(principal, rate, term);
          let owed = principal;
          for (let month = 0; month < term; month++) owed = owed * (1 + rate / 12) - emi;
          expect(Math.abs(owed)).toBeLessThan(principal * 1e-6);
        },
      ),
    );
  });
});

const typical: Evidence = {
  income: 50_000,
  incomeVariation: 0.1,
  savingsRate: 0.1,
  utilisation: 0.3,
  overdrawn: 0,
  late: 0,
  missed: 0,
  debtToIncome: 0.2,
  loanToValue: Number.NaN,
  monthsKnown: 30,
  employment: 'salaried',
};

describe('riskOf', () => {
  it.each([
    [{ utilisation: 0.9 }],
    [{ overdrawn: 0.5 }],
    [{ late: 2 }],
    [{ missed: 1 }],
    [{ debtToIncome: 0.5 }],
    [{ incomeVariation: 0.6 }],
    [{ employment: 'unemployed' as const }],
    [{ monthsKnown: 3 }],
  ])('is higher for %j', (change) => {
    expect(riskOf({ ...typical, ...change })).toBeGreaterThan(riskOf(typical));
  });

  it('does not depend on income and savings rate', () => {
    expect(riskOf({ ...typical, income: 1, savingsRate: -9 })).toBe(riskOf(typical));
  });

  it('probabilityOf converts log-odds to probabilities', () => {
    expect(probabilityOf(0)).toBe(0.5);
    expect(probabilityOf(Math.log(3))).toBeCloseTo(0.75, 12);
  });
});

describe('evidenceOf', () => {
  it('counts only missed payments of the last year that were overdue before the application', () => {
    const at = Date.UTC(2026, 0, 1);
    const history = {
      ...emptyHistory(),
      missed: [at - 400 * DAY_MS, at - 60 * DAY_MS, at - 10 * DAY_MS],
      income: [10_000, 30_000],
    };
    const applicant = {
      history,
      at,
      joinedAt: at - 304 * DAY_MS,
      employment: 'salaried' as const,
      runningInstalments: 3000,
    };
    const evidence = evidenceOf(applicant, { amount: 50_000, emi: 5000, collateralValue: 100_000 });
    expect(evidence).toMatchObject({ missed: 1, income: 20_000, debtToIncome: 0.4, loanToValue: 0.5, monthsKnown: 10 });
  });
});
