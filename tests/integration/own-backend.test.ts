import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { readParquet } from '../../datasets/snapshots/parquet.js';
import { checkSource, findingsOf } from '../../datasets/sources/backend/check/check-source.js';
import { generateCustomers, type GeneratorOptions } from '../../datasets/sources/backend/generator/index.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { emptyView, renderTemplate } from '../../datasets/sources/backend/template.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { configEnvironment, endpointEnvironment } from '../../platform/embedded/config-environment.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { createPool } from '../../platform/postgres/pool.js';
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
    const out = createOutput(streams, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
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

/** Empty views for the tables that the documented example omits. */
const others = backendTables.filter((name) => !viewStatements.includes(`create view backend.${name} `));
const emptyViews = others.map(emptyView).join('\n');

function* batchesOf(options: GeneratorOptions) {
  for (const { rows } of generateCustomers(options)) yield rows;
}

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
      asOf: Date.UTC(2027, 0, 1),
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
      expect(fault).toMatchObject({ details: { table: 'backend', page: 'docs/backend-schema.md' } });
    }
  });

  it('is read through the documented views by a user with only the select privilege', async () => {
    await administer(product.url, productTables);
    await administer(product.url, `${viewStatements};\n${emptyViews}`);
    await administer(product.url, grantStatements.replaceAll('ml_reader', role).replace('…', password));
    const before = await relations();
    reader = await connect(readerUrl);
    const extracted = await Promise.all(backendTables.map((name) => extract(name, reader)));
    const rows = Object.fromEntries(extracted.map((table) => [table.table, table.rows]));
    expect(rows).toMatchObject({ users: 10, transactions: 30, loans: 0, prediction_feedback: 0 });
    expect(Object.keys(rows)).toHaveLength(9);
    const [users, transactions] = [extracted[0]!, extracted[2]!];
    expect(users.parts).toHaveLength(1);
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

  const asRole = (statement: string): Promise<unknown> =>
    administer(product.url, `${statement}; grant select on all tables in schema backend to ${role}`);

  const checked = (seconds = 20) =>
    checkSource(reader.backendPool, {
      source: 'backend',
      asOf: Date.UTC(2027, 0, 1),
      maxRows: 1000,
      seconds,
      maxRejectedShare: 0.02,
    });
  const findings = async (seconds?: number) => findingsOf(await checked(seconds));

  const columns = `'backend' as source, id::text collate "C" as id, signed_up_at as created_at, born_on as birth_date,
    null::text as gender, town as city, null::text as employment, 'INR' as currency`;
  const usersView = (select: string): string =>
    `drop view if exists backend.users; create view backend.users as select ${select}`;

  it('is examined by check-source, which finds nothing in it and changes nothing', async () => {
    const before = await relations();
    const { server, tables, cut } = await checked();
    expect(server.user).toBe(role);
    expect(cut).toEqual([]);
    expect(tables.flatMap(({ findings: own }) => own)).toEqual([]);
    expect(tables.map(({ rows }) => rows?.read)).toEqual([10, 30, 30, 0, 0, 0, 0, 0, 0]);
    expect(tables[2]!.categories).toContainEqual(expect.objectContaining({ column: 'channel', known: { other: 30 } }));
    expect(await relations()).toEqual(before);
  });

  it.each([
    ['a column less', columns.replace(`null::text as gender, `, ''), 'gender', 'null::text as gender'],
    ['uuid ids', columns.replace('id::text collate "C" as id', 'id'), 'id', 'id::text collate "C" as id'],
    ['times without zone', columns.replace('signed_up_at', 'signed_up_at::timestamp'), 'created_at', ' at time zone '],
    ['dates as numbers', columns.replace('born_on', '19900203'), 'birth_date', 'birth_date::date'],
    ['padded text', columns.replace(`'INR'`, `'INR'::char(9)`), 'currency', 'currency::text'],
    ['json', columns.replace('null::text as gender', `'{}'::jsonb as gender`), 'gender', 'gender::text'],
  ])(
    'with %s is refused by extraction and check alike, with the expression to write',
    async (_, select, column, remedy) => {
      await asRole(usersView(`${select} from app.customers`));
      const details = { table: 'backend.users', column, remedy: expect.stringContaining(remedy) as string };
      await expect(extract('users', reader)).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details });
      expect(await findings()).toContainEqual(expect.objectContaining({ ...details, severity: 'error' }));
    },
  );

  it('with a view that fails at run time is refused without the value that it failed at', async () => {
    await administer(product.url, `update app.customers set town = 'Priya 4711' where true`);
    await asRole(usersView(`${columns.replace('town as city', 'town::int::text as city')} from app.customers`));
    const refused = extract('users', reader);
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { sqlState: '22P02' } });
    await expect(refused).rejects.not.toThrow(/4711/);
    expect((await findings())[0]).toMatchObject({
      table: 'backend.users',
      found: expect.not.stringContaining('4711') as string,
    });
  });

  it('with rows of another source only is reported, not read as empty', async () => {
    await asRole(usersView(`${columns.replace(`'backend' as source`, `'crm' as source`)} from app.customers`));
    expect((await findings())[0]).toMatchObject({ table: 'backend.users', column: 'source', severity: 'error' });
  });

  it('with row-level security is refused instead of read in part', async () => {
    await asRole(usersView(`${columns} from app.customers`));
    await administer(
      product.url,
      `
      alter view backend.users set (security_invoker = true); grant usage on schema app to ${role};
      grant select on app.customers to ${role}; alter table app.customers enable row level security;
      create policy mine on app.customers to ${role} using (town = 'Pune')`,
    );
    const refused = extract('users', reader);
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { sqlState: '42501' } });
    await expect(refused).rejects.toThrow(/row-level security/);
    expect((await findings())[0]!.remedy).toContain('alter view backend.users owner to');
    await administer(product.url, 'alter table app.customers disable row level security');
  });

  it('with a slow view is reported with the index that helps, and by extraction as too slow', async () => {
    await asRole(usersView(`${columns} from app.customers, lateral (select pg_sleep(1)) as slow`));
    expect((await findings(0.2))[0]).toMatchObject({ found: expect.stringContaining('0.2 s') as string });
    await administer(product.url, `alter role ${role} set statement_timeout = '200ms'`);
    const limited = await connect(readerUrl);
    await expect(extract('users', limited)).rejects.toMatchObject({ code: 'SOURCE_TOO_SLOW' });
    await administer(product.url, `alter role ${role} reset statement_timeout`);
  });

  it('without the select privilege or a view is refused with what is missing', async () => {
    await administer(product.url, `revoke select on backend.transactions from ${role}; drop view backend.loans`);
    const refused = extract('transactions', reader);
    const remedy = `grant select on backend.transactions to ${role};`;
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { remedy } });
    const found = await findings();
    expect(found).toContainEqual(expect.objectContaining({ table: 'backend.transactions', remedy }));
    expect(found).toContainEqual(expect.objectContaining({ table: 'backend.loans', found: 'missing' }));
  });

  it('is read through the template over an application of its own', async () => {
    await administer(product.url, 'drop schema backend cascade; drop schema app cascade');
    const url = new URL(product.url);
    const pool = createPool(url.href, quietLogger);
    await migrateBackend(pool);
    await replaceSource(pool, 'app', batchesOf({ users: 3, months: 6, seed: 1 }));
    await pool.end();
    // An application: the same names as in the template, with keys and words of its own types.
    await administer(
      product.url,
      `alter schema backend rename to app;
      create type app.gender as enum ('female', 'male', 'other');
      alter table app.users alter gender type app.gender using gender::app.gender, alter currency type char(3),
        alter id type varchar(40), drop column source;
      alter table app.loans alter term_months type smallint`,
    );
    await administer(product.url, renderTemplate());
    await administer(product.url, renderTemplate()); // is run again after a change
    await administer(
      product.url,
      `grant usage on schema backend to ${role};
      grant select on all tables in schema backend to ${role}`,
    );
    expect(await findings()).toEqual([]);
    const extracted = await Promise.all(backendTables.map((name) => extract(name, reader)));
    expect(extracted[0]!.rows).toBe(3);
    expect(extracted[2]!.rows).toBeGreaterThan(100);
  });
});
