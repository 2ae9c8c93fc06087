import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureView } from '../../contracts/feature-view.js';
import { gridMoments, histories, type History, knownAt, NOW, tablesOf } from '../../tests/support/feature-history.js';
import { featureViews } from './index.js';

const valuesOf = (view: FeatureView, history: History, userId: string, asOf: number): readonly number[] => [
  ...view.prepare(tablesOf(history))(userId, asOf),
];
const named = (view: FeatureView, history: History, userId = 'u1', asOf = NOW): Record<string, number> => {
  const values = valuesOf(view, history, userId, asOf);
  return Object.fromEntries(view.fields.map(({ name }, i) => [name, values[i]!]));
};
const moments = gridMoments(400);

describe.each(featureViews.map((view) => [view.name, view] as const))('%s', (_name, view) => {
  it('has unique names, complete descriptions, and one finite value or NaN for each field', () => {
    expect(new Set(view.fields.map(({ name }) => name)).size).toBe(view.fields.length);
    for (const { description } of view.fields) expect(description).toMatch(/^[A-Z].{10,}\.$/);
    fc.assert(
      fc.property(histories, moments, (history, asOf) => {
        for (const userId of ['u1', 'u2', 'unknown']) {
          const values = valuesOf(view, history, userId, asOf);
          expect(values).toHaveLength(view.fields.length);
          expect(
            values.every((value) => Number.isNaN(value) || (Number.isFinite(value) && !Object.is(value, -0))),
          ).toBe(true);
        }
      }),
    );
  });

  it('is point-in-time correct: same values as from the history before asOf', () => {
    fc.assert(
      fc.property(histories, moments, (history, asOf) => {
        for (const userId of ['u1', 'u2'])
          expect(valuesOf(view, history, userId, asOf)).toEqual(valuesOf(view, knownAt(history, asOf), userId, asOf));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same values when later rows are added', () => {
    fc.assert(
      fc.property(histories, histories, moments, (past, future, asOf) => {
        const known = knownAt(past, asOf);
        const cutOff = (name: keyof History, row: History[keyof History][number]): boolean =>
          knownAt({ ...known, [name]: [row] }, asOf)[name].length === 0;
        const both = Object.fromEntries(
          (Object.keys(known) as (keyof History)[]).map((name) => [
            name,
            // Later rows come first, so that a feature that depends on row order changes too.
            [...future[name].filter((row) => name !== 'users' && cutOff(name, row)), ...known[name]],
          ]),
        ) as unknown as History;
        expect(valuesOf(view, both, 'u1', asOf)).toEqual(valuesOf(view, known, 'u1', asOf));
      }),
      { numRuns: 300 },
    );
  });

  it('depends only on the user’s own rows', () => {
    fc.assert(
      fc.property(histories, moments, (history, asOf) => {
        const own = Object.fromEntries(
          Object.entries(history).map(([name, rows]) => [
            name,
            rows.filter((row) => (name === 'users' ? row.id : row.user_id) === 'u1'),
          ]),
        ) as unknown as History;
        expect(valuesOf(view, history, 'u1', asOf)).toEqual(valuesOf(view, own, 'u1', asOf));
      }),
    );
  });

  it('computes NaN or 0 for a source without any of its tables', () => {
    const values = view.prepare({})('u1', NOW);
    expect(values).toHaveLength(view.fields.length);
    expect([...values].every((value) => Number.isNaN(value) || value === 0)).toBe(true);
  });
});

const DAY = 24 * 3600 * 1000;
const empty: History = {
  users: [],
  accounts: [],
  transactions: [],
  loans: [],
  loan_payments: [],
  credit_applications: [],
};
const transaction = (daysAgo: number, amount: number, category: string, more: object = {}) => ({
  id: `t${daysAgo}${category}`,
  account_id: 'a1',
  user_id: 'u1',
  booked_at: NOW - daysAgo * DAY,
  amount,
  merchant: null,
  category,
  balance_after: null,
  disputed_at: null,
  ...more,
});

describe('feature values computed by hand', () => {
  const [userFinancials, creditRisk] = featureViews as unknown as [FeatureView, FeatureView];
  const monthly = Array.from({ length: 12 }, (_, i) => 15 + i * 30.4375);

  it('income, spending and rates of twelve equal months', () => {
    const transactions = monthly.flatMap((daysAgo) => [
      transaction(daysAgo, 1000, 'salary', { balance_after: 1000 }),
      transaction(daysAgo, -300, 'rent', { merchant: 'landlord', balance_after: 700 }),
      transaction(daysAgo, -100, 'dining', { merchant: `cafe ${daysAgo}` }),
      transaction(daysAgo, -500, 'transfer'),
    ]);
    const found = named(userFinancials, { ...empty, transactions });
    const months = (15 + 11 * 30.4375) / 30.4375;
    expect(found).toMatchObject({ savingsRate: 0.6, essentialShare: 0.75, discretionaryShare: 0.25, cashShare: 0 });
    expect(found.incomeMonthlyMean).toBeCloseTo(12_000 / months, 9);
    expect(found).toMatchObject({ incomeVariation: 0, incomeMonthsShare: 1, incomeTrend: 0, overdraftDays: 0 });
    expect(found).toMatchObject({ balanceLatest: 700, balanceMean: 850, balanceMinimum: 700 });
    expect(found).toMatchObject({ merchantsCount: 13, subscriptionsCount: 1 });
    expect(found.monthsOfHistory).toBeCloseTo(months, 9);
  });

  it('interest paid is no income, and a card balance is not part of the account balance', () => {
    const accounts = [
      { id: 'card', user_id: 'u1', kind: 'credit_card', credit_limit: 1000, opened_at: NOW - 900 * DAY },
    ];
    const transactions = [
      transaction(20, -10, 'interest', { account_id: 'card', balance_after: -410 }),
      transaction(10, -90, 'shopping', { account_id: 'card', balance_after: -500 }),
      transaction(5, 200, 'transfer', { account_id: 'card', balance_after: -300 }),
    ];
    const history = { ...empty, accounts, transactions };
    expect(named(userFinancials, history)).toMatchObject({ inflowMonthlyMean: 0, feeShare: 0.1, balanceLatest: NaN });
    expect(named(creditRisk, history)).toMatchObject({
      cardsCount: 1,
      creditLimit: 1000,
      utilisation: 0.3,
      utilisationMaximum: 0.5,
    });
  });

  it('loan counts by status, and outstanding principal by the annuity formula', () => {
    const loan = {
      user_id: 'u1',
      principal: 1200,
      annual_rate: 0.12,
      term_months: 12,
      emi: 106.62,
      disbursed_at: NOW - 200 * DAY,
      collateral_value: 2400,
      closed_at: null,
      defaulted_at: null,
    };
    const due = (id: string, daysAgo: number, paidAfterDays: number | null) => ({
      id,
      loan_id: 'l1',
      user_id: 'u1',
      due_at: NOW - daysAgo * DAY,
      amount_due: 106.62,
      paid_at: paidAfterDays === null ? null : NOW - (daysAgo - paidAfterDays) * DAY,
    });
    const found = named(creditRisk, {
      ...empty,
      loans: [
        { ...loan, id: 'l1' },
        { ...loan, id: 'l2', closed_at: NOW - DAY },
        { ...loan, id: 'l3', defaulted_at: NOW - DAY },
        { ...loan, id: 'l4', closed_at: NOW + DAY, collateral_value: null, annual_rate: null },
      ],
      loan_payments: [
        due('p1', 170, 0),
        due('p2', 140, 40),
        due('p3', 110, 5),
        due('p4', 20, null),
        due('p5', 0.5, null),
      ],
    });
    expect(found).toMatchObject({ loansCount: 4, activeLoansCount: 2, repaidLoansCount: 1, defaultedLoansCount: 1 });
    // l1: 3 instalments paid, 1200·1.01³ − 106.62·(1.01³ − 1)/0.01 = 913.29; l4: no rate, no instalments, 6 of 12 months.
    expect(found.outstandingPrincipal).toBeCloseTo(1200 * 1.01 ** 3 - (106.62 * (1.01 ** 3 - 1)) / 0.01 + 600, 6);
    expect(found.monthlyInstalments).toBeCloseTo(213.24, 9);
    expect(found.existingLoanToValue).toBeCloseTo((found.outstandingPrincipal! - 600) / 2400, 9);
    expect(found).toMatchObject({ instalmentsCount: 4, onTimeShare: 0.25, daysLateMaximum: 40, overdueCount: 1 });
    expect(found).toMatchObject({
      missedCount3Months: 0,
      missedCount6Months: 1,
      missedCount12Months: 1,
      lateCount6Months: 3,
    });
    expect(found.daysLateMean).toBeCloseTo((0 + 40 + 5 + 20) / 4, 9);
  });

  it('applications by window, with declines known before asOf only', () => {
    const application = (id: string, daysAgo: number, decidedDaysAgo: number) => ({
      id,
      user_id: 'u1',
      applied_at: NOW - daysAgo * DAY,
      decision: 'declined',
      decided_at: NOW - decidedDaysAgo * DAY,
    });
    const history = {
      ...empty,
      credit_applications: [
        application('c1', 300, 299),
        application('c2', 20, 1),
        application('c3', 10, 0),
        application('c4', 0, 0),
      ],
    };
    expect(named(creditRisk, history)).toMatchObject({
      applications3Months: 1,
      applications6Months: 1,
      applications12Months: 2,
      declinedApplications: 2,
      daysSinceLastApplication: 20,
    });
  });
});
