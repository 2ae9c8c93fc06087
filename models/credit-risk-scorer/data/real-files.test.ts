import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import type { PipelineError } from '../../../contracts/errors.js';
import { fixtureRows } from '../fixtures/make-fixture.js';
import { fileFormats } from './formats.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-credit-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Row = Record<string, string | number>;
const rows: readonly Row[] = fixtureRows(150, 3);

let files = 0;
const read = (text: string) => {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, text);
  return readDataFile(path, fileFormats);
};

/** A CSV file as a spreadsheet writes it, after a change of each row. */
function csv(change: (row: Row) => Row = (row) => row, delimiter = ',', decimal = '.'): string {
  const cell = (value: string | number | undefined): string => {
    const text = typeof value === 'number' ? String(value).replace('.', decimal) : (value ?? '');
    return text.includes(delimiter) ? `"${text}"` : text;
  };
  const all = rows.map(change);
  const lines = [Object.keys(all[0]!), ...all.map((row) => Object.values(row).map(cell))];
  return lines.map((cells) => `${cells.join(delimiter)}\r\n`).join('');
}

const lakhs = (amount: string | number | undefined): string =>
  new Intl.NumberFormat('en-IN', { minimumFractionDigits: 2 }).format(Number(amount));
const amounts = (write: (amount: string | number | undefined) => string) => (row: Row) => ({
  ...row,
  requestedAmount: write(row.requestedAmount),
});
const days = (write: (day: string, month: string, year: string) => string) => (row: Row) => {
  const [year = '', month = '', day = ''] = String(row.appliedAt).slice(0, 10).split('-');
  return { ...row, appliedAt: write(day, month, year) };
};
const flags = (yes: string, no: string) => (row: Row) => ({ ...row, defaulted: row.defaulted === 1 ? yes : no });

const faultOf = async (text: string): Promise<PipelineError> =>
  read(text).then(
    () => Promise.reject(new Error('the file was accepted')),
    (fault: unknown) => fault as PipelineError,
  );

describe('one file of applications, written as people and programs write it', () => {
  it.each<[string, string]>([
    ['with semicolons', csv(undefined, ';')],
    ['with semicolons and decimal commas', csv(undefined, ';', ',')],
    ['with tabs', csv(undefined, '\t')],
    ['with lakhs grouped', csv(amounts(lakhs))],
    ['with the rupee sign', csv(amounts((amount) => `₹${lakhs(amount)}`))],
    ['with Rs.', csv(amounts((amount) => `Rs. ${lakhs(amount)}`))],
    [
      'with moments as PostgreSQL writes them',
      csv((row) => ({ ...row, appliedAt: String(row.appliedAt).replace('T', ' ').replace('.000Z', '+00') })),
    ],
    ['with the day first', csv(days((day, month, year) => `${day}/${month}/${year}`))],
    ['with the month first', csv(days((day, month, year) => `${Number(month)}/${Number(day)}/${year.slice(2)} 0:00`))],
    ['with t and f', csv(flags('t', 'f'))],
    ['with yes and no', csv(flags('Yes', 'No'))],
    ['with a byte order mark', `\u{feff}${csv()}`],
    [
      'with names in snake case',
      csv().replace(/^[^\r]*/, (header) => header.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    ],
    ['with blank rows at its end', `${csv()}${','.repeat(20)}\r\n\r\n`],
  ])('reads it %s', async (_name, text) => {
    expect((await read(text)).table).toEqual((await read(csv())).table);
  });

  it('reads parentheses as minus, which validation then counts as out of range', async () => {
    const { table, remarks } = await read(
      csv((row) => (row.applicationId === 'application-8' ? { ...row, requestedAmount: '(146000)' } : row)),
    );
    expect(table.columns.requestedAmount?.values[7]).toBe(-146000);
    expect(remarks).toContain('parentheses read as minus: requestedAmount');
  });

  it('keeps applicants apart whose ids differ in the last digit of 64 bits', async () => {
    const text = JSON.stringify(
      rows.map((row, i) => ({
        ...row,
        monthlyIncome: null,
        employment: null,
        bankBalance: null,
        debtToIncome: null,
        collateralValue: null,
        loanToValue: null,
        gender: null,
        applicantId: `#${i}#`,
      })),
    );
    const { table } = await read(text.replace(/"#(\d+)#"/g, (_, i: string) => String(9007199254740992n + BigInt(i))));
    expect(new Set<unknown>(table.columns.applicantId?.values).size).toBe(rows.length);
    expect(table.columns.applicantId?.values[1]).toBe('9007199254740993');
  });

  it('names no value of a file without header', async () => {
    const fault = await faultOf(csv().replace(/^[^\n]*\n/, ''));
    expect(fault.code).toBe('UNKNOWN_FORMAT');
    expect(fault.message).toContain('no header found (21 columns)');
    expect(fault.message).not.toMatch(/application-1|146000|2025-05/);
  });

  it('lets optional columns be absent, says so, and names the nearest of a required one', async () => {
    const without = (name: string) =>
      csv((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== name)));
    const { table, remarks } = await read(without('utilisationShare'));
    expect(table.columns.utilisationShare?.values[0]).toBeNaN();
    expect(remarks).toContain('columns that the file does not have, read as empty: utilisationShare');
    const fault = await faultOf(csv().replace('termMonths', 'termMonth'));
    expect(fault).toMatchObject({ code: 'MISSING_COLUMN', details: { column: 'termMonths' } });
    expect(fault.message).toMatch(
      /needs termMonths \(nearest: "termMonth"\).*may be left out: monthlyIncome, employment/,
    );
  });

  const renamed = (names: Readonly<Record<string, string>>): string =>
    csv((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value])));

  it.each([
    { appliedAt: 'appliedDate', requestedAmount: 'requestedAmont', termMonths: 'termMonth', defaulted: 'defaultd' },
    {
      appliedAt: 'whenApplied',
      requestedAmount: 'sumRequested',
      termMonths: 'howManyMonths',
      defaulted: 'wasDefaulted',
    },
  ])('names the nearest of each where most required columns have another name', async (names) => {
    const fault = await faultOf(renamed(names));
    expect(fault.code).toBe('MISSING_COLUMN');
    for (const [name, other] of Object.entries(names)) expect(fault.message).toContain(`${name} (nearest: "${other}")`);
    expect(fault.message).toMatch(/may be left out: monthlyIncome, .*columns by other names: --columns/);
  });

  it('suggests no name of the file for two wanted columns', async () => {
    const fault = await faultOf(renamed({ applicationId: 'applicaId', applicantId: 'person' }));
    expect(fault.message.match(/nearest: "applicaId"/g)).toHaveLength(1);
  });
});

describe('labels of applications', () => {
  const unlabelled = (share: number) =>
    csv((row) =>
      Number(String(row.applicationId).slice(12)) <= share * rows.length ? { ...row, defaulted: '' } : row,
    );

  it('leaves out approved applications without an outcome, and says how many', async () => {
    const { table, remarks } = await read(unlabelled(0.16));
    expect(table.rowCount).toBe(126);
    expect(remarks).toContain('24 of 150 rows have no defaulted (the label) and are left out');
  });

  it('refuses a file in which more than a fifth has no outcome', async () => {
    expect((await faultOf(unlabelled(0.4))).message).toContain(
      '60 of 150 rows have no defaulted (the label), wanted at most 20 %',
    );
  });

  it('keeps declined applications, which have no outcome', async () => {
    const text = csv((row) => ({
      ...row,
      decision: row.employment === 'retired' ? 'declined' : 'approved',
      defaulted: row.employment === 'retired' ? '' : row.defaulted!,
    }));
    expect((await read(text)).table.rowCount).toBe(150);
  });

  it('refuses two defaults before anything is trained, with what is found and needed', async () => {
    const fault = await faultOf(
      csv((row) => ({
        ...row,
        defaulted: ['application-1', 'application-3'].includes(String(row.applicationId)) ? 1 : 0,
      })),
    );
    expect(fault.code).toBe('TOO_FEW_ROWS');
    expect(fault.message).toMatch(
      /2 of 150 rows have defaulted = 1: \d to learn from and \d in the holdout; wanted at least 10 and 5/,
    );
  });
});
