import { describe, expect, it } from 'vitest';
import type { Table } from '../../../../contracts/table.js';
import { tableSpecs } from '../tables.js';
import { checkRows } from './check-rows.js';
import { countCategory, mappingOf, timeOfDayFinding } from './counts.js';

const spec = tableSpecs.transactions;
const categorySpec = spec.columns.find(({ name }) => name === 'category')!;
const HOUR = 3_600_000;

/** Transactions with these categories, an hour and a bit apart. */
function transactions(categories: readonly (string | null)[], stepMs = 1.1 * HOUR): Table {
  const n = categories.length;
  const text = (value: (i: number) => string | null) =>
    ({ kind: 'text', values: categories.map((_, i) => value(i)) }) as const;
  const times = Float64Array.from(categories, (_, i) => Date.UTC(2026, 0, 1) + i * stepMs);
  return {
    rowCount: n,
    columns: {
      id: text((i) => `t${i}`),
      account_id: text(() => 'a1'),
      user_id: text(() => 'u1'),
      booked_at: { kind: 'timestamp', values: times },
      amount: { kind: 'number', values: Float64Array.from(categories, () => -10) },
      currency: text(() => 'INR'),
      channel: text(() => 'upi'),
      merchant: text(() => null),
      description: text(() => 'POS'),
      category: text((i) => categories[i]!),
      balance_after: { kind: 'number', values: new Float64Array(n).fill(Number.NaN) },
      disputed_at: { kind: 'timestamp', values: new Float64Array(n).fill(Number.NaN) },
    },
  };
}

const limits = { asOf: Date.UTC(2027, 0, 1), idsOf: new Map(), maxRejectedShare: 0.02 };
const check = (table: Table, change: Partial<Parameters<typeof checkRows>[2]> = {}) =>
  checkRows(spec, { table, complete: true, rows: table.rowCount }, { ...limits, ...change });

const many = <T>(value: T, count: number): T[] => Array.from({ length: count }, () => value);

describe('countCategory', () => {
  it('counts listed values, names frequent others and hides rare or long ones', () => {
    const long = 'x'.repeat(41);
    const values = [...many('rent', 3), ...many('Groceries', 6), 'Priya Iyer', ...many(long, 9), null];
    expect(countCategory(categorySpec, transactions(values))).toEqual({
      column: 'category',
      known: { rent: 3 },
      unlisted: { Groceries: 6 },
      otherRows: 10,
      nullRows: 1,
    });
  });
});

it('mappingOf writes the expression that maps the words found', () => {
  const counts = countCategory(categorySpec, transactions(many("Mom's shop", 5)));
  expect(mappingOf(counts, categorySpec)).toBe(
    "case category when 'Mom''s shop' then '<listed value>' else 'other' end as category",
  );
  const none = countCategory(categorySpec, transactions(['A', 'B']));
  expect(mappingOf(none, categorySpec)).toContain("when '<your word>' then");
});

describe('checkRows', () => {
  it('finds nothing in valid rows', async () => {
    const { findings, categories } = await check(transactions(many('rent', 60)));
    expect(findings).toEqual([]);
    expect(categories.map(({ column }) => column)).toEqual(['channel', 'category']);
  });

  it('makes an error of faults that would reject the table, a warning of fewer', async () => {
    const few = await check(transactions([...many('rent', 99), 'Rent']));
    expect(few.findings).toMatchObject([{ column: 'category', severity: 'warning' }]);
    const manyWrong = await check(transactions([...many('rent', 50), ...many('Rent', 50)]));
    expect(manyWrong.findings).toMatchObject([
      {
        column: 'category',
        severity: 'error',
        found: expect.stringContaining('50 of 100 rows fail category') as string,
        remedy: "case category when 'Rent' then '<listed value>' else 'other' end as category",
      },
    ]);
  });

  it('makes errors of faults that reject the table only together', async () => {
    const table = transactions([...many('rent', 98), 'Rent', 'Rent']);
    const users = { kind: 'text', values: table.columns.user_id!.values as string[] } as const;
    users.values[0] = 'nobody';
    const rows = { ...table, columns: { ...table.columns, user_id: users } };
    const { findings } = await check(rows, { idsOf: new Map([['users', new Set(['u1'])]]) });
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error']);
    expect(findings.map(({ remedy }) => remedy)).toContain(
      'select id, user_id from backend.transactions where user_id not in (select id from backend.users);',
    );
  });

  it('calls no foreign key wrong whose table was not read to its end', async () => {
    expect((await check(transactions(many('rent', 60)), { idsOf: new Map() })).findings).toEqual([]);
  });

  it('shows queries for repeated and missing keys', async () => {
    const table = transactions(many('rent', 10));
    const id = { kind: 'text', values: ['t0', 't0', ...(table.columns.id!.values as string[]).slice(2)] } as const;
    const userId = { kind: 'text', values: [null, ...many('u1', 9)] } as const;
    const { findings } = await check({ ...table, columns: { ...table.columns, id, user_id: userId } });
    expect(findings.map(({ remedy }) => remedy).sort()).toEqual([
      'select id, count(*) from backend.transactions group by id having count(*) > 1;',
      'select id, user_id from backend.transactions where user_id is null;',
    ]);
  });
});

describe('timeOfDayFinding', () => {
  it('warns when all rows are at one time of the day', () => {
    const finding = timeOfDayFinding(spec, transactions(many('rent', 60), 24 * HOUR));
    expect(finding).toMatchObject({ column: 'booked_at', severity: 'warning' });
    expect(finding!.found).toBe('100 % of the rows are at 00:00 UTC');
  });

  it('says nothing about few rows or different times', () => {
    expect(timeOfDayFinding(spec, transactions(many('rent', 10), 24 * HOUR))).toBeNull();
    expect(timeOfDayFinding(spec, transactions(many('rent', 60)))).toBeNull();
  });
});
