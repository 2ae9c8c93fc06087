import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackendTable, backendTables } from '../../../../contracts/backend.js';
import type { ColumnSpec } from '../../../../contracts/dataset.js';
import { PipelineError } from '../../../../contracts/errors.js';
import { tableSpecs } from '../tables.js';
import type { Customer } from './customer.js';
import { generateCustomers, type GeneratorOptions } from './index.js';
import { emptyRows } from './rows.js';

type AnyRow = Readonly<Record<string, unknown>>;
type AllRows = Readonly<Record<BackendTable, readonly AnyRow[]>>;

const small: GeneratorOptions = { users: 12, months: 24, seed: 5 };
const customers = [...generateCustomers(small)];
const end = customers[0]!.end;

function gather(from: readonly Customer[]): AllRows {
  const all = emptyRows() as Record<BackendTable, object[]>;
  for (const { rows } of from) for (const table of backendTables) all[table].push(...rows[table]);
  return all as unknown as AllRows;
}
const rows = gather(customers);

const hashOf = (options: GeneratorOptions): string => {
  const hash = createHash('sha256');
  for (const customer of generateCustomers(options)) hash.update(JSON.stringify(customer.rows));
  return hash.digest('hex');
};

describe('generateCustomers', () => {
  it('gives the same rows for the same seed and different rows for another', () => {
    const options = { users: 4, months: 8, seed: 11 };
    expect(hashOf(options)).toBe(hashOf(options));
    expect(hashOf(options)).not.toBe(hashOf({ ...options, seed: 12 }));
  });

  it('gives customer k the same rows whatever the number of customers', () => {
    const three = [...generateCustomers({ users: 3, months: 9, seed: 2 })].map((customer) => customer.rows);
    const seven = [...generateCustomers({ users: 7, months: 9, seed: 2 })].map((customer) => customer.rows);
    expect(seven.slice(0, 3)).toEqual(three);
  });

  it('gives a customer the same first transactions for a longer history', () => {
    const first = (months: number, until: string) => [...generateCustomers({ users: 1, months, until, seed: 2 })][0]!;
    const short = first(8, '2025-08-31').rows.transactions.slice(0, 60);
    const long = first(12, '2025-12-31').rows.transactions.slice(0, 60);
    // Disputes may arrive after the end of the shorter history.
    const withoutDispute = (row: (typeof short)[number]) => ({ ...row, disputed_at: null });
    expect(long.map(withoutDispute)).toEqual(short.map(withoutDispute));
  });

  it.each([
    [{ users: 0 }, 'users'],
    [{ users: 1.5 }, 'users'],
    [{ months: 5 }, 'months'],
    [{ seed: -1 }, 'seed'],
    [{ until: '2026-13-01' }, 'until'],
    [{ colour: 'red' } as GeneratorOptions, 'colour'],
  ])('rejects %j, naming %s', (options, named) => {
    const generate = () => [...generateCustomers(options)];
    expect(generate).toThrow(PipelineError);
    expect(generate).toThrow(named);
  });
});

describe('generated rows', () => {
  const faultIn = (column: ColumnSpec, value: unknown): boolean => {
    if (value === null) return column.nullable !== true;
    if (column.type === 'category') return !column.categories!.includes(value as string);
    if (column.type === 'text') return typeof value !== 'string' || value === '';
    if (typeof value !== 'number' || !Number.isFinite(value)) return true;
    if (column.type === 'integer' && !Number.isInteger(value)) return true;
    return value < (column.minimum ?? -Infinity) || value > (column.maximum ?? Infinity);
  };

  it.each(backendTables)('rows of %s match the table spec', (table) => {
    const spec = tableSpecs[table];
    expect(rows[table].length).toBeGreaterThan(0);
    const names = spec.columns.map(({ name }) => name).sort();
    for (const row of rows[table]) {
      expect(Object.keys(row).sort()).toEqual(names);
      for (const column of spec.columns) {
        if (faultIn(column, row[column.name]))
          throw new Error(`${String(row.id)}.${column.name}: ${String(row[column.name])}`);
      }
    }
  });

  it.each(backendTables)('rows of %s have unique ids, ascending for each customer', (table) => {
    const ids = rows[table].map((row) => row.id as string);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { rows: own } of customers) {
      const theirs = own[table].map((row) => row.id);
      if (table !== 'accounts' && table !== 'loan_payments') expect([...theirs].sort()).toEqual(theirs);
    }
  });

  it.each(backendTables)('foreign keys of %s refer to existing rows', (table) => {
    for (const [column, target] of Object.entries(tableSpecs[table].foreignKeys)) {
      const ids = new Set(rows[target].map((row) => row.id));
      const missing = rows[table].filter((row) => row[column] !== null && !ids.has(row[column]));
      expect(missing).toEqual([]);
    }
  });

  it('have no timestamp at or after the end of the history', () => {
    for (const table of backendTables)
      for (const column of tableSpecs[table].columns.filter(({ type }) => type === 'timestamp')) {
        const late = rows[table].filter(
          (row) => (row[column.name] as number | null) !== null && (row[column.name] as number) >= end,
        );
        expect(late.map((row) => [row.id, column.name])).toEqual([]);
      }
  });

  it('have consistent running balances on every account', () => {
    for (const { rows: own } of customers) {
      const last = new Map<string, number>();
      for (const row of own.transactions) {
        const before = last.get(row.account_id);
        if (before !== undefined) expect(row.balance_after).toBeCloseTo(before + row.amount, 1);
        last.set(row.account_id, row.balance_after!);
      }
    }
  });

  it('have transactions in order of time, from the joining date', () => {
    for (const { rows: own, profile } of customers) {
      const times = own.transactions.map((row) => row.booked_at);
      const inOrder = times.every((time, index) => index === 0 || time >= times[index - 1]!);
      expect(inOrder).toBe(true);
      expect(times[0]).toBeGreaterThanOrEqual(profile.joinedAt);
    }
  });

  it('have annotations whose text equals the text between the offsets', () => {
    const texts = new Map<unknown, string>();
    for (const row of rows.chat_messages) texts.set(row.id, row.text as string);
    for (const row of rows.transactions) texts.set(row.id, row.description as string);
    for (const row of rows.entity_annotations) {
      const text = texts.get(row.message_id ?? row.transaction_id)!;
      expect(text.slice(row.start_offset as number, row.end_offset as number)).toBe(row.text);
      expect((row.text as string).trim()).toBe(row.text);
    }
  });

  it('have a loan for every approved application, with the application’s outcome', () => {
    const loans = new Map(customers.flatMap(({ rows: own }) => own.loans).map((loan) => [loan.id, loan]));
    for (const application of customers.flatMap(({ rows: own }) => own.credit_applications)) {
      const loan = loans.get(application.loan_id ?? '');
      expect(loan !== undefined).toBe(application.decision === 'approved');
      if (application.outcome === 'defaulted') expect(loan!.defaulted_at).not.toBeNull();
      if (application.outcome === 'repaid') expect(loan!.closed_at).toBe(application.outcome_at);
      if (application.outcome_at !== null) expect(application.outcome_at).toBeGreaterThan(loan!.disbursed_at);
    }
  });

  it('have all instalments of a repaid loan, and three unpaid last ones of a loan that is written off', () => {
    for (const { rows: own } of customers)
      for (const loan of own.loans) {
        const payments = own.loan_payments.filter((payment) => payment.loan_id === loan.id);
        if (loan.closed_at !== null) expect(payments).toHaveLength(loan.term_months);
        if (loan.defaulted_at !== null)
          expect(payments.slice(-3).map((payment) => payment.paid_at)).toEqual([null, null, null]);
      }
  });
});

describe('generateCustomers with any seed', () => {
  it('gives non-empty spans and finite amounts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const [customer] = [...generateCustomers({ users: 1, months: 6, seed })];
        for (const spans of customer!.truth.spans.values())
          for (const { start, end: stop } of spans) expect(stop).toBeGreaterThan(start);
        expect(customer!.rows.transactions.every(({ amount }) => Number.isFinite(amount) && amount !== 0)).toBe(true);
        expect(customer!.truth.spending.every(({ expected }) => Number.isFinite(expected) && expected > 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
