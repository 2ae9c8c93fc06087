import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../../contracts/table.js';
import { labelledApplications } from './labelled-applications.js';
import { indicativeInstalment } from './request-features.js';

const DAY_MS = 86_400_000;
const AS_OF = 1000 * DAY_MS;

const text = (...values: readonly (string | null)[]): Column => ({ kind: 'text', values });
const number = (...values: readonly number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const days = (...values: readonly number[]): Column => ({
  kind: 'timestamp',
  values: Float64Array.from(values, (day) => day * DAY_MS),
});
const table = (rowCount: number, columns: Record<string, Column>): Table => ({ rowCount, columns });

/** Application i differs from the first, usable one in one respect. */
const applications = table(6, {
  id: text('used', 'declined', 'open', 'decided-later', 'no-history', 'used-bad'),
  user_id: text('u1', 'u1', 'u1', 'u1', 'u2', 'u1'),
  applied_at: days(500, 500, 500, 500, 500, 600),
  kind: text('home', 'personal', 'personal', 'personal', 'personal', 'personal'),
  requested_amount: number(1200, 1, 1, 1, 1, 600),
  term_months: number(12, 12, 12, 12, 12, 12),
  declared_monthly_income: number(500, 1, 1, 1, 1, NaN),
  employment: text('salaried', null, null, null, null, null),
  collateral_value: number(2400, NaN, NaN, NaN, NaN, NaN),
  decision: text('approved', 'declined', 'approved', 'approved', 'approved', 'approved'),
  outcome: text('repaid', null, null, 'defaulted', 'repaid', 'defaulted'),
  outcome_at: days(900, NaN, NaN, 1000, 900, 999),
});
const users = table(2, {
  id: text('u1', 'u2'),
  gender: text('female', null),
  birth_date: days(500 - 30 * 365.25, NaN),
});
/** u2's only transaction lies on the very day of the application, which is not before it. */
const transactions = table(2, { user_id: text('u1', 'u2'), booked_at: days(499, 500) });
const tables = { credit_applications: applications, users, transactions };

describe('labelledApplications', () => {
  const { table: rows, notes } = labelledApplications(tables, { asOf: AS_OF, source: 'generated' });

  it('keeps approved applications with an outcome before the snapshot and any earlier transaction', () => {
    expect(rows.columns.applicationId?.values).toEqual(['used', 'used-bad']);
    expect(rows.columns.defaulted?.values).toEqual(Float64Array.of(0, 1));
    expect(rows.columns.as_of?.values).toEqual(Float64Array.of(500 * DAY_MS, 600 * DAY_MS));
    expect(rows.columns.entity_id?.values).toEqual(['u1', 'u1']);
  });

  it('notes how many applications were left out and why', () => {
    expect(notes).toEqual([
      '2 of 3 loans with a known outcome have any earlier transaction (1 bad); the others are left out',
      '2 approved applications without an outcome yet are not used; 1 declined ones have none and serve reject inference alone',
    ]);
  });

  it('derives ratios from the request, NaN when a side is unknown', () => {
    expect(rows.columns.loanToValue?.values).toEqual(Float64Array.of(0.5, NaN));
    const [first, second] = rows.columns.emiToIncome?.values ?? [];
    expect(first).toBeCloseTo(indicativeInstalment(1200, 12) / 500, 12);
    expect(second).toBeNaN();
  });

  it('adds gender and age at the application for the slices', () => {
    expect(rows.columns.gender?.values).toEqual(['female', 'female']);
    expect(rows.columns.ageYears?.values[0]).toBeCloseTo(30, 6);
  });

  it('ignores events after the snapshot', () => {
    const later = { ...transactions, columns: { ...transactions.columns, booked_at: days(499, 1200) } };
    expect(labelledApplications({ ...tables, transactions: later }, { asOf: AS_OF, source: 'generated' })).toEqual({
      table: rows,
      notes,
    });
  });

  it('throws DATASET_NOT_FOUND when the snapshot lacks a table', () => {
    const fault = (): unknown => labelledApplications({ users, transactions }, { asOf: AS_OF, source: 'generated' });
    expect(fault).toThrow(expect.objectContaining({ code: 'DATASET_NOT_FOUND' }));
  });
});

describe('indicativeInstalment', () => {
  it('repays the principal with interest at the reference rate', () => {
    let debt = 100_000;
    for (let month = 0; month < 24; month++) debt = debt * (1 + 0.14 / 12) - indicativeInstalment(100_000, 24);
    expect(debt).toBeCloseTo(0, 6);
  });
});
