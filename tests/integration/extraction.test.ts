import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExtractedTable } from '../../contracts/activities.js';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { bucketOf, NO_USER, postgresHash } from '../../datasets/snapshots/buckets.js';
import { extractTable, type ExtractOptions } from '../../datasets/snapshots/extract.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { commitSnapshot, createSnapshotLog, type SnapshotLog } from '../../datasets/snapshots/snapshot-store.js';
import { migrateBackend, tableSpecs } from '../../datasets/sources/backend/tables.js';
import { openBlobStore, openCheckpointStore } from '../../platform/blobs/open.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const AS_OF = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'ml-extraction-'));
const uri = pathToFileURL(folder).href;
const blobs = openBlobStore(uri, folder);
const store = openCheckpointStore(uri);

let database: TestDatabase;
let pool: pg.Pool;
let log: SnapshotLog;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => undefined); // a test ends connections
  log = createSnapshotLog(pool);
  await Promise.all([log.migrate(), migrateBackend(pool)]);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

let source = '';
let count = 0;
beforeEach(() => void (source = `source-${++count}`));

const extract = (options: Partial<ExtractOptions> = {}): Promise<ExtractedTable> =>
  extractTable({
    ...{ pool, blobs, source, asOf: AS_OF, chunkRows: 40, buckets: 4 },
    spec: tableSpecs.prediction_feedback,
    signal: new AbortController().signal,
    ...options,
  });

/** One row of `prediction_feedback`, the table whose rows may have no user. */
const put = (id: string, user: string | null, label: string, at = AS_OF - DAY) =>
  pool.query(
    `insert into backend.prediction_feedback (source, id, user_id, model, entity_kind, entity_id, verdict, label, created_at)
     values ($1, $2, $3, 'm', 'transaction', 'e', 'corrected', $4, $5)
     on conflict (source, id) do update set user_id = excluded.user_id, label = excluded.label, created_at = excluded.created_at`,
    [source, id, user, label, new Date(at)],
  );
const remove = (id: string) =>
  pool.query('delete from backend.prediction_feedback where source = $1 and id = $2', [source, id]);

async function fill(rows: number): Promise<void> {
  await pool.query(
    `insert into backend.prediction_feedback (source, id, user_id, model, entity_kind, entity_id, verdict, label, created_at)
     select $1, 'f' || lpad(i::text, 5, '0'), case when i % 10 > 0 then 'u' || i % 17 end, 'm', 'transaction', 'e', 'corrected',
            'label ' || i, $2::timestamptz from generate_series(1, $3::int) as i`,
    [source, new Date(AS_OF - DAY), rows],
  );
}

const commit = (table: ExtractedTable, runKey = `run-${++count}`) =>
  commitSnapshot({ blobs, log, runKey, source, asOf: AS_OF, codeVersion: 'test', tables: [table] });

const rowsOf = async ({ parts }: ExtractedTable) => {
  const all = [];
  for (const { hash, bucket } of parts) {
    const { columns, rowCount } = await readParquet([await blobs.localPath(hash)]);
    for (let i = 0; i < rowCount; i++)
      all.push({ bucket, id: columns.id!.values[i] as string, user: columns.user_id!.values[i] as string | null });
  }
  return all;
};

describe('extraction by buckets', () => {
  it('divides the rows by user, each bucket in key order, and those without one apart', async () => {
    await fill(200);
    const extracted = await extract();
    const rows = await rowsOf(extracted);
    expect(rows).toHaveLength(200);
    for (const { bucket, user } of rows) expect(bucket).toBe(bucketOf(user, 4));
    expect(extracted.parts.map(({ bucket }) => bucket)).toEqual([NO_USER, 0, 1, 2, 3]);
    for (const { bucket } of extracted.parts) {
      const ids = rows.filter((row) => row.bucket === bucket).map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
    }
  });

  it('places users as PostgreSQL does, for any text', async () => {
    const ids = ['', 'ü', '😀', "it's", 'a,b', '"', 'line\nbreak', '用户', 'u1 ', '\u00e9', 'e\u0301'];
    const sql = `select (${postgresHash('id')} % 64)::int as bucket from unnest($1::text[]) with ordinality as t(id, n) order by n`;
    const { rows } = await pool.query<{ bucket: number }>(sql, [ids]);
    expect(rows.map(({ bucket }) => bucket)).toEqual(ids.map((id) => bucketOf(id, 64)));
  });

  it('gives the same parts for any number of rows in a page', async () => {
    await fill(130);
    const all = await Promise.all([7, 40, 129, 130, 131, 10_000].map((chunkRows) => extract({ chunkRows })));
    for (const each of all) expect(each).toEqual(all[0]);
  });
});

describe('extraction after a snapshot', () => {
  it('shares every part and reads no row where nothing changed', async () => {
    await fill(120);
    const first = await extract();
    const { hash: parent } = await commit(first);
    const pages: number[] = [];
    const second = await extract({ parent, asOf: AS_OF + DAY, onChunk: ({ rows }) => pages.push(rows) });
    expect(second).toEqual(first);
    expect(pages).toEqual([]);
  });

  it('reads only the slices that changed', async () => {
    await fill(120);
    const { hash: parent } = await commit(await extract());
    await put('f00001', 'u1', 'another');
    const pages: number[] = [];
    const changed = await extract({ parent, onChunk: ({ rows }) => pages.push(rows) });
    expect(changed).toEqual(await extract());
    expect(pages[0]).toBeLessThan(20);
  });

  it('equals a full one, bit for bit, after any history of inserts, updates, deletes and late rows', async () => {
    let random = 7;
    const draw = (below: number): number => (random = (random * 48_271) % 2_147_483_647) % below;
    await fill(60);
    let { hash: parent } = await commit(await extract({ buckets: 2 }));
    for (let history = 0; history < 50; history++) {
      for (let change = 0; change <= draw(6); change++) {
        const id = `f${String(draw(90)).padStart(5, '0')}`;
        const user = draw(8) === 0 ? null : `u${draw(17)}`;
        if (draw(4) === 0) await remove(id);
        else await put(id, user, `l${draw(5)}`, AS_OF - DAY * draw(400)); // also late: dated before the last snapshot
      }
      const incremental = await extract({ parent, buckets: 2 });
      const full = await extract({ buckets: 2 });
      expect(canonicalJson(incremental)).toBe(canonicalJson(full));
      parent = (await commit(incremental)).hash;
    }
  });

  it('reads everything when a part of the snapshot is lost, or it had another number of buckets', async () => {
    await fill(50);
    const first = await extract();
    const { hash: parent } = await commit(first);
    expect((await extract({ parent, buckets: 2 })).parts.length).toBeLessThan(first.parts.length);
    rmSync(await blobs.localPath(first.parts[1]!.hash));
    expect(await extract({ parent })).toEqual(first);
  });
});

describe('an interrupted extraction', () => {
  const checkpoints = () => ({ store, key: `extract/${source}` });

  /** Ends after so many pages, as a killed process does. */
  async function interrupted(pages: number): Promise<void> {
    const controller = new AbortController();
    let seen = 0;
    const onChunk = (): void => {
      if (++seen === pages) controller.abort();
    };
    const cut = extract({ checkpoints: checkpoints(), signal: controller.signal, onChunk });
    await expect(cut).rejects.toMatchObject({ code: 'CANCELLED' });
  }

  it('goes on after the last page that was stored', async () => {
    await fill(200);
    await interrupted(3);
    const keys: (string | null)[] = [];
    const extracted = await extract({ checkpoints: checkpoints(), onChunk: ({ lastId }) => keys.push(lastId) });
    expect(keys[0]! > 'f00117').toBe(true);
    expect(extracted).toEqual(await extract());
    expect(await store.load(`extract/${source}/state`)).toBeNull();
    expect(await store.load(`extract/${source}/page-0`)).toBeNull();
  });

  it('equals one that began now, whatever changed in between, also after several', async () => {
    await fill(200);
    await interrupted(2);
    await put('f00003', 'u3', 'changed after it was read');
    await remove('f00005');
    await put('f00006', 'u9', 'moved to another user');
    await put('f00190', 'u5', 'changed before it was read');
    await interrupted(3);
    await put('f00003', 'u3', 'changed once more');
    await put('f00000', null, 'a late row before all others');
    expect(await extract({ checkpoints: checkpoints() })).toEqual(await extract());
  });
});

describe('bad input', () => {
  /** Replaces the table by a view for the length of a test. */
  async function withView(select: string, test: () => Promise<void>): Promise<void> {
    await pool.query('alter table backend.prediction_feedback rename to feedback_rows');
    try {
      await pool.query(`create view backend.prediction_feedback as ${select}`);
      await test();
    } finally {
      await pool.query('drop view if exists backend.prediction_feedback');
      await pool.query('alter table backend.feedback_rows rename to prediction_feedback');
    }
  }
  const columns = `source, id, user_id, model, entity_kind, entity_id, predicted, verdict, label, created_at`;

  it('leaves out rows that a fast clock dates in the future, until their time has come', async () => {
    await fill(10);
    await put('zz', 'u1', 'from the future', AS_OF + 1);
    expect((await extract()).rows).toBe(10);
    expect((await extract({ asOf: AS_OF + 2 })).rows).toBe(11);
  });

  it('keeps all rows of duplicate keys, in an order of their own, wherever a page ends', async () => {
    await fill(60);
    await withView(
      `select ${columns} from backend.feedback_rows union all
       select ${columns.replace('label', `'twin'::text`)} from backend.feedback_rows where id between 'f00020' and 'f00040'`,
      async () => {
        const all = await Promise.all([5, 23, 1_000].map((chunkRows) => extract({ chunkRows })));
        expect(all[0]!.rows).toBe(81);
        for (const each of all) expect(each).toEqual(all[0]);
        const { hash: parent } = await commit(all[0]!);
        await pool.query(`update backend.feedback_rows set label = 'changed' where source = $1 and id = 'f00020'`, [
          source,
        ]);
        expect(await extract({ parent })).toEqual(await extract());
      },
    );
  });

  it('refuses more rows of one key than a page holds', async () => {
    await fill(1);
    const twins = `select ${columns} from backend.feedback_rows, generate_series(1, 50)`;
    await withView(twins, async () => {
      await expect(extract()).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { key: 'f00001' } });
    });
  });

  it('names column and row of a value that does not fit, never the value', async () => {
    await fill(5);
    const broken = columns.replace('created_at', `created_at - interval '300000 years' * (id = 'f00003')::int as created_at`); // prettier-ignore
    await withView(`select ${broken} from backend.feedback_rows`, async () => {
      const fault: unknown = await extract().catch((error: unknown) => error);
      expect(fault).toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH' });
    });
  });

  it('refuses a source whose column changes its type between two attempts', async () => {
    await fill(100);
    const controller = new AbortController();
    const checkpoints = { store, key: `extract/${source}` };
    const onChunk = (): void => controller.abort();
    await expect(extract({ checkpoints, signal: controller.signal, onChunk })).rejects.toMatchObject({ code: 'CANCELLED' }); // prettier-ignore
    const retyped = columns.replace('created_at', 'created_at::text as created_at');
    await withView(`select ${retyped} from backend.feedback_rows`, async () => {
      await expect(extract({ checkpoints })).rejects.toMatchObject({
        code: 'SOURCE_SCHEMA_MISMATCH',
        retryable: false,
        details: { column: 'created_at', found: expect.stringContaining('text') as unknown },
      });
    });
    expect((await extract({ checkpoints })).rows).toBe(100);
  });

  it('reads a view of 1,000 columns by the documented ones', async () => {
    await fill(30);
    const further = Array.from({ length: 990 }, (_, i) => `${i} as further_${i}`).join(', ');
    const plain = await extract();
    await withView(`select ${columns}, ${further} from backend.feedback_rows`, async () => {
      expect(await extract()).toEqual(plain);
    });
  });

  it('gives a table without rows one part for its columns, also when its last row is deleted', async () => {
    await put('a', 'u1', 'only one');
    const { hash: parent } = await commit(await extract());
    await remove('a');
    const empty = await extract({ parent });
    expect(empty).toMatchObject({ rows: 0, eventTime: null, parts: [{ bucket: 0, rows: 0 }] });
    expect(empty).toEqual(await extract());
    const next = (await commit(empty)).hash;
    await put('b', null, 'a new one');
    expect(await extract({ parent: next })).toEqual(await extract());
  });

  it('is retryable when the connection drops in the middle of COPY, and says so', async () => {
    await fill(30);
    await withView(`select ${columns} from backend.feedback_rows where pg_sleep(0.05) is not null`, async () => {
      const dropped = extract({ buckets: undefined as never });
      const end = `select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%' and pid <> pg_backend_pid() and datname = current_database()`;
      const ended = (async () => {
        for (let tries = 0; tries < 100; tries++) {
          if (((await pool.query(end)).rowCount ?? 0) > 0) return;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      await expect(dropped).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
      await ended;
    });
  });

  it('names a source that is slower than its own time limit', async () => {
    await fill(30);
    const slow = new pg.Pool({ connectionString: database.url, options: '-c statement_timeout=150' });
    await withView(`select ${columns} from backend.feedback_rows where pg_sleep(0.02) is not null`, async () => {
      await expect(extract({ pool: slow })).rejects.toMatchObject({ code: 'SOURCE_TOO_SLOW' });
    });
    // Checksums of all rows take longer than pages: everything is read then.
    await withView(`select ${columns} from backend.feedback_rows where pg_sleep(0.01) is not null`, async () => {
      const read = await extract({ pool: slow, chunkRows: 5 });
      expect(read).toMatchObject({ rows: 30, buckets: 4 });
      expect(read.slices).toBeUndefined();
    });
    await slow.end();
  });

  it('keeps no value of a row in its temporary or stored names', async () => {
    await put('a', 'u1', 'PLANTED');
    const extracted = await extract();
    expect(JSON.stringify(extracted)).not.toContain('PLANTED');
    expect(readFileSync(await blobs.localPath(extracted.slices!)).toString()).not.toContain('PLANTED');
  });
});
