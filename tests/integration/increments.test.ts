import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExtractedTable } from '../../contracts/activities.js';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { extractTable, type ExtractOptions } from '../../datasets/snapshots/extract.js';
import { commitSnapshot, createSnapshotLog, type SnapshotLog } from '../../datasets/snapshots/snapshot-store.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { extractInChild } from '../support/deadly-extraction.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const AS_OF = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'ml-increments-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);

let database: TestDatabase;
let pool: pg.Pool;
let log: SnapshotLog;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => undefined); // the database is dropped with connections that are closing
  log = createSnapshotLog(pool);
  await Promise.all([log.migrate(), migrateBackend(pool)]);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Row {
  readonly id: string;
  readonly user: string | null;
  readonly label: string;
  readonly at: number;
}

/** Rows of `prediction_feedback`, the table whose rows may have no user. */
async function put(source: string, rows: readonly Row[]): Promise<void> {
  const columns = [rows.map(({ id }) => id), rows.map(({ user }) => user), rows.map(({ label }) => label)];
  await pool.query(
    `insert into backend.prediction_feedback (source, id, user_id, model, entity_kind, entity_id, verdict, label, created_at)
     select $1, id, user_id, 'm', 'transaction', 'e', 'corrected', label, at
       from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) as given (id, user_id, label, at)
     on conflict (source, id) do update set user_id = excluded.user_id, label = excluded.label, created_at = excluded.created_at`,
    [source, ...columns, rows.map(({ at }) => new Date(at))],
  );
}

/** Numbers of a history, by the generator of Park and Miller. */
function numbersOf(seed: number): (below: number) => number {
  let state = (seed * 7_919 + 1) % 2_147_483_647;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const randomRow = (draw: (below: number) => number): Row => ({
  id: `f${String(draw(60)).padStart(3, '0')}`,
  user: draw(8) === 0 ? null : `u${draw(17)}`,
  label: `l${draw(5)}`,
  at: AS_OF - DAY_MS * (1 + draw(400)),
});

const extract = (source: string, options: Partial<ExtractOptions> = {}): Promise<ExtractedTable> =>
  extractTable({
    ...{ pool, blobs, source, asOf: AS_OF, chunkRows: 25, buckets: 4 },
    spec: tableSpecs.prediction_feedback,
    signal: new AbortController().signal,
    ...options,
  });

describe('an increment', () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed))(
    'equals a full extraction, bit for bit, after history %i of inserts, updates, deletes and late rows',
    async (seed) => {
      const source = `history-${seed}`;
      const draw = numbersOf(seed);
      const first = new Map(Array.from({ length: 10 + draw(40) }, () => randomRow(draw)).map((row) => [row.id, row]));
      await put(source, [...first.values()]);
      let known = await extract(source);
      for (let round = 0; round < 2; round++) {
        const facts = { runKey: `${source}-${round}`, source, asOf: AS_OF, codeVersion: 'test', tables: [known] };
        const { hash: parent } = await commitSnapshot({ ...facts, blobs, log });
        const gone = Array.from({ length: draw(4) }, () => randomRow(draw).id);
        await pool.query('delete from backend.prediction_feedback where source = $1 and id = any($2)', [source, gone]);
        const changed = new Map(Array.from({ length: draw(6) }, () => randomRow(draw)).map((row) => [row.id, row]));
        await put(source, [...changed.values()]);
        known = await extract(source, { parent });
        expect(canonicalJson(known)).toBe(canonicalJson(await extract(source)));
      }
    },
  );
});

describe.skipIf(process.platform === 'win32')('an extraction whose process is killed', () => {
  it('is completed by the next one, before a page is stored and while a part is sealed', async () => {
    const [source, store] = ['killed', join(folder, 'sealed')];
    const rows = Array.from({ length: 400 }, (_, i) => ({
      ...{ id: `f${String(i).padStart(4, '0')}`, user: `u${i % 23}`, label: `l${i % 5}`, at: AS_OF - DAY_MS },
    }));
    await put(source, rows);
    const wanted = await extract(source, { chunkRows: 40 });
    const order = { databaseUrl: database.url, uri: pathToFileURL(store).href, home: folder, source, asOf: AS_OF };
    for (const dieAt of [
      { what: 'page', number: 3 }, // two of eleven pages are stored (a page ends before its last key)
      { what: 'page', number: 1 }, // the third again: nothing of it was stored
      { what: 'page', number: 8 }, // the tenth of all: no stored page is read again
      { what: 'part', number: 2 },
    ] as const)
      expect(await extractInChild({ ...order, dieAt }), JSON.stringify(dieAt)).toBeNull();
    const found = await extractInChild({ ...order, dieAt: { what: 'page', number: 2 } });
    expect(canonicalJson(found)).toBe(canonicalJson(wanted)); // at most the last page, which is not full, was read again
    expect(readdirSync(join(store, 'checkpoints'))).toEqual([]);
  }, 120_000);
});
