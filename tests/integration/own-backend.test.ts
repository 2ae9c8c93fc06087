import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../platform/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { configEnvironment, endpointEnvironment } from '../../platform/embedded/config-environment.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { ensureSource, type EnsureSourceOptions } from '../../scripts/cli/ensure-source.js';
import { createOutput } from '../../scripts/cli/output.js';
import { connectServices, type Services } from '../../workers/wiring.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { quietLogger } from '../support/test-platform.js';

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

/** A stream that keeps what is written. */
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

describe('a database that was named as the source', () => {
  it('gets no schema, even where it is the one that holds the registry', async () => {
    await connect(own.url);
    expect(await hasBackendSchema(own.url)).toBe(false);
    await connect(product.url);
    expect(await hasBackendSchema(product.url)).toBe(false);
    await connect(null);
    expect(await hasBackendSchema(own.url)).toBe(true);
  });

  it('stays told apart from the local one in a worker, which gets its addresses from the supervisor', () => {
    for (const backendUrl of [null, own.url, product.url]) {
      const config = settings(backendUrl);
      const handed = { ...configEnvironment(config), ...endpointEnvironment(endpointsOf(config)) };
      expect(findEndpoints(readConfig(handed, '/')).backendDatabaseUrl).toBe(backendUrl);
    }
  });
});

describe('the source in use follows the settings', () => {
  let services: Services;
  const notices: string[] = [];
  const ensure = (backendUrl: string | null, options: EnsureSourceOptions): Promise<void> => {
    const streams = { stdout: sink([]), stderr: sink(notices) };
    const out = createOutput(streams, { json: false, verbose: false, noColour: '1' });
    return ensureSource({ config: settings(backendUrl), out }, { services }, options);
  };
  const activeSource = async () => (await services.catalog.list()).find(({ active }) => active)?.name;

  beforeAll(async () => void (services = await connect(product.url)));

  it('asks for data where there is none, or remarks on it', async () => {
    const refused = ensure(null, { whenEmpty: 'refuse' });
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(refused).rejects.toThrow(/ml retrain.*ml data generate.*ml data import.*BACKEND_DATABASE_URL/);
    await ensure(null, { whenEmpty: 'remark' });
    expect(notices.splice(0).join()).toContain('no data source yet');
  });

  it('adds the named database, also after a generated one was used, and says so once', async () => {
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

  it('refuses to read one source from the other’s database', async () => {
    const unset = ensure(null, { whenEmpty: 'generate' });
    await expect(unset).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', details: { source: 'backend' } });
    await expect(unset).rejects.toThrow(/BACKEND_DATABASE_URL is not set.*ml data use generated/);
    const other = ensure(product.url, { source: 'generated', whenEmpty: 'generate' });
    await expect(other).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', details: { source: 'generated' } });
    await ensure(null, { source: 'generated', whenEmpty: 'refuse' });
    expect(await activeSource()).toBe('backend');
  });
});
