import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileFormat } from '../../../contracts/dataset.js';
import type { PipelineError } from '../../../contracts/errors.js';
import { sha256 } from '../../../platform/blobs/hash.js';
import { readDataFile } from './read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const format: FileFormat = {
  name: 'loans',
  description: 'test layout',
  encodings: ['csv', 'json'],
  schema: {
    line: 'loans',
    key: 'id',
    label: 'bad',
    columns: [
      { name: 'id', type: 'text', description: 'key', unique: true },
      { name: 'amount', type: 'number', description: 'EUR' },
      { name: 'term', type: 'integer', description: 'months', nullable: true },
      { name: 'at', type: 'timestamp', description: 'when' },
      { name: 'purpose', type: 'category', categories: ['car', 'home'], description: 'what for', nullable: true },
      { name: 'bad', type: 'flag', description: 'label' },
    ],
    features: [],
    split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
    minimumRows: 2,
  },
  matches: ({ columns }) => columns !== null && ['id', 'amount', 'bad'].every((name) => columns.includes(name)),
};
const positional: FileFormat = {
  ...format,
  name: 'positional',
  encodings: ['csv'],
  delimiter: ' ',
  positionalColumns: ['amount', 'bad'],
  derivedColumns: ['id'],
  schema: {
    ...format.schema,
    columns: format.schema.columns.filter(({ name }) => ['id', 'amount', 'bad'].includes(name)),
  },
  matches: ({ columns, width }) => columns === null && width === 2,
  transform: (table) => ({
    ...table,
    columns: {
      ...table.columns,
      id: { kind: 'text', values: Array.from({ length: table.rowCount }, (_, i) => `${i}`) },
    },
  }),
};

let files = 0;
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
};
const header = 'id,amount,term,at,purpose,bad\n';
const good = 'a,1.5,12,2026-01-31,car,0\nb,-2e3,,2026-01-31T10:00:00+05:30,,1\n';
const fault = async (path: string, limits = {}): Promise<PipelineError> => {
  try {
    await readDataFile(path, [format, positional], { limits });
  } catch (error) {
    return error as PipelineError;
  }
  throw new Error('the file was accepted');
};
const faultOf = (name: string, content: string | Uint8Array, limits = {}) => fault(write(name, content), limits);

const expected = {
  rowCount: 2,
  columns: {
    id: { kind: 'text', values: ['a', 'b'] },
    amount: { kind: 'number', values: Float64Array.of(1.5, -2000) },
    term: { kind: 'number', values: Float64Array.of(12, NaN) },
    at: { kind: 'timestamp', values: Float64Array.of(Date.UTC(2026, 0, 31), Date.UTC(2026, 0, 31, 4, 30)) },
    purpose: { kind: 'text', values: ['car', null] },
    bad: { kind: 'number', values: Float64Array.of(0, 1) },
  },
};
const records = [
  { id: 'a', amount: 1.5, term: 12, at: '2026-01-31', purpose: 'car', bad: false, extra: { deep: [1] } },
  { id: 'b', amount: '-2e3', at: '2026-01-31T10:00:00+05:30', purpose: null, bad: 1 },
];

describe('readDataFile', () => {
  const bytes = Buffer.from(header + good);
  it.each<[string, string | Uint8Array]>([
    ['plain.csv', bytes],
    ['no-last-newline.csv', (header + good).trimEnd()],
    ['crlf.csv', (header + good).replaceAll('\n', '\r\n')],
    ['old-mac.csv', (header + good).replaceAll('\n', '\r')],
    ['bom.csv', `\u{feff}${header}${good}`],
    ['blank-lines.csv', `\n${header}\n${good}\n\n`],
    ['packed.csv.gz', gzipSync(bytes)],
    ['packed-without-the-name.csv', gzipSync(bytes)],
    ['two-members.gz', Buffer.concat([gzipSync(header), gzipSync(good)])],
    [
      'other-order-and-extra-column.csv',
      'bad,x,purpose,at,term,amount,id\n0,?,car,2026-01-31,12,1.5,a\n1,?,,2026-01-31T10:00:00+05:30,,-2e3,b\n',
    ],
    ['utf16.csv', Buffer.from(`\u{feff}${header}${good}`, 'utf16le')],
    ['utf16 big-endian.csv', Buffer.from(`\u{feff}${header}${good}`, 'utf16le').swap16()],
    ['utf16 without mark.csv', Buffer.from(header + good, 'utf16le')],
    ['tabs.tsv', (header + good).replaceAll(',', '\t')],
    ['pipes.txt', (header + good).replaceAll(',', '|')],
    ['semicolons.csv', (header + good).replaceAll(',', ';')],
    ['separator line.csv', `sep=;\r\n${(header + good).replaceAll(',', ';')}`],
    ['blank rows.csv', `${header}${good},,,,,\n ,,,,,\n`],
    ['delimiter at the end.csv', `${header}${good.replaceAll('\n', ',\n')}`],
    ['no time zone sign.csv', header + good.replace('2026-01-31T10:00:00+05:30', '2026-01-31 10:00:00+0530')],
    ['other names.csv', `ID,Amount,TERM,At,pur_pose,Bad\n${good}`],
    ['array.json', JSON.stringify(records)],
    ['pretty.json', JSON.stringify(records, null, 2)],
    ['bom.json', `\u{feff}${JSON.stringify(records)}`],
    ['lines.ndjson', records.map((record) => JSON.stringify(record)).join('\n')],
    ['rows.json', JSON.stringify({ rows: records })],
    ['rows-later.json', JSON.stringify({ made: ['by', { rows: 'hand' }], rows: records, count: [2] }, null, 1)],
    ['packed.json.gz', gzipSync(JSON.stringify(records))],
  ])('reads %s', async (name, content) => {
    const path = write(name, content);
    const { table, format: found, fileHash, fileName } = await readDataFile(path, [format, positional]);
    expect(table).toEqual(expected);
    expect(found).toBe(format);
    expect(fileHash).toBe(sha256(readFileSync(path)));
    expect(fileName).toMatch(new RegExp(`${name}$`));
  });

  it('reads quoted delimiters, quotes and line breaks, and counts lines and rows correctly', async () => {
    const start = `${header}"x,""y""\nz",1,,2026-01-01,car,0\n`;
    const read = await readDataFile(write('quoted.csv', `${start}b,1,,2026-01-01,car,1\n`), [format]);
    expect(read.table.columns.id?.values).toEqual(['x,"y"\nz', 'b']);
    expect(await faultOf('quoted-fault.csv', `${start}b,one,,2026-01-01,car,1\n`)).toMatchObject({
      code: 'INVALID_VALUE',
      details: { row: 2, line: 4, column: 'amount' },
    });
  });

  it('reads positional columns with another delimiter, and derived columns by transform', async () => {
    const { table, format: found } = await readDataFile(write('german.data', '1 0\n2 1\n'), [format, positional]);
    expect(found.name).toBe('positional');
    expect(table.columns.amount?.values).toEqual(Float64Array.of(1, 2));
    expect(table.columns.id?.values).toEqual(['0', '1']);
  });

  it('reads a JSON array on one line that is longer than the limit for CSV lines', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => ({
      ...records[0],
      id: `r${i}`,
      bad: i % 2,
      note: 'é"\\'.repeat(8),
    }));
    const { table } = await readDataFile(write('long.json', JSON.stringify(many)), [format]);
    expect(table.rowCount).toBe(30_000);
    expect(table.columns.id?.values[29_999]).toBe('r29999');
  });

  it('reads a JSON member that only a late record has, and remarks on one that no record has', async () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ ...records[0], term: undefined, id: `r${i}`, bad: i % 2 }));
    const never = await readDataFile(write('never.json', JSON.stringify(many)), [format]);
    expect(never.table.columns.term?.values[0]).toBeNaN();
    expect(never.remarks).toContain('columns that the file does not have, read as empty: term');
    const late = [...many, { ...records[0], term: 7, id: 'late' }];
    const { table } = await readDataFile(write('late.json', JSON.stringify(late)), [format]);
    expect(table.columns.term?.values[500]).toBe(7);
  });

  it('reads the same records whatever the chunk boundaries', async () => {
    const chars = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => `k${text}`.trim());
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(chars, { minLength: 2, maxLength: 8 }), async (ids) => {
        const rows = ids.map((id, i) => ({ ...records[0], id, bad: i % 2 }));
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const csv = header + rows.map((row) => `${quote(row.id)},1.5,12,2026-01-31,car,${row.bad}\n`).join('');
        for (const [name, content] of [
          ['x.csv', csv],
          ['x.json', JSON.stringify(rows)],
        ] as const) {
          const { table } = await readDataFile(write(name, gzipSync(content)), [format]);
          expect(table.columns.id?.values).toEqual(ids);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('readDataFile rejects', () => {
  it('an absent file, a folder and a device', async () => {
    expect(await fault(join(folder, 'absent.csv'))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      details: { file: join(folder, 'absent.csv') },
    });
    expect(await fault(folder)).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect(await fault('/dev/zero')).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect((await fault(folder)).message).toContain('folder');
  });

  it.skipIf(process.getuid?.() === 0)('a file without read permission', async () => {
    const path = write('secret.csv', header + good);
    chmodSync(path, 0);
    expect(await fault(path)).toMatchObject({ code: 'FILE_NOT_READABLE' });
  });

  it.each<[string, string | Uint8Array]>([
    ['no-bytes.csv', ''],
    ['white-space.csv', ' \n\n\t\n'],
    ['header-only.csv', header],
    ['empty-array.json', '[]'],
    ['empty-rows.json', '{"rows": []}'],
    ['empty.csv.gz', gzipSync('')],
  ])('a file without data rows: %s', async (name, content) => {
    expect(await faultOf(name, content)).toMatchObject({ code: 'FILE_EMPTY' });
  });

  it('a missing column in CSV and JSON, naming it', async () => {
    const csv = await faultOf('missing.csv', 'id,amount,term,purpose,bad\na,1,1,car,0\n');
    expect(csv).toMatchObject({ code: 'MISSING_COLUMN', details: { column: 'at' } });
    expect(csv.message).toMatch(/needs at; found id, amount, term, purpose, bad/);
    const json = await faultOf('missing.json', JSON.stringify(records.map((record) => ({ ...record, at: undefined }))));
    expect(json).toMatchObject({ code: 'MISSING_COLUMN', details: { column: 'at' } });
    const label = await faultOf('no-label.csv', 'id,amount,term,at,purpose\na,1,1,2026-01-01,car\n');
    expect(label).toMatchObject({ code: 'MISSING_COLUMN', details: { column: 'bad' } });
  });

  it('columns of an unknown format, naming the known formats', async () => {
    const unknown = await faultOf('unknown.csv', 'x,y,z\n1,2,3\n');
    expect(unknown.code).toBe('UNKNOWN_FORMAT');
    expect(unknown.message).toMatch(/none of the 3 names.*loans \(csv or json: id, amount, at, bad\).*positional/);
  });

  it.each([
    ['text in a number', 'amount', 'a,twelve,1,2026-01-01,car,0'],
    ['NaN as text', 'amount', 'a,NaN,1,2026-01-01,car,0'],
    ['infinity as text', 'amount', 'a,-Infinity,1,2026-01-01,car,0'],
    ['a number that overflows', 'amount', 'a,1e999,1,2026-01-01,car,0'],
    ['digits in odd groups', 'amount', 'a,"1,0,00",1,2026-01-01,car,0'],
    ['a percentage', 'amount', 'a,12%,1,2026-01-01,car,0'],
    ['a number with a unit word', 'amount', 'a,2 lakh,1,2026-01-01,car,0'],
    ['hexadecimal', 'amount', 'a,0x10,1,2026-01-01,car,0'],
    ['a word for a missing value', 'amount', 'a,NA,1,2026-01-01,car,0'],
    ['a fraction in an integer', 'term', 'a,1,1.5,2026-01-01,car,0'],
    ['an empty required cell', 'amount', 'a,,1,2026-01-01,car,0'],
    ['an empty key', 'id', ',1,1,2026-01-01,car,0'],
    ['a date that is on no calendar', 'at', 'a,1,1,31/13/2026,car,0'],
    ['the 30th of February', 'at', 'a,1,1,2026-02-30,car,0'],
    ['a label other than 0 and 1', 'bad', 'a,1,1,2026-01-01,car,2'],
  ])('%s in CSV, naming file, row, line and column but not the value', async (_name, column, row) => {
    const found = await faultOf('cell.csv', `${header}ok,1,1,2026-01-01,car,0\n${row}\n`);
    expect(found).toMatchObject({ code: 'INVALID_VALUE', details: { row: 2, line: 3, column } });
    expect(found.message).toMatch(new RegExp(`cell\\.csv, row 2 \\(line 3\\), column "${column}": found .*, wanted`));
    expect(found.message).not.toMatch(/twelve|1,0,00|12%|2 lakh|31\/13/);
  });

  it.each([
    ['text in a number', 'amount', { amount: 'twelve' }],
    ['a list in a number', 'amount', { amount: [1] }],
    ['an object in a text', 'id', { id: {} }],
    ['null in a required member', 'amount', { amount: null }],
    ['a number in a date', 'at', { at: 1.7e12 }],
  ])('%s in JSON', async (_name, column, change) => {
    const text = `[\n${JSON.stringify({ ...records[0], id: 'ok' })},\n${JSON.stringify({ ...records[0], ...change })}\n]`;
    expect(await faultOf('cell.json', text)).toMatchObject({
      code: 'INVALID_VALUE',
      details: { row: 2, line: 3, column },
    });
  });

  it('a number in JSON that overflows', async () => {
    const text = JSON.stringify(records).replace('1.5', '1e999');
    expect(await faultOf('huge.json', text)).toMatchObject({
      code: 'INVALID_VALUE',
      details: { row: 1, column: 'amount' },
    });
  });

  it('a repeated key', async () => {
    const found = await faultOf('twice.csv', `${header}${good}a,1,1,2026-01-01,car,0\n`);
    expect(found).toMatchObject({ code: 'INVALID_VALUE', details: { row: 3, line: 4, column: 'id' } });
    expect(found.message).toContain('row 1');
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['too many cells.csv', `${header}${good}c,1,1,2026-01-01,car,0,7\n`, /row 3 \(line 4\): found 7 columns, wanted 6/],
    ['too few cells.csv', `${header}${good}c,1\n`, /row 3 \(line 4\): found 2 columns, wanted 6/],
    ['header twice.csv', `id,amount,term,at,purpose,bad,amount\n`, /column "amount": the header has this column twice/],
    ['quote not closed.csv', `${header}${good}"c,1,1\n`, /not closed/],
    ['text after quote.csv', `${header}"c"d,1,1,2026-01-01,car,0\n`, /line 2: a closing quote/],
    [
      'neither utf-8 nor windows-1252.csv',
      Buffer.concat([Buffer.from(header + good), Buffer.from([0x63, 0x8f, 0x2c, 0x31, 0x0a])]),
      /line 4: .*UTF-8/,
    ],
    ['half a unit.csv', Buffer.from(`\u{feff}${header}`, 'utf16le').subarray(0, -1), /line 1: .*UTF-16/],
    ['utf16 with zeros.csv', Buffer.from(`\u{feff}${header}a\0`, 'utf16le'), /NUL/],
    ['cut inside a character.csv', Buffer.from(`${header}é`).subarray(0, -1), /line 2: .*UTF-8/],
    ['zeros.csv', `${header}a\u0000b,1\n`, /line 2: .*NUL/],
    ['truncated.csv.gz', gzipSync(header + good).subarray(0, -12), /truncated/],
    ['broken.csv.gz', Buffer.concat([gzipSync(header).subarray(0, 10), Buffer.alloc(40, 7)]), /gzip/],
    ['named json.json', header + good, /name says JSON/],
    ['open array.json', `[${JSON.stringify(records[0])},`, /ends before the list is closed/],
    ['open record.json', `[{"id": "a`, /ends inside row 1/],
    ['numbers.json', '[1, 2]', /found "1" at row 1, wanted an object/],
    ['no comma.json', '[{"id":"a"} {"id":"b"}]', /found "\{"/],
    ['trailing comma.json', `[${JSON.stringify(records[0])},]`, /found "\]"/],
    ['text after.json', `[${JSON.stringify(records[0])}] x`, /found "x"/],
    ['nan.json', '[\n{"id": "a", "amount": NaN}]', /row 1 \(line 2\): .*NaN and Infinity are not JSON/],
    ['member twice.json', '[{"id": "a", "id": "b", "amount": 1, "bad": 1}]', /member twice/],
  ])('malformed: %s', async (name, content, message) => {
    const found = await faultOf(name, content);
    expect(found.code).toBe('MALFORMED_FILE');
    expect(found.message).toMatch(message);
    expect(found.details.file).toMatch(new RegExp(`${name}$`));
  });

  it('a line of 10 MB in a row, in the header, and in JSON', async () => {
    const long = 'x'.repeat(10_000_000);
    expect(await faultOf('line.csv', `${header}${good}${long},1,1,2026-01-01,car,0\n`)).toMatchObject({
      code: 'FILE_TOO_LARGE',
      details: { line: 4 },
    });
    expect(await faultOf('header.csv', `id,amount,bad,${long}\n`)).toMatchObject({
      code: 'FILE_TOO_LARGE',
      details: { line: 1 },
    });
    expect(await faultOf('record.json', JSON.stringify([records[0], { ...records[1], id: long }]))).toMatchObject({
      code: 'FILE_TOO_LARGE',
      details: { row: 2 },
    });
    expect(await faultOf('quoted.csv', `${header}"${'x\n'.repeat(2_000_000)}`)).toMatchObject({
      code: 'FILE_TOO_LARGE',
    });
  });

  it('a gzip bomb, with bounded memory', async () => {
    const path = write('bomb.csv.gz', gzipSync(Buffer.alloc(96 * 1024 * 1024, `1.${'0'.repeat(500)} 0\n2 1\n`)));
    const before = process.memoryUsage().rss;
    const found = await fault(path);
    expect(found).toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(found.message).toMatch(/unpacks to more than 200 times/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('more bytes, rows or columns than the limits', async () => {
    const text = header + good;
    expect(await faultOf('big.csv', text, { fileBytes: 10 })).toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(await faultOf('big.csv.gz', gzipSync(text), { unpackedBytes: 20 })).toMatchObject({
      code: 'FILE_TOO_LARGE',
    });
    expect(await faultOf('rows.csv', text, { rows: 1 })).toMatchObject({ code: 'FILE_TOO_LARGE', details: { row: 2 } });
    expect(await faultOf('wide.csv', text, { columns: 5 })).toMatchObject({ code: 'FILE_TOO_LARGE' });
  });

  it('a single class, unless the labels are no classes', async () => {
    const text = header + Array.from({ length: 40 }, (_, i) => `r${i},1.5,12,2026-01-31,car,0\n`).join('');
    const same = await faultOf('same.csv', text);
    expect(same).toMatchObject({ code: 'SINGLE_CLASS', details: { column: 'bad' } });
    expect(same.message).toContain('every row has the same bad, so there is nothing to learn');
    const { table } = await readDataFile(write('same.csv', text), [{ ...format, labelsAreClasses: false }]);
    expect(table.rowCount).toBe(40);
  });

  it('fewer rows than the format needs, and a single class', async () => {
    expect(await faultOf('few.csv', `${header}a,1,1,2026-01-01,car,0\n`)).toMatchObject({ code: 'TOO_FEW_ROWS' });
    expect(await faultOf('one-class.csv', header + good.replace(/1\n$/, '0\n'))).toMatchObject({
      code: 'SINGLE_CLASS',
      details: { column: 'bad' },
    });
  });
});
