import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TableSpec } from '../../../contracts/backend.js';
import type { Column, Table } from '../../../contracts/table.js';
import { quoteText, withDuckDb } from '../../snapshots/duckdb.js';
import { readParquet, writeParquet } from '../../snapshots/parquet-file.js';
import type { TableReport } from '../check-ledger.js';
import { checkTable, rowOfPart } from '../check-table.js';
import { specChecks } from '../validate-snapshot.js';
import { checkFiles } from './check-files.js';
import type { FileFindings } from './check-file.js';
import { mergeFindings } from './merge-findings.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-check-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
const nextPath = (): string => join(folder, `${++written}.parquet`);

const AS_OF = 1000;
const spec: TableSpec = {
  name: 'accounts',
  eventTime: 'opened_at',
  foreignKeys: { user_id: 'users' },
  columns: [
    { name: 'id', type: 'text', description: '', unique: true },
    { name: 'user_id', type: 'text', description: '' },
    { name: 'kind', type: 'category', categories: ['x', "it's", 'ü'], description: '' },
    { name: 'amount', type: 'number', minimum: -0.5, maximum: 1e21, description: '' },
    { name: 'count', type: 'integer', minimum: 0, maximum: 9, nullable: true, unique: true, description: '' },
    { name: 'open', type: 'flag', nullable: true, description: '' },
    { name: 'opened_at', type: 'timestamp', minimum: 5, description: '' },
    { name: 'later', type: 'number', nullable: true, optional: true, description: '' },
  ],
};

const texts = (...more: (string | null)[]) =>
  fc.oneof(fc.constantFrom('a', 'b', 'ü', 'É', "it's", '', '🙂', null, ...more), fc.string({ unit: 'grapheme' }));
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 9, 10, -1, 0.5, -0.5, NaN, Infinity, -Infinity, 1e21, 1e22, 5e-324),
  fc.double(),
);
const moments = fc.oneof(fc.constantFrom(NaN, 4, 5, AS_OF - 1, AS_OF, -1), fc.integer());

const text = (values: readonly (string | null)[]): Column => ({ kind: 'text', values });
const number = (values: readonly number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const timestamp = (values: readonly number[]): Column => ({ kind: 'timestamp', values: Float64Array.from(values) });

/** What a column of the table may be: as its spec says, most often; of another kind; or absent. */
const columnOf = (of: 'text' | 'number' | 'timestamp', rows: number): fc.Arbitrary<Column | null> => {
  const size = { minLength: rows, maxLength: rows };
  const kinds = {
    text: fc.array(texts('x'), size).map(text),
    number: fc.array(numbers, size).map(number),
    timestamp: fc.array(moments, size).map(timestamp),
  };
  const other = of === 'text' ? kinds.number : kinds.text;
  return fc.oneof({ weight: 20, arbitrary: kinds[of] }, { weight: 1, arbitrary: other }, fc.constant(null));
};
const kindOf = { text: 'text', category: 'text', timestamp: 'timestamp' } as Readonly<
  Record<string, 'text' | 'timestamp'>
>;

const part: fc.Arbitrary<Table> = fc.integer({ min: 0, max: 12 }).chain((rowCount) =>
  fc
    .tuple(...spec.columns.map(({ type }) => columnOf(kindOf[type] ?? ('number' as const), rowCount)))
    .map((columns) => ({
      rowCount,
      columns: Object.fromEntries([
        ['extra', number(new Array<number>(rowCount).fill(1))],
        ...spec.columns.flatMap(({ name }, i) => (columns[i] === null ? [] : [[name, columns[i]!] as const])),
      ]),
    })),
);

async function store(table: Table): Promise<string> {
  const path = nextPath();
  await writeParquet(table, path);
  return path;
}

async function* read(paths: readonly string[]): AsyncGenerator<Table> {
  for (const path of paths) yield await readParquet([path]);
}

const usersFile = await store({ rowCount: 4, columns: { id: text(['a', 'ü', '🙂', null]) } });
const targets = new Map([['users', [usersFile]]]);
const idsOf = new Map([['users', new Set(['a', 'ü', '🙂'])]]);

const bySql = (files: readonly string[], of: TableSpec = spec): Promise<TableReport> =>
  withDuckDb((connection) =>
    checkFiles(connection, {
      ...{ table: of.name, key: 'id', unnamed: rowOfPart, targets, files },
      checks: specChecks(of, AS_OF),
    }),
  );
const byRows = (files: readonly string[], of: TableSpec = spec): Promise<TableReport> =>
  checkTable(of, read(files), { asOf: AS_OF, idsOf });

describe('checkFiles', () => {
  it('reports what the row predicates report, for any tables', async () => {
    let faults = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
        const files = await Promise.all(parts.map(store));
        const report = await bySql(files);
        faults += report.failedChecks.length;
        expect(report).toEqual(await byRows(files));
      }),
      { numRuns: 40 },
    );
    expect(faults).toBeGreaterThan(60);
  });

  it('reports NaN as missing and infinities, which files of other programs hold', async () => {
    const path = nextPath();
    const value = `unnest(['NaN'::double, 'Infinity'::double, null, 1.0, -0.0, 0.0])`;
    await withDuckDb((connection) =>
      connection.run(
        `copy (select 'a' as id, ${value} as amount, ${value} as count) to ${quoteText(path)} (format parquet)`,
      ),
    );
    const report = await bySql([path]);
    expect(report).toEqual(await byRows([path]));
    const failed = report.failedChecks.map(({ column, check, failedRows }) => [column, check, failedRows]);
    expect(failed).toContainEqual(['amount', 'not-null', 2]);
    expect(failed).toContainEqual(['amount', 'finite', 1]);
    expect(failed).toContainEqual(['count', 'unique', 1]);
  });

  it('numbers the rows of a file that has a column of the name of DuckDB’s row numbers', async () => {
    const columns = { id: text(['a', null]), file_row_number: number([7, 8]) };
    const wanting = { ...spec, columns: spec.columns.slice(0, 1), foreignKeys: {}, eventTime: null };
    const report = await bySql([await store({ rowCount: 2, columns })], wanting);
    expect(report.failedChecks).toMatchObject([{ check: 'not-null' }]);
    expect(report.failedChecks[0]!.example).toContain('number 2 of its part');
  });

  it('checks a table of 1,000 columns', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
    const columns = Object.fromEntries(names.map((name, i) => [name, number([i, i === 999 ? -1 : 1])]));
    const wide: TableSpec = {
      ...{ name: 'accounts', eventTime: null, foreignKeys: {} },
      columns: names.map((name) => ({ name, type: 'number', minimum: 0, description: '' })),
    };
    const report = await bySql([await store({ rowCount: 2, columns })], wide);
    expect(report.failedChecks).toMatchObject([{ column: 'c999', check: 'range', failedRows: 1 }]);
  });
});

describe('mergeFindings', () => {
  const finding = (part: number, failedRows: number): FileFindings => ({
    ...{ part, rows: 10, rejectedRows: failedRows, missing: { b: part, a: 1 } },
    faults: [
      {
        ...{ column: 'a', check: 'range', finding: 'low', severity: 'fail', failedRows },
        ...{ firstKey: `k${part}`, place: [0, part, 0] },
      },
    ],
  });

  it('gives one report in whatever order files are done', () => {
    const findings = [finding(1, 2), finding(2, 3), finding(3, 4)];
    const wanted = JSON.stringify(mergeFindings('t', findings));
    fc.assert(
      fc.property(fc.shuffledSubarray(findings, { minLength: 3 }), (shuffled) => {
        expect(JSON.stringify(mergeFindings('t', shuffled))).toBe(wanted);
      }),
    );
    expect(mergeFindings('t', findings)).toMatchObject({
      ...{ checkedRows: 30, rejectedRows: 9 },
      failedChecks: [{ failedRows: 9, example: 'row k1: low' }],
    });
  });
});
