import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { PipelineError } from '../../../contracts/errors.js';
import { decodeBirthNumber, decodeTransaction, signOf } from './codes.js';
import { type BerkaRow, locateTable, readTable } from './table-file.js';

const folder = mkdtempSync(join(tmpdir(), 'berka-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(name: string, content: string | Uint8Array, columns: readonly string[]): Promise<BerkaRow[]> {
  writeFileSync(join(folder, name), content);
  const rows: BerkaRow[] = [];
  for await (const row of readTable(join(folder, name), columns)) rows.push(row);
  return rows;
}

const faultOf = async (work: () => unknown): Promise<PipelineError> => {
  try {
    await work();
  } catch (fault) {
    if (fault instanceof PipelineError) return fault;
    throw fault;
  }
  throw new Error('expected an error');
};

describe('readTable', () => {
  const text = '"id";"date";"amount"\r\n1;"930105";12.50\r\n2;"960229 00:00:00";-3\r\n';

  it('reads numbers, decimals and dates, plain and gzipped', async () => {
    for (const [name, content] of [
      ['plain.asc', text],
      ['packed.asc.gz', gzipSync(text)],
    ] as const) {
      const [first, second] = await rowsOf(name, content, ['id', 'date', 'amount']);
      expect([first?.integer('id'), first?.decimal('amount')]).toEqual([1, 12.5]);
      expect(first?.date('date')).toBe(Date.UTC(1993, 0, 5));
      expect(second?.date('date')).toBe(Date.UTC(1996, 1, 29));
    }
  });

  it('names file, row and column of a bad cell', async () => {
    const [row] = await rowsOf('bad.asc', 'id;date\nabc;950230\n', ['id']);
    const number = await faultOf(() => row?.integer('id'));
    expect(number.code).toBe('INVALID_VALUE');
    expect(number.details).toMatchObject({ file: 'bad.asc', row: 1, column: 'id', found: 'abc' });
    expect((await faultOf(() => row?.date('date'))).message).toContain('YYMMDD');
  });

  it.each([
    ['missing column', 'other;x\n1;2\n', 'MISSING_COLUMN'],
    ['no rows', 'id\n', 'FILE_EMPTY'],
    ['a row with an extra cell', 'id\n1;2\n', 'MALFORMED_FILE'],
    ['a line that is too long', `id\n${'9'.repeat(50_000)}\n`, 'MALFORMED_FILE'],
  ])('rejects %s', async (_what, content, code) => {
    expect((await faultOf(() => rowsOf('x.asc', content, ['id']))).code).toBe(code);
  });

  it('rejects a truncated gzip file', async () => {
    const packed = gzipSync('id\n' + '1\n'.repeat(1000));
    const fault = await faultOf(() => rowsOf('cut.asc.gz', packed.subarray(0, packed.length - 20), ['id']));
    expect(fault.code).toBe('MALFORMED_FILE');
  });

  it('names the files that it looked for', async () => {
    expect((await faultOf(() => locateTable(folder, ['loan', 'loan_before_1997']))).message).toContain(
      'loan_before_1997',
    );
    expect((await faultOf(() => locateTable(join(folder, 'gone'), ['loan']))).message).toContain('is not a folder');
  });
});

describe('Berka codes', () => {
  const row = (cells: Record<string, string>): BerkaRow =>
    ({
      text: (column: string) => cells[column] ?? '',
      invalid: (column: string, wanted: string) => {
        throw new PipelineError('INVALID_VALUE', `${column}: ${wanted}`);
      },
    }) as unknown as BerkaRow;
  const transaction = (type: string, operation: string, k_symbol: string) =>
    row({ type, operation, k_symbol, bank: 'YZ', account: '123' });

  it('decodeTransaction prefers the purpose to the operation', () => {
    expect(decodeTransaction(transaction('VYDAJ', 'PREVOD NA UCET', 'SIPO'))).toEqual({
      channel: 'neft',
      category: 'household',
      description: 'TRANSFER TO YZ 123 HOUSEHOLD',
    });
    expect(decodeTransaction(transaction('VYDAJ', 'VYBER', 'SLUZBY')).channel).toBe('fee');
    expect(decodeTransaction(transaction('PRIJEM', '', 'UROK')).category).toBe('interest');
  });

  it('signOf returns −1 for VYBER, and unknown codes are rejected', async () => {
    expect([signOf(transaction('PRIJEM', '', '')), signOf(transaction('VYBER', 'VYBER', ''))]).toEqual([1, -1]);
    expect((await faultOf(() => signOf(transaction('X', '', '')))).message).toContain('PRIJEM');
    expect((await faultOf(() => decodeTransaction(transaction('VYDAJ', 'HOLD', '')))).message).toContain(
      'VYBER KARTOU',
    );
  });

  it('decodeBirthNumber returns birth date and gender', () => {
    expect(decodeBirthNumber(row({ birth_number: '706213' }))).toEqual({
      birthDate: Date.UTC(1970, 11, 13),
      gender: 'female',
    });
    expect(decodeBirthNumber(row({ birth_number: '450204' }))).toEqual({
      birthDate: Date.UTC(1945, 1, 4),
      gender: 'male',
    });
  });
});
