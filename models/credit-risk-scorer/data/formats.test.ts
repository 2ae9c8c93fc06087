import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { projectRoot } from '../../../platform/project.js';
import { fixtureRows } from '../fixtures/make-fixture.js';
import { fileFormats } from './formats.js';

const fixture = join(projectRoot, 'models/credit-risk-scorer/fixtures/credit-applications.csv');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credit-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readDataFile(path, fileFormats);
}

const fault = (name: string, content: string): Promise<unknown> =>
  read(name, content).catch((caught: unknown) => caught);

/** The fixture with one cell of a row replaced. @param row - from 1, the header is 0. */
async function edited(row: number, column: string, cell: string): Promise<string> {
  const lines = (await readFile(fixture, 'utf8')).trim().split('\n');
  const at = lines[0]!.split(',').indexOf(column);
  lines[row] = lines[row]!.split(',').map((old, j) => (j === at ? cell : old)).join(','); // prettier-ignore
  return `${lines.join('\n')}\n`;
}

/** A well-formed german.data row; `last` is the label. */
const germanRow = (last: string): string =>
  `A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 ${last}`;
const germanFile = (labels: readonly string[]): string => labels.map((label) => `${germanRow(label)}\n`).join('');
const repeated = (labels: readonly string[], times: number): string[] =>
  Array<readonly string[]>(times).fill(labels).flat();

describe('credit-applications', () => {
  it('reads the same table from JSON and from CSV', async () => {
    const filled = fixtureRows(150, 3).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')),
    );
    const header = Object.keys(fixtureRows(1, 3)[0]!);
    const csv = [header, ...filled.map((row) => header.map((name) => row[name] ?? ''))];
    const fromCsv = await read('applications.csv', csv.map((cells) => `${cells.join(',')}\n`).join(''));
    const fromJson = await read('applications.json', JSON.stringify(filled));
    expect(fromJson.format.name).toBe('credit-applications');
    const sorted = ({ columns }: typeof fromCsv.table) => Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(fromJson.table)).toEqual(sorted(fromCsv.table));
  });

  it('is documented for each column, with a valid example', async () => {
    const page = await readFile(join(projectRoot, 'docs/data-formats.md'), 'utf8');
    const { columns } = fileFormats[0]!.schema;
    for (const { name } of columns) expect(page).toContain(`| \`${name}\` |`);
    const section = page.slice(page.indexOf('## Credit applications'));
    const [example] = JSON.parse(/```json\n([\s\S]*?)```/.exec(section)![1]!) as Record<string, unknown>[];
    const many = Array.from({ length: 120 }, (_, i) => ({
      ...example,
      applicationId: `a${i}`,
      applicantId: `p${i}`,
      defaulted: i % 2,
    }));
    expect((await read('example.json', JSON.stringify(many))).table.rowCount).toBe(120);
    expect(Object.keys(example!).sort()).toEqual(columns.map(({ name }) => name).sort());
  });

  it.each([
    ['text in a numeric column', 'requestedAmount', 'a lot', 'INVALID_VALUE'],
    ['NaN in a column that must be filled', 'requestedAmount', 'NaN', 'INVALID_VALUE'],
    ['infinity in a numeric column', 'utilisationShare', 'Infinity', 'INVALID_VALUE'],
    ['an empty cell that must be filled', 'termMonths', '', 'INVALID_VALUE'],
    ['a label that is neither 0 nor 1', 'defaulted', '2', 'INVALID_VALUE'],
    ['a key that stands twice', 'applicationId', 'application-1', 'INVALID_VALUE'],
  ])('names row and column of %s', async (_case, column, cell, code) => {
    const found = await fault('edited.csv', await edited(7, column, cell));
    expect(found).toMatchObject({ code, details: { file: 'edited.csv', column } });
  });

  it('refuses three rows, one class and a missing column', async () => {
    const lines = (await readFile(fixture, 'utf8')).trim().split('\n');
    expect(await fault('three.csv', `${lines.slice(0, 4).join('\n')}\n`)).toMatchObject({ code: 'TOO_FEW_ROWS' });
    const good = lines.filter((line, i) => i === 0 || line.endsWith(',0'));
    expect(await fault('one-class.csv', `${good.join('\n')}\n`)).toMatchObject({ code: 'SINGLE_CLASS' });
    const [header, ...rows] = lines.map((line) => line.split(','));
    const at = header!.indexOf('termMonths');
    const without = [header!, ...rows].map((cells) => cells.filter((_, j) => j !== at).join(','));
    const found = await fault('missing.csv', `${without.join('\n')}\n`);
    expect(found).toMatchObject({ code: 'MISSING_COLUMN', details: { column: 'termMonths' } });
  });
});

describe('german', () => {
  it('is recognised by its 21 columns without header; the label is recoded, row and sex are derived', async () => {
    const { format, table } = await read('german.data', germanFile(repeated(['1', '2'], 60)));
    expect(format.name).toBe('german');
    expect(Array.from((table.columns.bad?.values ?? []) as Float64Array).slice(0, 3)).toEqual([0, 1, 0]);
    expect(table.columns.row?.values.slice(0, 2)).toEqual(['1', '2']);
    expect(table.columns.sex?.values[0]).toBe('male');
  });

  it('names the row of an unknown label', async () => {
    const found = await fault('german.data', germanFile([...repeated(['1', '2'], 60), '0']));
    expect(found).toMatchObject({ code: 'INVALID_VALUE', details: { row: 121, column: 'bad', file: 'german.data' } });
  });
});

describe('every format', () => {
  it('keeps protected columns, key and label out of the features', () => {
    for (const { schema } of fileFormats) {
      const features = schema.features.map(({ name }) => name);
      for (const name of [...(schema.protectedColumns ?? []), schema.key, schema.label])
        expect(features).not.toContain(name);
    }
  });

  it('is recognised by its own columns and by no other format', () => {
    for (const format of fileFormats) {
      const names = format.positionalColumns ? null : format.schema.columns.map(({ name }) => name);
      const found = { fileName: 'x', columns: names, width: format.positionalColumns?.length ?? names?.length ?? 0 };
      expect(fileFormats.filter((candidate) => candidate.matches(found))).toEqual([format]);
    }
  });
});
