import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../../contracts/errors.js';
import { tableExpectation, type RowRule, type WrittenExpectation } from '../../../contracts/expectations.js';
import type { Column, Table } from '../../../contracts/table.js';
import { withDuckDb } from '../../snapshots/duckdb.js';
import { writeParquet } from '../../snapshots/parquet-file.js';
import type { TableReport } from '../check-ledger.js';
import { checkFiles } from '../files/check-files.js';
import { expectationsInForce, parseExpectations, readExpectations } from './parse-expectations.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;

const text = (...values: (string | null)[]): Column => ({ kind: 'text', values });
const number = (...values: number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const timestamp = (...values: number[]): Column => ({ kind: 'timestamp', values: Float64Array.from(values) });

async function store(columns: Record<string, Column>): Promise<string> {
  const table: Table = { rowCount: Object.values(columns)[0]!.values.length, columns };
  const path = join(folder, `${++written}.parquet`);
  await writeParquet(table, path);
  return path;
}

const asRule = (rule: WrittenExpectation): RowRule => tableExpectation.parse(rule) as RowRule;

const check = async (rule: WrittenExpectation, ...parts: Record<string, Column>[]): Promise<TableReport> => {
  const files = await Promise.all(parts.map(store));
  const users = await store({ id: text('u') });
  return withDuckDb((connection) =>
    checkFiles(connection, {
      ...{ table: 'accounts', key: 'id', unnamed: String, files },
      targets: new Map([['users', [users]]]),
      checks: [{ kind: 'rule', rule: asRule(rule) }],
    }),
  );
};

/** Keys of three rows, the last of which fails in every case below. */
const id = text('a', 'b', 'bad');
const day = (text: string): number => Date.parse(text);

describe('a rule on rows', () => {
  it.each<[WrittenExpectation, Record<string, Column>, string]>([
    [{ rule: 'not-null', column: 'x' }, { x: text('', 'y', null) }, 'missing, wanted a value'],
    [{ rule: 'type', column: 'x', type: 'integer' }, { x: text('1', null, '1.5') }, 'does not read as an integer'],
    [{ rule: 'type', column: 'x', type: 'number' }, { x: text('1e3', '-2', 'x') }, 'does not read as a number'],
    [{ rule: 'type', column: 'x', type: 'flag' }, { x: text('TRUE', '0', 'yes') }, 'does not read as a flag (0, 1, true, false)'], // prettier-ignore
    [{ rule: 'type', column: 'x', type: 'timestamp' }, { x: text('2026-01-31', '2026-01-31T10:00:00Z', 'soon') }, 'does not read as a moment'], // prettier-ignore
    [{ rule: 'type', column: 'x', type: 'integer' }, { x: number(1, NaN, 0.5) }, 'is not an integer'],
    [{ rule: 'type', column: 'x', type: 'flag' }, { x: number(1, 0, 2) }, 'is not a flag (0, 1, true, false)'],
    [{ rule: 'range', column: 'x', minimum: 0, maximum: 1 }, { x: number(0, 1, 1.1) }, 'outside the range 0 to 1'],
    [
      { rule: 'range', column: 'x', minimum: '2026-01-01' },
      { x: timestamp(day('2026-01-01'), NaN, day('2025-12-31')) },
      'outside the range 2026-01-01 to ∞',
    ],
    [{ rule: 'set', column: 'x', values: ['ü', "it's"] }, { x: text('ü', "it's", 'u') }, 'not among the 2 expected values'], // prettier-ignore
    [{ rule: 'regex', column: 'x', pattern: '[A-Z]{3}' }, { x: text('INR', null, 'INRX') }, 'does not match [A-Z]{3}'],
    [{ rule: 'unique', columns: ['x', 'y'] }, { x: number(1, 1, 1), y: text('p', 'q', 'q') }, 'the values occur before'], // prettier-ignore
    [{ rule: 'foreign-key', column: 'x', table: 'users' }, { x: text('u', null, 'v') }, 'names no row of users'],
    [
      { rule: 'monotone', column: 'x', by: 'n', within: 'u' },
      { x: timestamp(5, 1, 4), n: number(1, 1, 2), u: text('p', 'q', 'p') },
      'lower than in the row before it by n within u',
    ],
    [
      { rule: 'compare', column: 'x', operator: '>=', to: { column: 'y' } },
      { x: timestamp(2, NaN, 1), y: timestamp(2, 3, 2) },
      'wanted x >= y',
    ],
    [
      {
        rule: 'compare',
        column: 'x',
        operator: '>',
        to: { value: 0 },
        when: { column: 'y', operator: '=', value: 'p' },
      },
      { x: number(1, 0, 0), y: text('p', 'q', 'p') },
      'wanted x > 0 where y = p',
    ],
  ])('%j finds the row that breaks it', async (rule, columns, finding) => {
    const report = await check(rule, { id, ...columns });
    expect(report).toMatchObject({ rejectedRows: 1, failedChecks: [{ check: rule.rule, failedRows: 1 }] });
    expect(report.failedChecks[0]!.example).toBe(`row bad: ${finding}`);
  });

  it('that only warns rejects no row', async () => {
    const report = await check({ rule: 'not-null', column: 'x', severity: 'warn', name: 'has-x' }, { id, x: text('', null, null) }); // prettier-ignore
    expect(report).toMatchObject({
      rejectedRows: 0,
      failedChecks: [{ check: 'has-x', failedRows: 2, severity: 'warn' }],
    });
  });

  it('is not asked of a file without its column', async () => {
    expect((await check({ rule: 'not-null', column: 'x' }, { id })).failedChecks).toEqual([]);
  });

  it('compares keys and orders over all files of a table', async () => {
    const first = { id: text('a'), n: number(1), x: number(5) };
    const second = { id: text('b'), n: number(2), x: number(4) };
    expect(await check({ rule: 'monotone', column: 'x', by: 'n' }, first, second)).toMatchObject({ rejectedRows: 1 });
    const again = { ...second, n: number(1) };
    expect(await check({ rule: 'unique', columns: ['n'] }, first, again)).toMatchObject({
      failedChecks: [{ example: 'row b: the value occurs before' }],
    });
  });

  it('fails the rows that plain predicates fail', async () => {
    const value = fc.oneof(fc.constantFrom(NaN, 0, -0, 1, Infinity, -Infinity, 0.5), fc.double());
    const row = fc.record({ x: value, y: value, t: fc.constantFrom('p', 'q', null, 'É') });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 15 }), async (rows) => {
        const columns = {
          ...{ id: text(...rows.map((_, i) => `k${i}`)), x: number(...rows.map(({ x }) => x)) },
          ...{ y: number(...rows.map(({ y }) => y)), t: text(...rows.map(({ t }) => t)) },
        };
        const failed = async (rule: WrittenExpectation) => (await check(rule, columns)).rejectedRows;
        const count = (fails: (one: (typeof rows)[number], i: number) => boolean) => rows.filter(fails).length;
        expect(await failed({ rule: 'compare', column: 'x', operator: '<', to: { column: 'y' } })).toBe(
          count(({ x, y }) => x >= y),
        );
        expect(await failed({ rule: 'range', column: 'x', minimum: 0, maximum: 1 })).toBe(
          count(({ x }) => x < 0 || x > 1),
        );
        expect(await failed({ rule: 'set', column: 't', values: ['p', 'É'] })).toBe(count(({ t }) => t === 'q'));
        const keys = rows.map(({ x, t }) => (Number.isNaN(x) || t === null ? null : `${x} ${t}`));
        expect(await failed({ rule: 'unique', columns: ['x', 't'] })).toBe(
          count((_, i) => keys[i] !== null && keys.indexOf(keys[i]!) < i),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('parseExpectations', () => {
  const faultsOf = async (tables: unknown): Promise<string> =>
    parseExpectations({ tables }, 'mine.json').then(
      () => 'accepted',
      (fault: unknown) => messageOf(fault),
    );

  it.each([
    ['an unknown table', { user: [] }, 'user'],
    ['an unknown rule', { users: [{ rule: 'ranges' }] }, 'tables.users'],
    ['an unknown column', { users: [{ rule: 'not-null', column: 'citi' }] }, 'there is no column citi'],
    ['a bound of another kind', { users: [{ rule: 'range', column: 'city', minimum: 1 }] }, 'city holds texts'],
    ['no bound', { accounts: [{ rule: 'range', column: 'credit_limit' }] }, 'wanted minimum, maximum or both'],
    ['no moment', { users: [{ rule: 'range', column: 'created_at', minimum: 'soon' }] }, 'ISO 8601'],
    [
      'a pattern on numbers',
      { accounts: [{ rule: 'regex', column: 'credit_limit', pattern: 'x' }] },
      'is for text columns',
    ],
    ['a pattern that is none', { users: [{ rule: 'regex', column: 'city', pattern: '(' }] }, 'missing )'],
    ['a look-ahead', { users: [{ rule: 'regex', column: 'city', pattern: '(?=x)' }] }, 'invalid perl operator'],
    ['columns of different kinds', { users: [{ rule: 'compare', column: 'city', operator: '=', to: { column: 'created_at' } }] }, 'of different kinds'], // prettier-ignore
    ['freshness of a text', { users: [{ rule: 'freshness', column: 'city', maxAgeDays: 1 }] }, 'is for timestamp'],
    ['an order of texts', { users: [{ rule: 'monotone', column: 'city', by: 'id' }] }, 'no order in time'],
    ['a band without bounds', { users: [{ rule: 'row-count' }] }, 'wanted minimum, maximum or tolerance'],
    ['the type of moments', { users: [{ rule: 'type', column: 'created_at', type: 'number' }] }, 'moments already'],
  ])('refuses %s', async (_, tables, message) => {
    const found = await faultsOf(tables);
    expect(found).toContain('mine.json');
    expect(found).toContain(message);
  });

  it('reads a file, that of the setting where none is named', async () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, JSON.stringify({ tables: { users: [{ rule: 'not-null', column: 'city' }] } }));
    const rules = { users: [{ rule: 'not-null', column: 'city', severity: 'fail' }] };
    expect(await expectationsInForce({ expectationsFile: path })).toEqual(rules);
    expect(await expectationsInForce({ expectationsFile: null }, path)).toEqual(rules);
    expect(await expectationsInForce({ expectationsFile: null })).toEqual({});
  });

  it('says what is wrong with a file that cannot be read', async () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{');
    await expect(readExpectations(path)).rejects.toMatchObject({ code: 'EXPECTATIONS_INVALID' });
    await expect(readExpectations(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  });
});
