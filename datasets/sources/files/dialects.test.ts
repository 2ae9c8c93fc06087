import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ColumnSpec, FileFormat } from '../../../contracts/dataset.js';
import type { PipelineError } from '../../../contracts/errors.js';
import { type ReadFileOptions, readDataFile } from './read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-dialects-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NOW = Date.UTC(2026, 10, 1);

const column = (name: string, type: ColumnSpec['type']): ColumnSpec => ({
  name,
  type,
  description: name,
  nullable: true,
});
const format: FileFormat = {
  name: 'payments',
  description: 'test layout',
  encodings: ['csv', 'json'],
  schema: {
    line: 'payments',
    key: 'id',
    label: 'amount',
    labelOptional: true,
    columns: [
      { name: 'id', type: 'text', description: 'key', unique: true },
      { ...column('amount', 'number'), optional: true },
      ...[column('fee', 'number'), column('months', 'integer'), column('done', 'flag'), column('at', 'timestamp')],
      column('until', 'timestamp'),
    ],
    features: [],
    split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
    minimumRows: 1,
  },
  signedColumn: 'amount',
  aliases: { at: ['booked on'] },
  matches: ({ columns }) => columns?.includes('id') === true,
};

let files = 0;
function read(text: string, options: ReadFileOptions = {}) {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, text);
  return readDataFile(path, [format], { now: NOW, ...options });
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
/** A file of columns; each is given as its name and its cells. */
function table(columns: Readonly<Record<string, readonly string[]>>, delimiter = ','): string {
  const names = Object.keys(columns);
  const rows = columns[names[0]!]!.map((_, i) => [`r${i}`, ...names.map((name) => columns[name]![i]!)]);
  return [['id', ...names], ...rows].map((row) => `${row.map(quoted).join(delimiter)}\n`).join('');
}

async function values(name: string, cells: readonly string[], options: ReadFileOptions & { comma?: string } = {}) {
  const { comma = ',', ...rest } = options;
  const found = await read(table({ [name]: cells }, comma), rest);
  return [...(found.table.columns[name]!.values as Float64Array)];
}

const faultOf = (text: string, options: ReadFileOptions = {}): Promise<PipelineError> =>
  read(text, options).then(
    () => Promise.reject(new Error('the file was accepted')),
    (fault: unknown) => fault as PipelineError,
  );
const faultIn = (name: string, cells: readonly string[], comma = ','): Promise<PipelineError> =>
  faultOf(table({ [name]: cells }, comma));

describe('numbers', () => {
  it.each([
    ['12', 12],
    ['-1.5', -1.5],
    ['2e3', 2000],
    ['.5', 0.5],
    ['1,46,000.00', 146000],
    ['1,46,000', 146000],
    ['12,34,567.5', 1234567.5],
    ['146,000.5', 146000.5],
    ["146'000.50", 146000.5],
    ['₹1,46,000.00', 146000],
    ['Rs. 1,46,000', 146000],
    ['Rs.500/-', 500],
    ['INR 500', 500],
    ['500 INR', 500],
    ['500.25 €', 500.25],
    ['$1,234.56', 1234.56],
    ['-$5.5', -5.5],
    ['$-5.5', -5.5],
    ['(146000)', -146000],
    ['(₹1,46,000.50)', -146000.5],
    ['₹(500)', -500],
    ['146000-', -146000],
    ['1,234.50-', -1234.5],
    ['−3', -3],
    ['+7', 7],
    [' 8 ', 8],
    ['0.063', 0.063],
    ['१,४६,०००.५०', 146000.5],
    ['（１２３）', -123],
    ["'500", 500],
    ['="1,500"', 1500],
    ['INR.500', 500],
    ['USD.500', 500],
    ['$.50', 0.5],
    ['रु. 500', 500],
    ['US$ 1,234', 1234],
    ['C$5', 5],
    ['1 46 000', 146000],
    ["1'46'000.5", 146000.5],
    ['١٬٢٣٤٫٥', 1234.5],
    ['\u202a500\u200e', 500],
  ])('reads %j', async (text, value) => expect(await values('amount', [text, '1.5'])).toEqual([value, 1.5]));

  it.each([
    ['0,063', 0.063],
    ['1.234,56', 1234.56],
    ['1.234.567', 1234567],
    ['146 000,50', 146000.5],
    ['146\u00a0000,5 €', 146000.5],
    ['(1.234,5)', -1234.5],
    ['12', 12],
  ])('reads %j beside a decimal comma', async (text, value) =>
    expect(await values('amount', [text, '1,5'], { comma: ';' })).toEqual([value, 1.5]),
  );

  it('decides an ambiguous column by the other columns', async () => {
    const text = table({ amount: ['1.234', '2.500'], fee: ['0,5', '1,25'] }, ';');
    const found = await read(text);
    expect(found.table.columns.amount?.values).toEqual(Float64Array.of(1234, 2500));
    expect(found.remarks).toContain('decimal comma: amount, fee');
    const point = await read(table({ amount: ['1,234', '2,500'], fee: ['0.5', '1.25'] }, ';'));
    expect(point.table.columns.amount?.values).toEqual(Float64Array.of(1234, 2500));
  });

  it('takes a comma between commas for one between thousands, and a point for a decimal point', async () => {
    expect(await values('amount', ['1,234', '2,500'])).toEqual([1234, 2500]);
    expect(await values('amount', ['1.234', '2.500'])).toEqual([1.234, 2.5]);
    expect(await values('amount', ['1.234', '2.500'], { comma: '\t' })).toEqual([1.234, 2.5]);
  });

  it.each([
    [['1.234', '2.500'], ';'],
    [['1,234', '2,500'], ';'],
    [['1,234', '2,500'], '\t'],
  ])('asks for the decimal sign of %j between %j', async (cells, comma) => {
    const fault = await faultIn('amount', cells, comma);
    expect(fault).toMatchObject({ code: 'INVALID_VALUE', details: { column: 'amount' } });
    expect(fault.message).toMatch(/a decimal point or a decimal comma\?.*--decimal \. or --decimal ,/);
    expect(await values('amount', cells, { comma, decimal: ',' })).toEqual(
      cells[0]!.includes(',') ? [1.234, 2.5] : [1234, 2500],
    );
    expect(await values('amount', cells, { comma, decimal: '.' })).toEqual(
      cells[0]!.includes('.') ? [1.234, 2.5] : [1234, 2500],
    );
  });

  it('refuses two decimal signs in a column, naming both rows', async () => {
    const fault = await faultIn('amount', ['0.5', '7', '0,25']);
    expect(fault.details).toMatchObject({ row: 3, column: 'amount' });
    expect(fault.message).toMatch(/only be read with a decimal comma, but row 1 cannot/);
  });

  it.each([
    [
      ['1,50,000', '1.234,5'],
      'a decimal comma (thousands grouped by points), but row 1 (lakhs grouped by commas) cannot',
    ],
    [
      ['1.234,5', '1,50,000'],
      'a decimal point (lakhs grouped by commas), but row 1 (thousands grouped by points) cannot',
    ],
    [['1 234,5', '1234.5'], 'a decimal point, but row 1 (thousands grouped by blanks) cannot'],
  ])('names the groupings of %j', async (cells, finding) =>
    expect((await faultIn('amount', cells, ';')).message).toContain(finding),
  );

  it.each([
    ['1,2,3', 'digits whose groups are neither thousands nor lakhs'],
    ['12%', 'a percentage'],
    ['2 lakh', 'a number with a unit word'],
    ['1.5 crore', 'a number with a unit word'],
    ['5k', 'a number with a unit word'],
    ['0x10', 'a hexadecimal number'],
    ['27/05/2025', 'a date'],
    ['(-5)', 'an amount with two signs'],
    ['--5', 'an amount with two signs'],
    ['+-5', 'an amount with two signs'],
    ['Rs..500', 'a number with words beside it'],
    ['+500 Dr', 'an amount with two signs'],
    ['-500 Dr', 'an amount with two signs'],
    ['-500 Cr', 'an amount with two signs'],
    ['Cr (500)', 'an amount with two signs'],
    ['500 D/C', 'an amount that is both debit and credit'],
    ['XYZ 5', 'an amount in a currency that is not known'],
    ['1/2', 'a fraction'],
    ['½', 'a fraction'],
    ['Rs 500 only', 'a number with words beside it'],
    ['none at all', 'text of 11 characters'],
  ])('refuses %j and names it as %s', async (cell, name) => {
    const fault = await faultIn('amount', ['1.5', cell]);
    expect(fault.message).toContain(`found ${name}, wanted a finite number`);
    expect(fault.message).not.toContain(cell);
  });

  it('refuses amounts in two currencies, and tells of one', async () => {
    expect((await faultIn('amount', ['$5', '₹5'])).message).toContain('found amounts in $ and INR');
    expect((await faultIn('amount', ['$5 EUR'])).message).toContain('found amounts in $ and EUR');
    const { remarks } = await read(table({ amount: ['₹1,46,000', 'Rs 5'] }));
    expect(remarks).toEqual(expect.arrayContaining(['amounts in INR: amount', 'grouped digits: amount']));
  });

  it('reads Dr and Cr as signs, and asks about Cr alone', async () => {
    for (const cells of [
      ['500.00 Dr', '2,000.00 Cr'],
      ['500Dr', '2,000.00Cr'],
      ['500 (Dr)', '2000 (cr)'],
      ['Dr 500', 'Cr. 2,000'],
      ['500D', '2000 C'],
      ['₹500 debit', '2,000 credit'],
      ['Rs. 500/- Dr', 'INR 2000 CR.'],
    ])
      expect(await values('amount', cells)).toEqual([-500, 2000]);
    expect((await faultIn('amount', ['500.00 Cr', '5'])).message).toMatch(/credit or crore\?/);
  });

  it('refuses a fraction among whole numbers, and reads thousands with a point only beside decimal commas', async () => {
    expect((await faultIn('months', ['12', '1.234'])).message).toContain('a number with a fraction, wanted an integer');
    expect((await faultIn('months', ['12', '1.5'])).message).toContain('a number with a fraction, wanted an integer');
    expect(await values('months', ['12', '1,234', '60.00'])).toEqual([12, 1234, 60]);
    const { table: found } = await read(table({ months: ['12', '1.234'], fee: ['0,5', '1'] }, ';'));
    expect(found.columns.months?.values).toEqual(Float64Array.of(12, 1234));
  });

  it('reads what Intl writes, whatever the locale', async () => {
    const amount = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => Math.round(value * 100) / 100);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('en-IN', 'en-US', 'de-DE', 'fr-FR', 'de-CH'),
        fc.constantFrom('standard', 'accounting'),
        fc.array(amount, { minLength: 1, maxLength: 20 }),
        async (locale, currencySign, amounts) => {
          const write = new Intl.NumberFormat(locale, {
            style: 'currency',
            currency: 'INR',
            currencySign: currencySign,
          });
          const all = [...amounts, 0.25].map((value) => value + 0);
          const found = await values(
            'amount',
            all.map((value) => write.format(value)),
            { comma: ';' },
          );
          expect(found.map((value) => value + 0)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('debit and credit', () => {
  const pair = (rows: readonly (readonly [string, string])[]): string =>
    table({ Debit: rows.map(([debit]) => debit), Credit: rows.map(([, credit]) => credit) });

  it.each([
    ['Debit', 'Credit'],
    ['Withdrawal Amt.', 'Deposit Amt.'],
    ['Withdrawal (Dr)', 'Deposit (Cr)'],
    ['Debit (in Rs.)', 'Credit (INR)'],
    ['money_out', 'money_in'],
  ])('reads the pair %s and %s as one signed amount', async (debit, credit) => {
    const { table: found, remarks } = await read(
      table({ [debit]: ['1,000.50', '', '0.00'], [credit]: ['', '20', '7'] }),
    );
    expect(found.columns.amount?.values).toEqual(Float64Array.of(-1000.5, 20, 7));
    expect(remarks).toContain(`columns by another name: amount from ${debit} and ${credit}`);
  });

  it('refuses a row with both, and one with a sign', async () => {
    for (const [debit, credit] of [
      ['5', '6'],
      ['-5', ''],
    ] as const) {
      const fault = await faultOf(
        pair([
          ['1', ''],
          [debit, credit],
        ]),
      );
      expect(fault.details).toMatchObject({ row: 2, column: 'Debit, Credit' });
      expect(fault.message).toContain('not one amount without sign');
    }
  });

  it('reads a direction beside the amount, in CSV and JSON', async () => {
    const cells = { amount: ['5', '1,000.00', '-2'], type: ['DR', 'credit', 'Debit'] };
    const { table: found } = await read(table(cells));
    expect(found.columns.amount?.values).toEqual(Float64Array.of(-5, 1000, -2));
    const rows = cells.amount.map((amount, i) => ({ id: `r${i}`, amount, type: cells.type[i] }));
    expect((await read(JSON.stringify(rows))).table.columns.amount?.values).toEqual(Float64Array.of(-5, 1000, -2));
  });

  it('leaves a column type alone that holds other words', async () => {
    const { table: found, remarks } = await read(table({ amount: ['5', '6'], type: ['UPI', 'debit'] }));
    expect(found.columns.amount?.values).toEqual(Float64Array.of(5, 6));
    expect(remarks).toContain('columns that are not used: type');
  });

  it('refuses an amount with another sign than its direction, and an unknown direction', async () => {
    const opposite = await faultOf(table({ amount: ['5', '-6'], type: ['debit', 'credit'] }));
    expect(opposite.message).toContain('an amount with another sign than its direction');
    const many = Array.from({ length: 60 }, () => 'debit');
    const unknown = await faultOf(table({ amount: [...many.map(() => '5'), '6'], type: [...many, 'fee'] }));
    expect(unknown.details).toMatchObject({ row: 61, column: 'amount' });
    expect(unknown.message).toContain('neither debit nor credit as direction');
  });
});

describe('flags', () => {
  it.each([
    [
      ['t', 'f'],
      [1, 0],
    ],
    [
      ['TRUE', 'FALSE'],
      [1, 0],
    ],
    [
      ['Yes', 'no', 'Y', 'N'],
      [1, 0, 1, 0],
    ],
    [
      ['1', '0', '1.0', 'on', 'off'],
      [1, 0, 1, 1, 0],
    ],
  ])('reads %j', async (cells, wanted) => expect(await values('done', cells)).toEqual(wanted));

  it('refuses other words', async () =>
    expect((await faultIn('done', ['t', 'maybe'])).message).toContain('found text of 5 characters, wanted true'));
});

const at = (...parts: readonly [number, number, number, number?, number?, number?]): number => {
  const [year, month, day, ...clock] = parts;
  return Date.UTC(year, month - 1, day, ...clock);
};

describe('moments', () => {
  it.each([
    ['2025-05-27', at(2025, 5, 27)],
    ['2025-05-27T00:00', at(2025, 5, 27)],
    ['2025-05-27 00:00:00+00', at(2025, 5, 27)],
    ['2025-05-27 10:00:00.123456+05:30', at(2025, 5, 27, 4, 30) + 123],
    ['2025-05-27T10:00:00+0530', at(2025, 5, 27, 4, 30)],
    ['2025-05-27 10:00:00 UTC', at(2025, 5, 27, 10)],
    ['2025/05/27', at(2025, 5, 27)],
    ['2025-5-7', at(2025, 5, 7)],
    ['20250527', at(2025, 5, 27)],
    ['27-May-2025', at(2025, 5, 27)],
    ['27 May 2025 2:05 PM', at(2025, 5, 27, 14, 5)],
    ['27-MAY-25', at(2025, 5, 27)],
    ['May 27, 2025', at(2025, 5, 27)],
    ['Tue, 27 May 2025 10:00:00 GMT', at(2025, 5, 27, 10)],
    ['5 September 2025', at(2025, 9, 5)],
    ['27.05.2025', at(2025, 5, 27)],
    ['05.06.2025', at(2025, 6, 5)],
    ['2025-12-31T24:00', at(2026, 1, 1)],
    ['5th Jan 2026', at(2026, 1, 5)],
    ['January 22nd, 2026', at(2026, 1, 22)],
    ['20260105T101500Z', at(2026, 1, 5, 10, 15)],
    ['20260105 1015', at(2026, 1, 5, 10, 15)],
    ['20260105101500', at(2026, 1, 5, 10, 15)],
    ['2026-01-05 10:15 IST', at(2026, 1, 5, 4, 45)],
    ['5 Jan 2026 10:15 AM (IST)', at(2026, 1, 5, 4, 45)],
    ['2026-01-05T10:15:00+05:30[Asia/Kolkata]', at(2026, 1, 5, 4, 45)],
    ['2026-01-05 10:15 Asia/Kolkata', at(2026, 1, 5, 4, 45)],
    ['Mon Jan 05 2026 10:15:00 GMT+0530 (India Standard Time)', at(2026, 1, 5, 4, 45)],
    ['२०२६-०१-०५', at(2026, 1, 5)],
    ["'2026-01-05", at(2026, 1, 5)],
    ['05-JAN-26 02.05.00.000000 PM', at(2026, 1, 5, 14, 5)],
    ['05-JAN-26 02.05.00.000000000 PM +05:30', at(2026, 1, 5, 8, 35)],
    ['2026-01-05-14.05.00.000000', at(2026, 1, 5, 14, 5)],
    ['05.01.2026 14.05.00', at(2026, 1, 5, 14, 5)],
    ['Mon 05.01.26', at(2026, 1, 5)],
    ['Mon Jan  5 14:05:00 IST 2026', at(2026, 1, 5, 8, 35)],
    ['Mon Jan 05 14:05:00 2026', at(2026, 1, 5, 14, 5)],
    ['05JAN2026:14:05:00', at(2026, 1, 5, 14, 5)],
    ['05/Jan/2026:14:05:00 +0530', at(2026, 1, 5, 8, 35)],
    ['2026-Jan-05', at(2026, 1, 5)],
    ['2026-01-05 14:05 hrs', at(2026, 1, 5, 14, 5)],
    ['25‑01‑2026', at(2026, 1, 25)],
    ['\u200e25/01/2026', at(2026, 1, 25)],
  ])('reads %j', async (text, value) => expect(await values('at', [text])).toEqual([value]));

  it.each([
    [
      ['05/03/2025', '27/05/2025'],
      [at(2025, 3, 5), at(2025, 5, 27)],
    ],
    [
      ['05/03/2025', '5/27/2025'],
      [at(2025, 5, 3), at(2025, 5, 27)],
    ],
    [
      ['5/27/25 14:05', '1/2/25 9:30 AM'],
      [at(2025, 5, 27, 14, 5), at(2025, 1, 2, 9, 30)],
    ],
    [
      ['05-03-2025 10:00', '31-12-2024 11:59'],
      [at(2025, 3, 5, 10), at(2024, 12, 31, 11, 59)],
    ],
    [
      ['05/05/2025', '06/06/2025'],
      [at(2025, 5, 5), at(2025, 6, 6)],
    ],
  ])('decides the order of %j over the column', async (cells, wanted) =>
    expect(await values('at', cells)).toEqual(wanted),
  );

  it('asks for the order where both fit, naming both and no date', async () => {
    const cells = ['05/05/2025', '05/03/2025'];
    const fault = await faultIn('at', cells);
    expect(fault).toMatchObject({ code: 'INVALID_VALUE', details: { column: 'at' } });
    expect(fault.message).toMatch(
      /day first or month first\? From row 2 on .*--date-format day-first or --date-format month-first/,
    );
    expect(fault.message).not.toMatch(/05\/0/);
    expect(await values('at', cells, { dateFormat: 'month first' })).toEqual([at(2025, 5, 5), at(2025, 5, 3)]);
    expect((await faultIn('at', ['25-05-27', '25-06-01'])).message).toContain('day first or year first?');
  });

  it('takes the order of another column', async () => {
    const { table: found, remarks } = await read(table({ at: ['05/03/2025'], until: ['27/05/2025'] }));
    expect(found.columns.at?.values).toEqual(Float64Array.of(at(2025, 3, 5)));
    expect(remarks).toContain('dates with the day first: at, until');
  });

  it('refuses both orders in one column, naming both rows', async () => {
    const fault = await faultIn('at', ['27/05/2025', '05/27/2025']);
    expect(fault.details).toMatchObject({ row: 2, column: 'at' });
    expect(fault.message).toContain('only be read with the month first, but row 1 cannot');
  });

  it.each([
    ['2025-02-30', 'on no calendar'],
    ['31/13/2025', 'on no calendar'],
    ['45804', "spreadsheet's day number"],
    ['1748304000', 'since 1970'],
    ['27 Mai 2025', 'no English month'],
    ['2025-05-27 25:00', 'on no calendar'],
    ['2026-01-05 10:15 EST', 'the name of a zone'],
    ['2026-01-05 10:15 Europe/Berlin', 'the name of a zone'],
    ['20260230T101500Z', 'on no calendar'],
    ['yesterday', 'text of 9 characters'],
  ])('refuses %j and names it', async (cell, name) => {
    const fault = await faultIn('at', [cell]);
    expect(fault.message).toContain(name);
    expect(fault.message).not.toContain(cell);
  });

  it('reads numbers in a unit that is named', async () => {
    expect(await values('at', ['1748304000'], { dateFormat: 'unix-seconds' })).toEqual([at(2025, 5, 27)]);
    expect(await values('at', ['45804.5'], { dateFormat: 'spreadsheet' })).toEqual([at(2025, 5, 27, 12)]);
  });
});

describe('rows that are left out', () => {
  it('names a row that is dated far from all others', async () => {
    const days = Array.from({ length: 40 }, (_, i) => `2026-01-${String((i % 28) + 1).padStart(2, '0')}`);
    const { table: found, remarks } = await read(table({ at: [...days, '2062-06-10', '1900-01-01'] }));
    expect(found.rowCount).toBe(40);
    expect(remarks.join()).toMatch(
      /2 of 42 rows are dated outside 20\d\d-.* row 41, at 2062-06-10; row 42, at 1900-01-01/,
    );
  });

  it('keeps data that lie in the future as a whole', async () => {
    const days = Array.from({ length: 28 }, (_, i) => `2030-01-${String(i + 1).padStart(2, '0')}`);
    expect((await read(table({ at: days }))).table.rowCount).toBe(28);
  });

  it('counts blank rows, and refuses a file with many of them', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `r${i},5\n`);
    const some = await read(
      `id,amount\n${rows.slice(0, 15).join('')} ,\n${rows.slice(15).join('')}${',\n'.repeat(99)}`,
    );
    expect(some.table.rowCount).toBe(30);
    expect(some.remarks).toContain('blank rows that were skipped: 100');
    const many = await faultOf(`id,amount\n${rows.join(' , \n')}`);
    expect(many.message).toContain('29 of 59 rows are blank');
  });

  it('counts empty lines as blank rows', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `r${i},5\n`);
    const some = await read(`id,amount\n${rows.slice(0, 30).join('')}\n${rows.slice(30).join('')}`);
    expect(some.remarks).toContain('blank rows that were skipped: 1');
    const many = await faultOf(`id,amount\n${rows.map((row, i) => (i % 2 === 0 ? `${row}\n` : row)).join('')}`);
    expect(many).toMatchObject({ code: 'MALFORMED_FILE' });
    expect(many.message).toContain('30 of 90 rows are blank');
    const doubled = await read(`id,amount\r\r\n${rows.join('').replaceAll('\n', '\r\r\n')}`);
    expect(doubled.table.rowCount).toBe(60);
  });
});

describe('lines of a CSV file', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `r${i},"a\r\nb\r\nc",${i === 15 ? 'x' : 5}\r\n`).join('');
  const text = `id,note,amount\r\n${rows}`;

  it.each([
    ['CRLF', text],
    ['LF', text.replaceAll('\r\n', '\n')],
    ['CR', text.replaceAll('\r\n', '\r')],
    ['LF and CRLF', text.replaceAll('a\r\n', 'a\n')],
  ])('are those on which records start, with %s inside quotes', async (_, written) =>
    expect((await faultOf(written)).details).toMatchObject({ row: 16, line: 47 }),
  );

  it.each(['\n', '\r\n', '\r'])('count in JSON too, ended by %j', async (end) => {
    const lines = ['[{', '"id": "a",', '"amount": 5},', '', '{"id": "b",', '"amount": "x"}]'];
    expect((await faultOf(lines.join(end))).details).toMatchObject({ row: 2, line: 5 });
  });

  it.each([
    ['a quote that is not closed', 'id,note\r\na,"1\r\n2"\r\n\r\nb,"3\r\nc,4\r\n'],
    ['a quote inside a field', 'id,note\r\na,"1\r\n2"\r\n\r\nb,3"4\r\n'],
    ['a field too many', 'id,note\r\na,"1\r\n2"\r\n\r\nb,3,4\r\n'],
  ])('tell where the record with %s starts', async (_, written) => {
    const fault = await faultOf(written);
    expect(fault).toMatchObject({ code: 'MALFORMED_FILE', details: { line: 5 } });
  });
});

describe('names and keys', () => {
  it('cuts blanks and the signs by which spreadsheets mark a text', async () => {
    const found = await read(`id, note\n="007", 5\n'008,5\n 009 ,5\n'tis,5\n`.replaceAll('note', 'fee'));
    expect(found.table.columns.id?.values).toEqual(['007', '008', '009', "'tis"]);
    expect(found.remarks).toContain('cells without the blanks or signs around their text: id (3)');
    await expect(read('id,fee\nc,1\n c,2\n')).rejects.toThrow('found the value of row 1 again');
  });

  it('keeps all digits of 64-bit keys in CSV and JSON', async () => {
    const ids = ['9007199254740992', '9007199254740993', '-9223372036854775808'];
    expect((await read(`id,fee\n${ids.map((id) => `${id},1\n`).join('')}`)).table.columns.id?.values).toEqual(ids);
    const json = `[${ids.map((id) => `{"id": ${id}, "note": "9007199254740993: 1", "fee": 12345678901234567890}`).join()}]`;
    const found = await read(json);
    expect(found.table.columns.id?.values).toEqual(ids);
    expect(found.table.columns.fee?.values[0]).toBe(12345678901234567000);
    expect(found.remarks).toContain('columns that are not used: note');
  });

  it('refuses keys whose digits a spreadsheet has cut', async () => {
    expect((await faultOf('id,fee\n9.0072E+15,1\n')).message).toContain('scientific writing');
  });

  it('finds columns by names without case and signs, by aliases, and by a map', async () => {
    const { table: found, remarks } = await read('ID,FEE ,Booked_On\nr1,2,2026-01-02\n');
    expect(found.columns.fee?.values).toEqual(Float64Array.of(2));
    expect(found.columns.at?.values).toEqual(Float64Array.of(at(2026, 1, 2)));
    expect(remarks).toContain('columns by another name: at from Booked_On');
    const mapped = await read('id,Gebühr\nr1,2\n', { columns: { fee: 'Gebühr' } });
    expect(mapped.table.columns.fee?.values).toEqual(Float64Array.of(2));
    const unknown = await faultOf('id,x\nr1,2\n', { columns: { feee: 'x' } });
    expect(unknown).toMatchObject({ code: 'INVALID_INPUT' });
    expect(unknown.message).toContain('no format has a column feee (nearest: "fee")');
  });

  it('reads what COPY writes for a missing value', async () => {
    expect(await values('fee', ['\\N', '2'], { comma: '\t' })).toEqual([Number.NaN, 2]);
  });

  it('reads with the delimiter that is named', async () => {
    expect((await read('id^fee\nr1^2\n', { delimiter: '^' })).table.columns.fee?.values).toEqual(Float64Array.of(2));
  });
});

describe('words for a missing value', () => {
  it('are empty cells of numbers, dates and flags, and words in text', async () => {
    const words = ['NA', 'n/a', 'NULL', '-', 'nan', '#N/A'];
    const { columns } = (
      await read(table({ fee: words, done: words, at: words, amount: ['1', '2', '3', '4', '5', '6'] }))
    ).table;
    for (const name of ['fee', 'done', 'at']) expect([...columns[name]!.values].every(Number.isNaN), name).toBe(true);
    const named = await read(table({ fee: ['1', '-'] }).replace('r1', 'NA'));
    expect(named.table.columns['id']!.values).toEqual(['r0', 'NA']);
  });

  it('are what --null names, whatever their case and the column', async () => {
    const file = table({ fee: ['missing', '2'], at: ['Missing', '2026-01-01'] });
    await expect(read(file)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    const { columns } = (await read(file, { nulls: ['Missing'] })).table;
    expect(columns['fee']!.values).toEqual(Float64Array.of(NaN, 2));
    expect(columns['at']!.values[0]).toBeNaN();
  });

  it('stand in one half of a debit and credit pair', async () => {
    const file = 'id,debit,credit\nr0,5,-\nr1,NA,7\n';
    expect((await read(file)).table.columns['amount']!.values).toEqual(Float64Array.of(-5, 7));
  });
});

describe('a file without a key', () => {
  it('has its rows named by their number, which is said', async () => {
    const file = 'amount,fee,months,done,at,until\n1,2,3,1,2026-01-01,2026-02-01\n\n4,5,6,0,2026-01-02,2026-02-02\n';
    const keyed = {
      ...format,
      matches: ({ columns }: { columns: readonly string[] | null }) => columns?.includes('id') === true,
    };
    const path = join(folder, 'keyless.csv');
    writeFileSync(path, file);
    const { table: found, remarks } = await readDataFile(path, [keyed], { now: NOW });
    expect(found.columns['id']!.values).toEqual(['1', '2']);
    expect(remarks).toContain('rows are named by their number, since the file has no key: id');
  });

  it('is rather a misspelt key where a name comes near', async () => {
    const payment = { ...format.schema.columns[0]!, name: 'paymentId' };
    const schema = { ...format.schema, key: 'paymentId', columns: [payment, ...format.schema.columns.slice(1)] };
    const path = join(folder, 'misspelt.csv');
    writeFileSync(path, 'paymentIdd,amount,fee\nr0,1,2\n');
    const matches = ({ columns }: { columns: readonly string[] | null }) => columns?.includes('paymentId') === true;
    await expect(readDataFile(path, [{ ...format, schema, matches }])).rejects.toMatchObject({
      message: expect.stringMatching(/known formats|nearest: "paymentIdd"/) as string,
    });
  });
});

describe('lines above the header', () => {
  const titles = 'Statement of account\n"Period: 01.01.2026, to 31.01.2026"\n\n';

  it.each([',', ';'])(
    'are skipped where a later line has the columns, which is said (fields by %s)',
    async (delimiter) => {
      const { table: found, remarks } = await read(`${titles}${table({ fee: ['1', '2'] }, delimiter)}`);
      expect(found.columns['fee']!.values).toEqual(Float64Array.of(1, 2));
      expect(remarks).toContain('lines above the header that were skipped: 3');
    },
  );

  it('count in the lines of errors', async () => {
    await expect(read(`${titles}id,fee\nr0,1\nr1,x\n`)).rejects.toMatchObject({ details: { row: 2, line: 6 } });
  });

  it('are those that --skip-lines names', async () => {
    const file = `id,fee,amount\nold,1,1\n${table({ fee: ['5'] })}`;
    const { table: found } = await read(file, { skipLines: 2 });
    expect(found.columns['id']!.values).toEqual(['r0']);
    await expect(read(table({ fee: ['5'] }), { skipLines: 1 })).rejects.toMatchObject({ code: 'UNKNOWN_FORMAT' });
  });
});

describe('encodings', () => {
  const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
  const readBytes = (bytes: Buffer, options: ReadFileOptions = {}) => {
    const path = join(folder, `${files++}.csv`);
    writeFileSync(path, bytes);
    return readDataFile(path, [format], { now: NOW, ...options });
  };
  const keysOf = (found: Awaited<ReturnType<typeof readBytes>>) => found.table.columns['id']!.values;

  it('reads Windows-1252 where the bytes are not UTF-8, and says so', async () => {
    const found = await readBytes(bytesOf('id,fee\nMüller,1\nKrüger \x96 Söhne,2\n'));
    expect(keysOf(found)).toEqual(['Müller', 'Krüger – Söhne']);
    expect(found.remarks).toContain('not UTF-8: read as Windows-1252');
  });

  it('wherever the first such byte stands in a chunk', async () => {
    const long = Array.from({ length: 9_000 }, (_, row) => `r${row},${row}`).join('\n');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), async (shift) => {
        const found = await readBytes(bytesOf(`id,fee\n${'x'.repeat(shift + 1)},1\n${long}\nüber é,3\né,4`));
        expect(keysOf(found).slice(-2)).toEqual(['über é', 'é']);
      }),
      { numRuns: 8 },
    );
  });

  it('does not take a broken character among sound ones for another encoding, unless it is named', async () => {
    const broken = Buffer.concat([Buffer.from('id,fee\nMüller,1\nM'), Buffer.from([0xfc]), Buffer.from('ller,2\n')]);
    await expect(readBytes(broken)).rejects.toMatchObject({ code: 'MALFORMED_FILE', details: { line: 3 } });
    expect(keysOf(await readBytes(broken, { encoding: 'windows-1252' }))).toEqual(['MÃ¼ller', 'Müller']);
    await expect(readBytes(bytesOf('id,fee\n\x81\x8d,1\n'))).rejects.toMatchObject({ code: 'MALFORMED_FILE' });
  });
});

describe('--time-zone', () => {
  it('is refused where a format keeps no clock of customers', async () => {
    await expect(read(table({ fee: ['1'] }), { timeZone: 'Asia/Kolkata' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('format payments keeps no customer') as string,
    });
  });
});
