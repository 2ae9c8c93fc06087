import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { generateBackend, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { createSourceCatalog, type SourceCatalog } from '../../datasets/sources/catalog.js';
import { createPool } from '../../platform/postgres/pool.js';
import { projectRoot } from '../../platform/project.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const options = { users: 8, months: 12, seed: 3 };
const END = '2026-11-01T00:00:00Z';
let database: TestDatabase;
let pool: pg.Pool;
let catalog: SourceCatalog;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { warn: () => undefined });
  catalog = createSourceCatalog(pool);
  await catalog.migrate();
  await migrateBackend(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const generate = (change: Partial<typeof options> = {}) =>
  generateBackend({ backendPool: pool, catalog }, { ...options, ...change });

async function countOf(table: BackendTable, source: string): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(`select count(*) n from backend.${table} where source = $1`, [
    source,
  ]);
  return Number(rows[0]!.n);
}

/** A checksum for each table over all values of all rows. */
async function fingerprint(source: string): Promise<string[]> {
  const prints = backendTables.map(async (table) => {
    const { rows } = await pool.query<{ print: string }>(
      `select md5(string_agg(t::text, '' order by id)) as print from backend.${table} t where source = $1`,
      [source],
    );
    return rows[0]!.print;
  });
  return Promise.all(prints);
}

async function extract(table: BackendTable, asOf: string, limit = 1_000_000): Promise<Record<string, unknown>[]> {
  const path = join(projectRoot, 'datasets/sources/backend/queries', `${table}.sql`);
  const { rows } = await pool.query<Record<string, unknown>>(await readFile(path, 'utf8'), [
    'generated',
    '',
    asOf,
    limit,
  ]);
  return rows;
}

describe('generateBackend', () => {
  it('writes every row it counts and activates the source', async () => {
    const { rows, source } = await generate();
    for (const table of backendTables) {
      expect(rows[table]).toBeGreaterThan(0);
      expect(await countOf(table, 'generated')).toBe(rows[table]);
    }
    expect(await catalog.active()).toBe(source);
    expect((await catalog.list())[0]).toMatchObject({
      name: 'generated',
      detail: { seed: 3, users: 8, synthetic: true },
    });
  });

  it('replaces the old rows with the same rows for the same seed', async () => {
    await generate();
    const before = await fingerprint('generated');
    await generate({ seed: 4 });
    expect(await fingerprint('generated')).not.toEqual(before);
    await generate();
    expect(await fingerprint('generated')).toEqual(before);
  });

  it('keeps the rows of other sources', async () => {
    const [customer] = [...generateCustomers(options)];
    await replaceSource(pool, 'other', [customer!.rows]);
    const before = await fingerprint('other');
    await generate({ users: 2 });
    expect(await fingerprint('other')).toEqual(before);
  });

  it('stores amounts, moments, texts and nulls as computed', async () => {
    await generate();
    const [customer] = [...generateCustomers(options)];
    const stored = await extract('transactions', END, 50);
    const computed = customer!.rows.transactions.slice(0, 50);
    expect(stored).toEqual(
      computed.map((row) => ({
        ...row,
        booked_at: new Date(row.booked_at),
        disputed_at: row.disputed_at === null ? null : new Date(row.disputed_at),
      })),
    );
  });
});

describe('replaceSource', () => {
  it('keeps the old rows when the load of the new ones fails', async () => {
    await generate();
    const before = await fingerprint('generated');
    function* broken() {
      for (const { rows } of generateCustomers({ ...options, seed: 9, users: 2 })) yield rows;
      throw new Error('the source broke off');
    }
    await expect(replaceSource(pool, 'generated', broken())).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await fingerprint('generated')).toEqual(before);
  });

  it('reports what the database refused', async () => {
    const [customer] = [...generateCustomers(options)];
    const twice = [customer!.rows, customer!.rows];
    await expect(replaceSource(pool, 'twice', twice)).rejects.toThrow(/loading source twice failed: .*duplicate key/);
    expect(await countOf('users', 'twice')).toBe(0);
  });

  it('shows readers the old rows until the new ones are complete', async () => {
    await generate();
    const before = await countOf('transactions', 'generated');
    const seen: number[] = [];
    async function* watched() {
      for (const { rows } of generateCustomers({ ...options, users: 3, seed: 9 })) {
        yield rows;
        seen.push(await countOf('transactions', 'generated'));
      }
    }
    const { transactions } = await replaceSource(pool, 'generated', watched());
    expect(seen).toEqual([before, before, before]);
    expect(await countOf('transactions', 'generated')).toBe(transactions);
  });

  it('runs two loads of one source one after the other', async () => {
    const [first, second] = await Promise.all([generate({ seed: 20 }), generate({ seed: 21 })]);
    const count = await countOf('transactions', 'generated');
    expect([first.rows.transactions, second.rows.transactions]).toContain(count);
  });

  it('preserves text that looks like COPY syntax', async () => {
    const [customer] = [...generateCustomers(options)];
    const [message] = customer!.rows.chat_messages;
    const text = 'tab\there, \\N, "quotes", \\. and ₹\n😀';
    await replaceSource(pool, 'texts', [{ chat_messages: [{ ...message!, text }] }]);
    const { rows } = await pool.query(`select text from backend.chat_messages where source = 'texts'`);
    expect(rows).toEqual([{ text }]);
  });
});

describe('extraction queries', () => {
  beforeAll(() => generate({ users: 20, months: 24 }));

  it.each(backendTables)('of %s return exactly the columns of the table’s spec', async (table) => {
    const [row] = await extract(table, END, 1);
    expect(Object.keys(row!)).toEqual(tableSpecs[table].columns.map(({ name }) => name));
  });

  it.each(backendTables)('of %s page by key without gaps or repetitions', async (table) => {
    const path = join(projectRoot, 'datasets/sources/backend/queries', `${table}.sql`);
    const statement = await readFile(path, 'utf8');
    const ids: string[] = [];
    for (let after = ''; ; after = ids[ids.length - 1]!) {
      const { rows } = await pool.query<{ id: string }>(statement, ['generated', after, END, 700]);
      if (rows.length === 0) break;
      ids.push(...rows.map(({ id }) => id));
    }
    expect(ids).toHaveLength(await countOf(table, 'generated'));
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('of transactions scan the primary key without a sort', async () => {
    const path = join(projectRoot, 'datasets/sources/backend/queries/transactions.sql');
    const parameters = ['generated', 'u000010', END, 10];
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${await readFile(path, 'utf8')}`, parameters);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using transactions_pkey');
    expect(plan).not.toContain('Sort');
  });

  it('return nothing later than the requested moment', async () => {
    const asOf = '2025-12-15T00:00:00Z';
    const limit = Date.parse(asOf);
    for (const table of backendTables) {
      const rows = await extract(table, asOf);
      expect(rows.length).toBeGreaterThan(0);
      const moments = tableSpecs[table].columns.filter(({ type }) => type === 'timestamp').map(({ name }) => name);
      for (const row of rows)
        for (const name of moments) {
          const moment = row[name] as Date | null;
          if (moment !== null) expect(moment.getTime()).toBeLessThan(limit);
        }
    }
  });

  it('hide outcome, label and payment until they are known', async () => {
    const asOf = '2025-12-15T00:00:00Z';
    const applications = await extract('credit_applications', asOf);
    expect(applications.filter((row) => (row.outcome === null) !== (row.outcome_at === null))).toEqual([]);
    const payments = await extract('loan_payments', asOf);
    expect(payments.filter((row) => (row.paid_at === null) !== (row.amount_paid === null))).toEqual([]);
    const messages = await extract('chat_messages', asOf);
    expect(messages.filter((row) => row.intent !== null && row.intent_labelled_at === null)).toEqual([]);
    const all = await extract('credit_applications', END);
    const settledLater = all.filter((row) => row.outcome_at !== null && (row.outcome_at as Date) >= new Date(asOf));
    expect(settledLater.length).toBeGreaterThan(0);
  });

  it('return only rows whose references exist at the same moment', async () => {
    const asOf = '2025-12-15T00:00:00Z';
    const tables = await Promise.all(backendTables.map(async (table) => [table, await extract(table, asOf)] as const));
    const ids = new Map(tables.map(([table, rows]) => [table, new Set(rows.map((row) => row.id))]));
    for (const [table, rows] of tables)
      for (const [column, target] of Object.entries(tableSpecs[table].foreignKeys)) {
        const missing = rows.filter((row) => row[column] !== null && !ids.get(target)!.has(row[column]));
        expect(missing.map((row) => [table, row.id, column])).toEqual([]);
      }
  });
});
