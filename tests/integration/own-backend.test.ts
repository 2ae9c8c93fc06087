import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { readParquet } from '../../datasets/snapshots/parquet.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { configEnvironment, endpointEnvironment } from '../../platform/embedded/config-environment.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { projectRoot } from '../../platform/project.js';
import { ensureSource, type EnsureSourceOptions } from '../../datasets/sources/ensure-source.js';
import { createOutput } from '../../cli/output/output.js';
import { connectServices, type Services } from '../../composition/services.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { quietLogger } from '../support/test-platform.js';
import { sourceSettings } from '../../cli/program/source-settings.js';

let own: TestDatabase;
let product: TestDatabase;
let folder: string;
const opened: Services[] = [];

beforeAll(async () => {
  [own, product] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  folder = await mkdtemp(join(tmpdir(), 'ml-own-backend-'));
});
afterAll(async () => {
  await Promise.all(opened.map((services) => services.close()));
  await Promise.all([own.drop(), product.drop()]);
  await rm(folder, { recursive: true, force: true });
});

const settings = (backendUrl: string | null): Config => {
  const backend = backendUrl === null ? {} : { BACKEND_DATABASE_URL: backendUrl };
  return readConfig({ ML_HOME: folder, ML_CACHE: folder, DATABASE_URL: own.url, ...backend }, folder);
};

const endpointsOf = (config: Config): Endpoints => ({
  temporal: { address: '127.0.0.1:1', namespace: 'default', uiUrl: null },
  databaseUrl: own.url,
  backendDatabaseUrl: config.backendDatabaseUrl,
  redisUrl: null,
  artifactUri: pathToFileURL(join(folder, 'blobs')).href,
});

async function connect(backendUrl: string | null): Promise<Services> {
  const config = settings(backendUrl);
  const services = await connectServices(config, endpointsOf(config), quietLogger);
  opened.push(services);
  return services;
}

/** A writable stream that collects its text. */
const sink = (written: string[]) => ({ write: (text: string) => written.push(text) > 0 });

/** Runs statements as the owner of a database. */
async function administer<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = (await client.query<Row>(statement)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
    return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
  } finally {
    await client.end();
  }
}

const hasBackendSchema = async (url: string): Promise<boolean> =>
  (await administer(url, `select 1 from pg_namespace where nspname = 'backend'`)).length > 0;

describe('a database configured as the source', () => {
  it('gets no schema, even when it also holds the registry', async () => {
    await connect(own.url);
    expect(await hasBackendSchema(own.url)).toBe(false);
    await connect(product.url);
    expect(await hasBackendSchema(product.url)).toBe(false);
    await connect(null);
    expect(await hasBackendSchema(own.url)).toBe(true);
  });

  it('is distinguished from the local database in a worker that gets its addresses from the supervisor', () => {
    for (const backendUrl of [null, own.url, product.url]) {
      const config = settings(backendUrl);
      const handed = { ...configEnvironment(config), ...endpointEnvironment(endpointsOf(config)) };
      expect(findEndpoints(readConfig(handed, '/')).backendDatabaseUrl).toBe(backendUrl);
    }
  });
});

describe('selection of the active source from the settings', () => {
  let services: Services;
  const notices: string[] = [];
  const ensure = (backendUrl: string | null, options: EnsureSourceOptions): Promise<void> => {
    const streams = { stdout: sink([]), stderr: sink(notices) };
    const out = createOutput(streams, { json: false, verbose: false, noColour: '1' });
    return ensureSource(services, sourceSettings({ config: settings(backendUrl), out }), options);
  };
  const activeSource = async () => (await services.catalog.list()).find(({ active }) => active)?.name;

  beforeAll(async () => void (services = await connect(product.url)));

  it('asks for data when there is none, or prints a note', async () => {
    const refused = ensure(null, { whenEmpty: 'refuse' });
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(refused).rejects.toThrow(/ml retrain.*ml data generate.*ml data import.*BACKEND_DATABASE_URL/);
    await ensure(null, { whenEmpty: 'remark' });
    expect(notices.splice(0).join()).toContain('no data source yet');
  });

  it('adds the configured database, also after a generated one was used, and reports it once', async () => {
    await services.catalog.add('generated', { seed: 42 }, { activate: true });
    await ensure(product.url, { whenEmpty: 'generate' });
    expect(await activeSource()).toBe('backend');
    expect(notices.splice(0).join()).toContain(
      'source backend (BACKEND_DATABASE_URL) is now the one in use instead of',
    );
    await ensure(product.url, { whenEmpty: 'refuse' });
    expect(notices).toEqual([]);
    await services.catalog.use('generated');
    await ensure(product.url, { source: 'backend', whenEmpty: 'refuse' });
    expect(await activeSource()).toBe('backend');
    expect(notices.splice(0)).toHaveLength(1);
  });

  it('refuses to read a source from the database of another source', async () => {
    const unset = ensure(null, { whenEmpty: 'generate' });
    await expect(unset).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', details: { source: 'backend' } });
    await expect(unset).rejects.toThrow(/BACKEND_DATABASE_URL is not set.*ml data use generated/);
    const other = ensure(product.url, { source: 'generated', whenEmpty: 'generate' });
    await expect(other).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', details: { source: 'generated' } });
    await ensure(null, { source: 'generated', whenEmpty: 'refuse' });
    expect(await activeSource()).toBe('backend');
  });
});

const page = readFileSync(join(projectRoot, 'docs/backend-schema.md'), 'utf8');
const [viewStatements = '', grantStatements = ''] = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, text]) => text);

/** The tables of a product with uuid keys and no schema `backend`. */
const productTables = `
  create schema app;
  create table app.customers (id uuid primary key default gen_random_uuid(), signed_up_at timestamptz not null,
    born_on date, town text);
  create table app.ledger (id uuid primary key default gen_random_uuid(), account_id uuid not null,
    customer_id uuid not null, booked_at timestamptz not null, amount_minor bigint not null, currency char(3) not null,
    channel text, payee text, statement_line text not null, category text, disputed_at timestamptz);
  insert into app.customers (signed_up_at, born_on, town)
    select '2025-01-01'::timestamptz + n * interval '1 day', '1990-02-03', 'Pune' from generate_series(1, 10) n;
  insert into app.ledger (account_id, customer_id, booked_at, amount_minor, currency, statement_line)
    select gen_random_uuid(), id, '2025-06-01', -12345, 'INR', 'POS' from app.customers, generate_series(1, 3)`;

const sqlTypes = { number: 'numeric', integer: 'integer', timestamp: 'timestamptz', flag: 'boolean' } as const;
const sqlTypeOf = ({ name, type }: ColumnSpec): string => {
  if (type !== 'text' && type !== 'category') return sqlTypes[type];
  return name === 'id' || name.endsWith('_id') ? 'text collate "C"' : 'text';
};

/** Empty views for the tables that the documented example omits. */
const emptyViews = backendTables
  .filter((name) => !viewStatements.includes(`create view backend.${name} `))
  .map((name) => {
    const columns = tableSpecs[name].columns.map((column) => `null::${sqlTypeOf(column)} as ${column.name}`);
    return `create view backend.${name} as select 'backend' as source, ${columns.join(', ')} where false`;
  });

describe('an external backend database', () => {
  const role = `reader_${randomUUID().replaceAll('-', '')}`;
  const password = randomUUID();
  let readerUrl: string;
  let reader: Services;

  const extract = (name: BackendTable, { backendPool, blobs }: Services, source = 'backend') =>
    extractTable({
      pool: backendPool,
      blobs,
      spec: tableSpecs[name],
      source,
      asOf: Date.UTC(2026, 0, 1),
      chunkRows: 4,
      signal: new AbortController().signal,
    });

  const relations = async (): Promise<unknown[]> =>
    administer(
      product.url,
      `select n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname !~ '^pg_|^information_schema$' order by 1, 2`,
    );

  beforeAll(() => {
    const url = new URL(product.url);
    url.username = role;
    url.password = password;
    readerUrl = url.href;
  });
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((services) => services.close()));
    await product.drop();
    await administer(own.url, `drop role if exists ${role}`);
  });

  it('without schema `backend` is refused as not retryable, with its documentation page', async () => {
    const services = await connect(product.url);
    for (const name of backendTables) {
      const fault: unknown = await extract(name, services).catch((error: unknown) => error);
      expect(fault).toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', retryable: false });
      expect(fault).toMatchObject({ details: { table: `backend.${name}`, wanted: 'docs/backend-schema.md' } });
    }
  });

  it('is read through the documented views by a user with only the select privilege', async () => {
    await administer(product.url, productTables);
    await administer(product.url, [viewStatements, ...emptyViews].join(';\n'));
    await administer(product.url, grantStatements.replaceAll('ml_reader', role).replace('…', password));
    const before = await relations();
    reader = await connect(readerUrl);
    const extracted = await Promise.all(backendTables.map((name) => extract(name, reader)));
    const rows = Object.fromEntries(extracted.map((table) => [table.table, table.rows]));
    expect(rows).toMatchObject({ users: 10, transactions: 30, loans: 0, prediction_feedback: 0 });
    expect(Object.keys(rows)).toHaveLength(9);
    const [users, transactions] = [extracted[0]!, extracted[2]!];
    expect(users.parts.length).toBe(3);
    const { columns } = await readParquet(
      await Promise.all(transactions.parts.map(({ hash }) => reader.blobs.localPath(hash))),
    );
    expect([...columns.amount!.values]).toEqual(Array(30).fill(-123.45));
    const ids = columns.id!.values as readonly string[];
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(await relations()).toEqual(before);
    const writing = reader.backendPool.query('create table app.mine (id text)');
    await expect(writing).rejects.toThrow(/read-only|permission denied/);
  });

  it.each([
    {
      change: 'a column less',
      statement: `select 'backend' as source, id::text collate "C" as id, signed_up_at as created_at, born_on as birth_date, town as city, null::text as employment, 'INR' as currency`,
      details: { column: 'gender', sqlState: '42703' },
    },
    {
      change: 'uuid ids',
      statement: `select 'backend' as source, id, signed_up_at as created_at, born_on as birth_date, null::text as gender, town as city, null::text as employment, 'INR' as currency`,
      details: { sqlState: '22P02' },
    },
    {
      change: 'dates as numbers',
      statement: `select 'backend' as source, id::text collate "C" as id, signed_up_at as created_at, 19900203 as birth_date, null::text as gender, town as city, null::text as employment, 'INR' as currency`,
      details: { sqlState: '42846' },
    },
  ])('with $change is refused with an error that names the table', async ({ statement, details }) => {
    const grant = `grant select on backend.users to ${role}`;
    const view = `drop view backend.users; create view backend.users as ${statement} from app.customers; ${grant}`;
    await administer(product.url, view);
    const refused = extract('users', reader);
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details });
    await expect(refused).rejects.toThrow(/backend\.users/);
  });

  it('without the select privilege is refused with the missing grant', async () => {
    await administer(product.url, `revoke select on backend.transactions from ${role}`);
    const refused = extract('transactions', reader);
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { sqlState: '42501' } });
    await expect(refused).rejects.toThrow(/grant usage/);
  });
});
