import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { TableSpec } from '../../contracts/backend.js';
import type { ColumnSpec, DatasetSchema, Expectation } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { storeDataset } from '../snapshots/dataset-store.js';
import { soundRows } from './column-checks.js';
import { validateDataset } from './validate-dataset.js';
import { checkTable } from './check-table.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-validation-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

const number = (...values: number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const text = (...values: (string | null)[]): Column => ({ kind: 'text', values });
const timestamp = (...values: number[]): Column => ({ kind: 'timestamp', values: Float64Array.from(values) });

const spec: TableSpec = {
  name: 'accounts',
  eventTime: 'opened_at',
  foreignKeys: { user_id: 'users' },
  columns: [
    { name: 'id', type: 'text', description: '', unique: true },
    { name: 'user_id', type: 'text', description: '' },
    { name: 'kind', type: 'category', categories: ['x', 'y'], description: '' },
    { name: 'count', type: 'integer', minimum: 0, maximum: 9, nullable: true, description: '' },
    { name: 'open', type: 'flag', nullable: true, description: '' },
    { name: 'opened_at', type: 'timestamp', description: '' },
  ],
};
const row = { id: 'a', user_id: 'u', kind: 'x', count: 1, open: 1, opened_at: 5 };
const tableOf = (rows: readonly (typeof row | Record<string, unknown>)[]): Table => {
  const pick = (name: string) => rows.map((one) => (one as Record<string, unknown>)[name]);
  return {
    rowCount: rows.length,
    columns: {
      id: text(...(pick('id') as string[])),
      user_id: text(...(pick('user_id') as string[])),
      kind: text(...(pick('kind') as string[])),
      count: number(...(pick('count') as number[])),
      open: number(...(pick('open') as number[])),
      opened_at: timestamp(...(pick('opened_at') as number[])),
    },
  };
};
async function* partsOf(...tables: Table[]): AsyncGenerator<Table> {
  yield* tables;
}
const check = (...tables: Table[]) =>
  checkTable(spec, partsOf(...tables), { asOf: 10, idsOf: new Map([['users', new Set(['u'])]]) });

describe('checkTable', () => {
  it('reports no failed check for a valid table', async () => {
    const report = await check(tableOf([row, { ...row, id: 'b', count: NaN, open: NaN }]));
    expect(report).toEqual({
      table: 'accounts',
      checkedRows: 2,
      rejectedRows: 0,
      nullShares: { count: 0.5, open: 0.5 },
      failedChecks: [],
    });
  });

  it.each([
    ['id', 'not-null', { id: null }],
    ['kind', 'category', { kind: 'z' }],
    ['kind', 'not-null', { kind: null }],
    ['user_id', 'foreign-key', { user_id: 'nobody' }],
    ['count', 'range', { count: -1 }],
    ['count', 'range', { count: 10 }],
    ['count', 'type', { count: 1.5 }],
    ['count', 'finite', { count: Infinity }],
    ['open', 'type', { open: 2 }],
    ['opened_at', 'not-null', { opened_at: NaN }],
    ['opened_at', 'before-as-of', { opened_at: 10 }],
  ])('rejects a row whose %s fails the check %s', async (column, name, change) => {
    const report = await check(tableOf([row, { ...row, id: 'bad', ...change }]));
    expect(report.rejectedRows).toBe(1);
    const failed = report.failedChecks.find((failure) => failure.check === name);
    expect(failed).toMatchObject({ table: 'accounts', column, failedRows: 1 });
    expect(failed?.example).toMatch(column === 'id' ? /^row number 2 of its part: / : /^row bad: /);
  });

  it('counts a row with several faults as one rejected row', async () => {
    const report = await check(tableOf([row, { ...row, id: 'bad', kind: 'z', count: -1, user_id: 'nobody' }]));
    expect(report.rejectedRows).toBe(1);
    expect(report.failedChecks).toHaveLength(3);
  });

  it('finds ids repeated in a later part, and sorts failed checks by number of rows', async () => {
    const report = await check(tableOf([row]), tableOf([row, { ...row, id: 'b', kind: 'z' }]), tableOf([row]));
    expect(report).toMatchObject({ checkedRows: 4, rejectedRows: 3 });
    expect(report.failedChecks.map((failure) => [failure.check, failure.failedRows])).toEqual([
      ['unique', 2],
      ['category', 1],
    ]);
  });

  it('accepts the absence of a column that a file may lack, as of one that came after the data set was stored', async () => {
    const later = { name: 'later', type: 'number', nullable: true, description: '' } as const;
    const failed = async (column: ColumnSpec): Promise<unknown> => {
      const wider = { ...spec, columns: [...spec.columns, column] };
      const idsOf = new Map([['users', new Set(['u'])]]);
      return (await checkTable(wider, partsOf(tableOf([row])), { asOf: 10, idsOf })).failedChecks;
    };
    expect(await failed({ ...later, optional: true })).toEqual([]);
    expect(await failed(later)).toMatchObject([{ column: 'later', check: 'present' }]);
  });

  it('rejects all rows when a column is absent or of another kind', async () => {
    const columns: Record<string, Column> = { ...tableOf([row, { ...row, id: 'b' }]).columns };
    delete columns.kind;
    const absent = await check({ rowCount: 2, columns });
    expect(absent).toMatchObject({
      rejectedRows: 2,
      failedChecks: [{ column: 'kind', check: 'present', failedRows: 2 }],
    });
    const other = await check({ rowCount: 2, columns: { ...columns, kind: number(1, 2) } });
    expect(other).toMatchObject({ rejectedRows: 2, failedChecks: [{ column: 'kind', check: 'type', failedRows: 2 }] });
  });
});

const columns: readonly ColumnSpec[] = [
  { name: 'key', type: 'text', description: '' },
  { name: 'x', type: 'number', minimum: 0, nullable: true, description: '' },
  { name: 'label', type: 'flag', nullable: true, description: '' },
];
const schema: DatasetSchema = {
  line: 'default',
  columns,
  key: 'key',
  label: 'label',
  features: [],
  split: { kind: 'group', column: 'key', fraction: 0.3, salt: 's' },
  minimumRows: 1,
};
const origin = { kind: 'file', fileHash: 'a'.repeat(64), fileName: 'f', format: 'f' } as const;
const settings = { suspiciousLabels: 'refused' } as const;
const validate = async (table: Table, maxRejectedShare: number, expectations: readonly Expectation[] = []) => {
  const dataset = await storeDataset(blobs, {
    table,
    schema,
    ref: { modelName: 'm', line: 'default', origin, notes: [] },
  });
  return validateDataset({ blobs, dataset, schema, expectations, maxRejectedShare, settings });
};
const hundred = (change: (row: number) => number): Table => ({
  rowCount: 100,
  columns: {
    key: text(...Array.from({ length: 100 }, (_, i) => `k${i}`)),
    x: number(...Array.from({ length: 100 }, (_, i) => change(i))),
    label: number(...Array.from({ length: 100 }, (_, i) => i % 2)),
  },
});

describe('soundRows', () => {
  const schema = { columns: spec.columns };

  it('are the rows without a value outside its list, range or kind, or missing where it must be', () => {
    const kept = soundRows(
      tableOf([
        row,
        { ...row, id: 'b', kind: 'boat' },
        { ...row, id: 'c', count: 10 },
        { ...row, id: 'd', count: 1.5 },
        { ...row, id: 'e', open: 2 },
        { ...row, id: 'f', user_id: null },
        { ...row, id: 'g', count: Number.NaN },
      ]),
      schema,
    );
    expect(kept.columns.id?.values).toEqual(['a', 'g']);
  });

  it('are the table itself where all are sound, and ignore columns that it has not', () => {
    const table = tableOf([row]);
    expect(soundRows(table, schema)).toBe(table);
    const columns = [...spec.columns, { name: 'later', type: 'number' as const, description: '' }];
    expect(soundRows(table, { columns })).toBe(table);
  });
});

describe('validateDataset', () => {
  it('passes at the limit of rejected rows and fails above it', async () => {
    const twoBad = hundred((i) => (i < 2 ? -1 : 1));
    expect(await validate(twoBad, 0.02)).toMatchObject({ passed: true, checkedRows: 100, rejectedRows: 2 });
    const rejected = await validate(
      hundred((i) => (i < 3 ? -1 : 1)),
      0.02,
    );
    expect(rejected).toMatchObject({ passed: false, rejectedRows: 3 });
    expect(rejected.failedChecks[0]).toEqual({
      table: 'default',
      column: 'x',
      check: 'range',
      failedRows: 3,
      example: 'row k0: below the minimum 0',
    });
  });

  it('requires a label and a unique key in every row, even if the column specs do not', async () => {
    const table = hundred(() => 1);
    const broken = {
      ...table,
      columns: {
        ...table.columns,
        label: number(...Array.from({ length: 100 }, () => NaN)),
        key: text(...Array.from({ length: 100 }, () => 'same')),
      },
    };
    const quality = await validate(broken, 0.02);
    expect(quality.rejectedRows).toBe(100);
    expect(quality.failedChecks.map(({ column, check: name, failedRows }) => [column, name, failedRows])).toEqual([
      ['label', 'not-null', 100],
      ['key', 'unique', 99],
    ]);
  });

  it('fails with the finding of an expectation that does not hold', async () => {
    const holds: Expectation = { name: 'holds', check: () => null };
    const fails: Expectation = {
      name: 'enough-bad',
      check: ({ table }) => `found ${table.rowCount} rows, wanted 1000`,
    };
    expect(
      (
        await validate(
          hundred(() => 1),
          0,
          [holds],
        )
      ).passed,
    ).toBe(true);
    const quality = await validate(
      hundred(() => 1),
      1,
      [holds, fails],
    );
    expect(quality).toMatchObject({ passed: false, rejectedRows: 0 });
    expect(quality.failedChecks).toEqual([
      { table: 'default', column: null, check: 'enough-bad', failedRows: 0, example: 'found 100 rows, wanted 1000' },
    ]);
  });

  it('returns at most twenty failed checks and stores all in the report', async () => {
    const many = Array.from({ length: 30 }, (_, i): Expectation => ({ name: `e${i}`, check: () => 'no' }));
    const quality = await validate(
      hundred(() => 1),
      1,
      many,
    );
    expect(quality.failedChecks).toHaveLength(20);
    const report = JSON.parse(Buffer.from(await blobs.get(quality.reportHash)).toString()) as {
      tables: { failedChecks: unknown[] }[];
    };
    expect(report.tables[0]?.failedChecks).toHaveLength(30);
  });
});
