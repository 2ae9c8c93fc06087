import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendTableOf } from '../../../tests/support/table-snapshots.js';
import { withDuckDb } from '../../snapshots/duckdb.js';
import { writeParquet } from '../../snapshots/parquet-file.js';
import { findTableFiles } from './find-files.js';
import { checkFolder, folderSource } from './import.js';

let root: string;
let count = 0;
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'ml-folder-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

/** A folder with these files; null = an empty one of this name. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, `shop-${(count += 1)}`);
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const USERS = 'id,created_at,birth_date,gender,city,employment,currency';
const good = 'u1,2026-01-31T10:00:00+05:30,1990-05-06,female,,salaried,INR';

describe('findTableFiles', () => {
  it('takes files and sub-folders by the names of the tables, and passes over others', async () => {
    const folder = await folderWith({
      'users.csv': '',
      'transactions/part-2.parquet': '',
      'transactions/part-1.parquet': '',
      'transactions/_SUCCESS': '',
      'snapshot.json': '{}',
      '.hidden.csv': '',
      'notes.txt': '',
    });
    expect(await findTableFiles(folder)).toEqual([
      { table: 'users', format: 'csv', paths: [join(folder, 'users.csv')] },
      {
        table: 'transactions',
        format: 'parquet',
        paths: ['part-1.parquet', 'part-2.parquet'].map((name) => join(folder, 'transactions', name)),
      },
    ]);
  });

  it.each([
    [{ 'user.csv': '' }, /user\.csv is named after no table; the nearest is users/],
    [{ 'users.csv': '', 'users/a.csv': '' }, /has the table users twice/],
    [{ 'users/a.csv': '', 'users/b.parquet': '' }, /users has Parquet and CSV files/],
    [{ 'notes.txt': '' }, /holds no table/],
  ])('refuses %j', async (files, message) => {
    const folder = await folderWith(files);
    await expect(findTableFiles(folder)).rejects.toThrow(message);
    await expect(findTableFiles(folder)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a folder that is not there', async () => {
    await expect(findTableFiles(join(root, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  });
});

describe('checkFolder', () => {
  const findingsOf = async (files: Readonly<Record<string, string>>) =>
    (await checkFolder(await folderWith(files))).findings.map(({ table, column, found, remedy }) => ({
      where: `${table} ${column ?? ''}`,
      found,
      remedy,
    }));

  it('finds nothing in files that fit, and says which tables are absent', async () => {
    const { tables, absent, findings } = await checkFolder(await folderWith({ 'users.csv': `${USERS}\n${good}\n` }));
    expect(findings).toEqual([]);
    expect(tables.map(({ rows, files }) => [files.table, rows])).toEqual([['users', 1]]);
    expect(absent).toHaveLength(8);
    expect(absent).not.toContain('users');
  });

  it('names missing columns, also those under another spelling', async () => {
    expect(await findingsOf({ 'users.csv': 'id,CREATED_AT\nu1,2026-01-31T10:00:00Z\n' })).toEqual([
      { where: 'users.csv created_at', found: 'missing', remedy: 'rename the column CREATED_AT' },
      {
        where: 'users.csv currency',
        found: 'missing',
        remedy: expect.stringMatching(/^add a column currency: /) as unknown,
      },
    ]);
  });

  it('counts values that do not fit and names the first key, never a value', async () => {
    const rows = [
      good,
      good,
      'u2,2026-01-31T10:00:00,1990-05-06,,Secretville,,INR',
      'u3,yesterday,soon,,,,INR',
      'u4,2026-01-31T10:00:00Z,,,,,',
    ];
    const found = await findingsOf({ 'users.csv': `${USERS}\n${rows.join('\n')}\n` });
    expect(found.map(({ where, found: text }) => `${where}: ${text}`)).toEqual([
      'users.csv id: 1 rows repeat a key',
      'users.csv created_at: 2 values do not fit; first: u2',
      'users.csv birth_date: 1 values do not fit; first: u3',
      'users.csv currency: 1 rows have no value; first: u4',
    ]);
    expect(JSON.stringify(found)).not.toMatch(/Secretville|yesterday|soon/);
  });

  it('refuses numbers that the backend cannot hold and fractions of whole numbers', async () => {
    const head = 'id,user_id,kind,principal,annual_rate,term_months,emi,disbursed_at';
    const at = '2026-01-31T10:00:00Z';
    const rows = [`a,u,home,1e13,0.1,12,1,${at}`, `b,u,home,1,100,1.5,1,${at}`, `c,u,home,"1,5",0.1,12,nan,${at}`];
    const found = await findingsOf({ 'loans.csv': `${head}\n${rows.join('\n')}\n` });
    expect(found.map(({ where, found: text }) => `${where}: ${text}`)).toEqual([
      'loans.csv principal: 2 values do not fit; first: a',
      'loans.csv annual_rate: 1 values do not fit; first: b',
      'loans.csv term_months: 1 values do not fit; first: b',
      'loans.csv emi: 1 values do not fit; first: c',
    ]);
  });

  it('reads the Parquet parts of a snapshot, and refuses types that no value can be read from', async () => {
    const folder = await folderWith({ 'users/.keep': '' });
    const user = { id: 'u', created_at: 0, currency: 'INR' };
    await writeParquet(backendTableOf('users', [user]), join(folder, 'users', 'a.parquet'));
    expect((await checkFolder(folder)).findings).toEqual([]);
    await withDuckDb((connection) =>
      connection.run(
        `copy (select 'u' as id, 1.5 as created_at, true as currency) to '${join(folder, 'users', 'a.parquet')}'`,
      ),
    );
    const { findings } = await checkFolder(folder);
    expect(findings.map(({ column, found }) => `${column!}: ${found}`)).toEqual([
      'created_at: type DECIMAL(2,1)',
      'currency: type BOOLEAN',
    ]);
  });

  it('says of a file that is no Parquet that it is none, and quotes nothing of it', async () => {
    const folder = await folderWith({ 'users.parquet': 'Secretville' });
    const fault = await checkFolder(folder).catch((found: unknown) => found);
    expect(fault).toMatchObject({ code: 'MALFORMED_FILE' });
    expect(String(fault)).toContain('users.parquet cannot be read as parquet');
    expect(String(fault)).not.toContain('Secretville');
  });
});

describe('folderSource', () => {
  it('is the name given, else that of the folder, and none that another kind of source has', () => {
    expect(folderSource('/data/shop', undefined)).toBe('shop');
    expect(folderSource('/data/Shop', 'my-shop')).toBe('my-shop');
    for (const [folder, name] of [
      ['/data/Shop', undefined],
      ['/data/shop', 'generated'],
      ['/data/shop', 'default'],
      ['/data/backend', undefined],
    ] as const)
      expect(() => folderSource(folder, name)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
