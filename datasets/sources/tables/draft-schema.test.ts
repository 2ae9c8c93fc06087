import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tableSchema } from '../../../contracts/table-schema.js';
import { tableFileFormat } from '../../../learning/tabular/table-format/index.js';
import { writeCsv } from '../../../learning/text/csv.js';
import type { ReadingOptions } from '../files/reading-options.js';
import { readDataFile } from '../files/read-file.js';
import { type DescribedFile, describeFile } from './draft-schema.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-describe-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Cell = (row: number) => string;
const ROWS = 100;
let files = 0;

function write(columns: Readonly<Record<string, Cell>>, name = `file-${files++}.csv`): string {
  const path = join(folder, name);
  const rows = Array.from({ length: ROWS }, (_, row) => Object.values(columns).map((cell) => cell(row)));
  writeFileSync(path, writeCsv(Object.keys(columns), rows));
  return path;
}
const describeColumns = (columns: Readonly<Record<string, Cell>>, options?: ReadingOptions) =>
  describeFile(write(columns), options);
const columnOf = ({ columns }: DescribedFile, wanted: string) => columns.find(({ name }) => name === wanted);
const day = (row: number): string => new Date(Date.UTC(2026, 0, 1 + row)).toISOString().slice(0, 10);

const loans: Readonly<Record<string, Cell>> = {
  'loan id': (row) => `L${row}`,
  customerId: (row) => String(100 + Math.floor(row / 2)),
  appliedOn: day,
  sex: (row) => (row % 2 === 0 ? 'f' : 'm'),
  ageYears: (row) => String(20 + (row % 50)),
  income: (row) => (row % 10 === 0 ? 'NA' : String(1000 + 10 * row)),
  kind: (row) => ['home', 'car', 'gold'][row % 3]!,
  remarks: (row) => `said ${row}`,
  currency: () => 'INR',
  nothing: () => '',
  defaulted: (row) => (row % 5 === 0 ? 'yes' : 'no'),
};

describe('describeFile', () => {
  it('guesses roles, marks them, and leaves out what is no use with its reason', async () => {
    const { schema, rows } = await describeFile(write(loans, 'My Loans (2026).csv'));
    expect(rows).toBe(ROWS);
    expect(schema).toMatchObject({
      name: 'my-loans-2026',
      key: 'loan id',
      label: 'defaulted',
      time: 'appliedOn',
      windowDays: 20,
      group: 'customerId',
      protected: ['sex', 'ageYears'],
      guessed: ['key', 'label', 'time', 'group', 'protected'],
      notUsed: {
        currency: 'one value only',
        nothing: 'no value at all',
        remarks: expect.stringContaining('100 different') as string,
      },
    });
    expect(schema.columns.find(({ name }) => name === 'kind')).toEqual({
      name: 'kind',
      kind: 'category',
      values: ['car', 'gold', 'home'],
    });
    // 1010 to 1990, half the range of room on either side
    expect(schema.columns.find(({ name }) => name === 'income')).toEqual({
      name: 'income',
      kind: 'integer',
      minimum: 520,
      maximum: 2500,
    });
  });

  it('drafts a schema by which the same file is read', async () => {
    const path = write(loans);
    const { schema } = await describeFile(path);
    const format = tableFileFormat(tableSchema.parse(schema), { minimumRows: 50, fraction: 0.3, salt: 's' });
    const { table, remarks } = await readDataFile(path, [format]);
    expect(table.columns['defaulted']!.values.slice(0, 3)).toEqual(Float64Array.of(1, 0, 0));
    expect([...table.columns['income']!.values].filter((value) => Number.isNaN(value as number))).toHaveLength(10);
    expect(remarks.join('; ')).toContain('the schema still marks as guessed: key, label, time, group, protected');
  });

  it.each<[string, Cell, object]>([
    ['flags', (row) => (row % 2 === 0 ? 'true' : 'false'), { kind: 'flag' }],
    ['whole numbers', (row) => String(row - 50), { kind: 'integer', range: { minimum: -50, maximum: 49 } }],
    ['amounts', (row) => `₹ ${row}.50`, { kind: 'number', range: { minimum: 0.5, maximum: 99.5 } }],
    ['codes', (row) => `A${row % 4}`, { kind: 'category', distinct: 4, values: ['A0', 'A1', 'A2', 'A3'] }],
    ['dates', day, { kind: 'timestamp' }],
    ['names', (row) => `person ${row}`, { kind: 'text', values: null }],
    ['three decimals', (row) => `${row}.${500 + row}`, { kind: 'number', range: { minimum: 0.5, maximum: 99.599 } }],
    ['gaps', (row) => (row % 4 === 0 ? 'null' : String(row)), { kind: 'integer', missing: 25 }],
  ])('tells %s', async (_what, cell, wanted) => {
    expect(columnOf(await describeColumns({ x: cell, y: (row) => `${row % 2}` }), 'x')).toMatchObject(wanted);
  });

  it('takes NA in a column of words for a word, unless --null says that it is none', async () => {
    const words: Cell = (row) => ['NA', 'EU', 'US'][row % 3]!;
    expect(columnOf(await describeColumns({ region: words }), 'region')).toMatchObject({ distinct: 3, missing: 0 });
    const named = await describeColumns({ region: words }, { nulls: ['na'] });
    expect(columnOf(named, 'region')).toMatchObject({ distinct: 2, missing: 34 });
  });

  it('guesses the rarer of two words as the one that counts, and the last column of two values as the label', async () => {
    const found = await describeColumns({ x: String, left: (row) => (row % 9 === 0 ? 'gone' : 'stayed') });
    expect(found.schema).toMatchObject({ label: 'left', positive: 'gone', guessed: ['label', 'positive'] });
  });

  it('guesses a column of train and test as the parts', async () => {
    const found = await describeColumns({
      x: String,
      part: (row) => (row < 70 ? 'train' : 'Test'),
      y: (row) => `${row % 2}`,
    });
    expect(found.schema).toMatchObject({ part: 'part', label: 'y' });
  });

  it('reads a file whose fields are separated by another sign, and JSON', async () => {
    const semicolons = join(folder, 'semicolons.csv');
    writeFileSync(semicolons, `a;b\n${'1,5;x\n2,5;y\n'.repeat(20)}`);
    const found = await describeFile(semicolons);
    expect(columnOf(found, 'a')).toMatchObject({ kind: 'number', range: { minimum: 1.5, maximum: 2.5 } });
    const json = join(folder, 'rows.json');
    writeFileSync(json, JSON.stringify(Array.from({ length: 20 }, (_, row) => ({ a: row % 3, b: row % 2 === 0 }))));
    expect((await describeFile(json)).columns.map(({ kind }) => kind)).toEqual(['integer', 'flag']);
  });
});
