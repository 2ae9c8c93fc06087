import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSourceCatalog, type SourceCatalog } from '../../datasets/sources/catalog.js';
import { createPool } from '../../platform/postgres/pool.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let pool: pg.Pool;
let catalog: SourceCatalog;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { warn: () => undefined });
  catalog = createSourceCatalog(pool);
  await catalog.migrate();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate catalog.sources');
});

const activeNames = async () => (await catalog.list()).filter(({ active }) => active).map(({ name }) => name);

describe('source catalogue', () => {
  it('explains how to load data when there is none', async () => {
    await expect(catalog.active()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(catalog.active()).rejects.toThrow(/ml data generate.*ml data import berka/);
  });

  it('returns the source that was activated last', async () => {
    await catalog.add('generated', { seed: 42 }, { activate: true });
    await catalog.add('berka', { folder: 'berka' }, { activate: true });
    expect(await catalog.active()).toBe('berka');
    await catalog.use('generated');
    expect(await catalog.active()).toBe('generated');
    expect(await activeNames()).toEqual(['generated']);
  });

  it('adds a source without activating it, and keeps the active one when a source is added again', async () => {
    await catalog.add('generated', { seed: 1 }, { activate: true });
    await catalog.add('berka', {}, { activate: false });
    await catalog.add('generated', { seed: 2 }, { activate: false });
    expect(await catalog.active()).toBe('generated');
    const listed = await catalog.list();
    expect(listed.map(({ name, detail }) => [name, detail])).toEqual([
      ['berka', {}],
      ['generated', { seed: 2 }],
    ]);
  });

  it('refuses an unknown source, lists the known ones and changes nothing', async () => {
    await catalog.add('generated', {}, { activate: true });
    const fault = await catalog.use('nowhere').catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'SOURCE_NOT_FOUND', details: { source: 'nowhere', known: ['generated'] } });
    expect(await catalog.active()).toBe('generated');
  });

  it('refuses a name that cannot be a line', async () => {
    await expect(catalog.add('My Bank', {}, { activate: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await catalog.list()).toEqual([]);
  });

  it('has one active source after concurrent activations', async () => {
    const names = ['alpha', 'beta', 'gamma', 'delta'];
    await Promise.all(names.map((name) => catalog.add(name, {}, { activate: true })));
    expect(await activeNames()).toHaveLength(1);
    expect(await catalog.list()).toHaveLength(4);
  });

  it('keeps its rows when it is migrated again', async () => {
    await catalog.add('generated', {}, { activate: true });
    await catalog.migrate();
    expect(await catalog.active()).toBe('generated');
  });
});
