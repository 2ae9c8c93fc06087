import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { OWN_SOURCE } from '../../contracts/ids.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { checkSource, findingsOf } from '../../datasets/sources/backend/check/check-source.js';
import { extractionQuery } from '../../datasets/sources/backend/extraction-query.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { readConfig } from '../../platform/config/config.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** A database with the rows under a schema of its own, so that only queries of the user's own can read them. */
describe('BACKEND_QUERIES_DIR', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let folder: string;
  let blobs: BlobStore;
  const asOf = Date.UTC(2026, 10, 1);
  const before = new Map<BackendTable, readonly string[]>();

  const extract = async (table: BackendTable, queriesFolder: string | null) => {
    const options = { pool, blobs, spec: tableSpecs[table], source: OWN_SOURCE, asOf, chunkRows: 200 };
    const { parts } = await extractTable({ ...options, queriesFolder, signal: new AbortController().signal });
    return parts.map(({ hash }) => hash);
  };
  const check = async () => {
    const limits = { source: OWN_SOURCE, asOf, maxRows: 500, seconds: 20, maxRejectedShare: 0.02 };
    return findingsOf(await checkSource(pool, { ...limits, queriesFolder: folder }));
  };
  const write = (table: BackendTable, sql: string) => writeFile(join(folder, `${table}.sql`), sql);
  const ownQuery = async (table: BackendTable) => (await extractionQuery(table)).replaceAll('backend.', 'shop.');

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => undefined);
    folder = await mkdtemp(join(tmpdir(), 'ml-queries-'));
    blobs = openBlobStore(pathToFileURL(join(folder, 'blobs')).href, join(folder, 'cache'));
    await migrateBackend(pool);
    const batches = [...generateCustomers({ users: 10, months: 6 })].map(({ rows }) => rows);
    await replaceSource(pool, OWN_SOURCE, batches);
    for (const table of backendTables) before.set(table, await extract(table, null));
    await pool.query('alter schema backend rename to shop');
    for (const table of backendTables) await write(table, await ownQuery(table));
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('reads the same rows by queries of the user as by the views', async () => {
    for (const table of backendTables) expect(await extract(table, folder)).toEqual(before.get(table));
    await expect(extract('users', null)).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH' });
    expect((await check()).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('explains each difference with its fix, in the check and at the start of an extraction', async () => {
    const query = await ownQuery('users');
    await write(
      'users',
      query.replace('city, employment,', 'city, 1.5 as employment,').replace('id, created_at,', 'id,'),
    );
    const findings = (await check()).filter(({ table }) => table === 'users.sql');
    expect(findings.map(({ column, found, remedy }) => [column, found, remedy])).toEqual([
      ['created_at', 'missing', '<your column>::timestamptz as created_at'],
      ['employment', 'numeric', 'employment::text as employment'],
    ]);
    await expect(extract('users', folder)).rejects.toMatchObject({
      code: 'SOURCE_SCHEMA_MISMATCH',
      details: { table: 'users.sql', column: 'created_at' },
    });
  });

  it('finds rows out of order, queries that fail, and files that are missing', async () => {
    await write('users', (await ownQuery('users')).replace('order by id', 'order by id desc'));
    expect(await check()).toContainEqual(expect.objectContaining({ table: 'users.sql', column: 'id' }));
    await write('users', 'select id from nowhere where $1 = $2 and $3 < now() limit $4');
    expect(await check()).toContainEqual(expect.objectContaining({ table: 'users.sql', severity: 'error' }));
    await rm(join(folder, 'users.sql'));
    await expect(check()).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    await write('users', await ownQuery('users'));
    expect(await readFile(join(folder, 'users.sql'), 'utf8')).toContain('shop.users');
  });

  it('is refused without a database that the queries could read', () => {
    expect(() => readConfig({ BACKEND_QUERIES_DIR: folder }, folder)).toThrow(/without BACKEND_DATABASE_URL/);
    const settings = { BACKEND_QUERIES_DIR: 'queries', BACKEND_DATABASE_URL: database.url };
    expect(readConfig(settings, folder).backendQueriesDir).toBe(join(folder, 'queries'));
  });
});
