import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrateOncePerStart, schemaCheckFile } from './checked-schemas.js';

let home = '';
let queries = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ml-schemas-'));
  queries = 0;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A database in which the first migration of schema `a` is applied. */
const pool = {
  query: () => {
    queries += 1;
    return Promise.resolve({ rows: [{ schema: 'a', name: '0001' }] });
  },
} as unknown as pg.Pool;
const migration = { up: () => Promise.reject(new Error('applied already')) };
const owned = [{ schema: 'a', migrations: { '0001': migration } }];
const supervisor = { pid: 1, startedAt: 'now' };
const check = (change: object = {}) => ({ home, supervisor, databaseUrl: 'postgres://x', ...change });

it('asks the database once for each start of the platform', async () => {
  await migrateOncePerStart(pool, owned, check());
  await migrateOncePerStart(pool, owned, check());
  expect(queries).toBe(1);
  await migrateOncePerStart(pool, owned, check({ supervisor: { pid: 1, startedAt: 'later' } }));
  expect(queries).toBe(2);
});

it('asks again for another database, and each time where no platform runs', async () => {
  await migrateOncePerStart(pool, owned, check());
  await migrateOncePerStart(pool, owned, check({ databaseUrl: 'postgres://y' }));
  for (let i = 0; i < 2; i++) await migrateOncePerStart(pool, owned, check({ supervisor: null }));
  expect(queries).toBe(4);
});

it('asks again when the program has other migrations, and remembers no check that failed', async () => {
  await migrateOncePerStart(pool, owned, check());
  const more = [{ schema: 'a', migrations: { '0001': migration, '0002': migration } }];
  await expect(migrateOncePerStart(pool, more, check())).rejects.toThrow();
  await migrateOncePerStart(pool, owned, check());
  expect(queries).toBeGreaterThan(1);
});

it('asks again when the file was damaged', async () => {
  await migrateOncePerStart(pool, owned, check());
  writeFileSync(schemaCheckFile(home), '');
  await migrateOncePerStart(pool, owned, check());
  expect(queries).toBe(2);
});
