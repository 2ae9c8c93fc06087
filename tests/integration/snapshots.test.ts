import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendTables } from '../../contracts/backend.js';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { commitSnapshot, loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { createQuarantineLog } from '../../datasets/quarantine/quarantine-log.js';
import { quarantineSchema } from '../../datasets/quarantine/schema.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { validateSnapshot } from '../../datasets/validation/validate-snapshot.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { createGeneratedSource, type GeneratedSource } from '../support/generated-snapshot.js';

const AS_OF = Date.UTC(2026, 10, 1);
let source: GeneratedSource;
beforeAll(async () => void (source = await createGeneratedSource({ users: 20, months: 12 })));
afterAll(() => source.close());

const extract = (table: (typeof backendTables)[number], change: Partial<Parameters<typeof extractTable>[0]> = {}) =>
  extractTable({
    pool: source.pool,
    blobs: source.blobs,
    spec: tableSpecs[table],
    source: 'generated',
    asOf: AS_OF,
    chunkRows: 1_000,
    signal: new AbortController().signal,
    ...change,
  });

describe('extractTable', () => {
  it('returns every row once, in key order, for any chunk size', async () => {
    const { rows: counted } = await source.pool.query<{ count: string; ids: string }>(
      `select count(*), string_agg(id, ',' order by id) as ids from backend.transactions where source = 'generated'`,
    );
    for (const chunkRows of [777, 1_000_000]) {
      const extracted = await extract('transactions', { chunkRows });
      expect(extracted.rows).toBe(Number(counted[0]!.count));
      expect(extracted.parts).toHaveLength(1);
      const { hash } = await commitSnapshot({
        ...source,
        runKey: `chunks-${chunkRows}`,
        source: 'chunks',
        asOf: AS_OF,
        codeVersion: 'test',
        tables: [extracted],
      });
      const { transactions } = await loadSnapshotTables(source.blobs, hash, { tables: ['transactions', 'users'] });
      expect(transactions?.columns.id?.values.join(',')).toBe(counted[0]!.ids);
    }
  });

  it('writes the same blobs for the same rows', async () => {
    expect(await extract('loans')).toEqual(await extract('loans'));
  });

  it('preserves types, amounts, times and nulls of the database', async () => {
    const { rows } = await source.pool.query<Record<string, unknown>>(
      `select id, amount::float8 as amount, booked_at, merchant, balance_after::float8 as balance_after
       from backend.transactions where source = 'generated' order by id`,
    );
    const { hash } = await source.snapshot('types', AS_OF);
    const { transactions } = await loadSnapshotTables(source.blobs, hash, { tables: ['transactions'] });
    const column = (name: string) => transactions!.columns[name]!;
    expect([...column('amount').values]).toEqual(rows.map((row) => row.amount));
    expect([...column('booked_at').values]).toEqual(rows.map((row) => (row.booked_at as Date).getTime()));
    expect(column('merchant').values).toEqual(rows.map((row) => row.merchant));
    expect([...column('balance_after').values]).toEqual(rows.map((row) => row.balance_after ?? NaN));
    expect(Object.keys(transactions!.columns)).toEqual(tableSpecs.transactions.columns.map(({ name }) => name));
  });

  it('excludes rows at or after the moment and records the range of the included rows', async () => {
    const earlier = Date.UTC(2026, 5, 15);
    const { rows } = await source.pool.query<{ count: string; low: Date; high: Date }>(
      `select count(*), min(booked_at) as low, max(booked_at) as high from backend.transactions
       where source = 'generated' and booked_at < $1`,
      [new Date(earlier)],
    );
    const extracted = await extract('transactions', { asOf: earlier });
    expect(extracted.rows).toBe(Number(rows[0]!.count));
    expect(extracted.eventTime).toEqual({ from: rows[0]!.low.getTime(), to: rows[0]!.high.getTime() });
    expect(extracted.eventTime!.to).toBeLessThan(earlier);
  });

  it('returns an empty table with its columns for a source without rows', async () => {
    const extracted = await extract('loans', { source: 'nobody' });
    expect(extracted).toMatchObject({ rows: 0, eventTime: null, parts: [{ rows: 0 }] });
    const { hash } = await commitSnapshot({
      ...source,
      runKey: 'empty',
      source: 'nobody',
      asOf: AS_OF,
      codeVersion: 'test',
      tables: [extracted],
    });
    const { loans } = await loadSnapshotTables(source.blobs, hash, { tables: ['loans'] });
    expect(loans?.rowCount).toBe(0);
    expect(loans?.columns.disbursed_at?.kind).toBe('timestamp');
  });

  it('reports each chunk as progress, and stops within one chunk when cancelled', async () => {
    const controller = new AbortController();
    const reported: number[] = [];
    const cancelled = extract('transactions', {
      signal: controller.signal,
      chunkRows: 500,
      onChunk: ({ rows, lastId }) => {
        expect(lastId).toMatch(/\S/);
        reported.push(rows);
        if (reported.length === 2) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(reported).toEqual([499, 998]); // the last key of a page may go on in the next one
    await source.pool.query('select 1'); // the pool still provides connections
  });

  it('reads all chunks as of one moment during concurrent writes', async () => {
    const before = await extract('transactions', { chunkRows: 2_000 });
    let written: Promise<unknown> | undefined;
    const shift = (by: number) => source.pool.query('update backend.transactions set amount = amount + $1', [by]);
    let chunks = 0;
    const onChunk = () => ((chunks += 1), void (written ??= shift(1)));
    const during = await extract('transactions', { chunkRows: 2_000, onChunk });
    expect(chunks).toBeGreaterThan(2);
    await written;
    expect(during.parts).toEqual(before.parts);
    expect((await extract('transactions', { chunkRows: 2_000 })).parts).not.toEqual(before.parts);
    await shift(-1);
  });

  it('names the table when the source database is unreachable', async () => {
    const { Pool } = (await import('pg')).default;
    const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(extract('loans', { pool })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      details: { table: 'loans' },
    });
    await pool.end();
  });
});

describe('commitSnapshot', () => {
  it('is found by its run key, names its parent, and returns the existing snapshot for the same content', async () => {
    const first = await source.snapshot('run-1', AS_OF - 2);
    expect(await source.snapshot('run-1', AS_OF - 1)).toEqual(first);
    const same = await source.snapshot('run-2', AS_OF - 2);
    expect(same).toEqual(first);
    const second = await source.snapshot('run-3', AS_OF - 1);
    expect(second.hash).not.toBe(first.hash);
    expect((await loadSnapshot(source.blobs, second.hash)).parent).toBe(first.hash);
    expect((await source.log.latest('generated'))?.hash).toBe(second.hash);
    const log = (await source.log.list({ source: 'generated' })).map(({ runKey }) => runKey);
    expect(log.slice(0, 3)).toEqual(['run-3', 'run-2', 'run-1']);
  });

  it('is named by the hash of its manifest', async () => {
    const { hash, rows } = await source.snapshot('named', AS_OF);
    const manifest = await loadSnapshot(source.blobs, hash);
    expect(sha256(canonicalJson(manifest))).toBe(hash);
    expect(manifest.tables.map(({ table }) => table).sort()).toEqual([...backendTables].sort());
    expect(rows.users).toBe(20);
  });

  it('is no longer the latest of its source while it is marked as lost, and may be committed again then', async () => {
    const made = await source.snapshot('to-lose', AS_OF - 9);
    await source.log.setLost(made.hash, true);
    expect((await source.log.latest('generated'))?.hash).not.toBe(made.hash);
    const parent = (await source.log.latest('generated'))!.hash;
    const again = await source.snapshot('to-lose', AS_OF - 8);
    expect((await loadSnapshot(source.blobs, again.hash)).parent).toBe(parent);
    expect(await source.log.find('to-lose', 'generated')).toMatchObject({ hash: again.hash, lost: false });
    expect(await source.snapshot('to-lose', AS_OF - 7)).toEqual(again);
  });

  it('commits one of several concurrent attempts and returns its snapshot to all', async () => {
    const made = await Promise.all([1, 2, 3].map(() => source.snapshot('at-once', AS_OF - 7)));
    expect(new Set(made.map(({ hash }) => hash)).size).toBe(1);
  });

  it('refuses an unknown hash and the hash of a blob that is not a manifest', async () => {
    await expect(loadSnapshot(source.blobs, 'a'.repeat(64))).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    const { hash } = await source.blobs.put(new TextEncoder().encode('not a manifest'));
    await expect(loadSnapshot(source.blobs, hash)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });
});

describe('validateSnapshot', () => {
  it('accepts generated rows', async () => {
    const { hash, rows } = await source.snapshot('valid', AS_OF);
    const quality = await validateSnapshot({ blobs: source.blobs, snapshotHash: hash, maxRejectedShare: 0 });
    expect(quality.failedChecks).toEqual([]);
    expect(quality).toMatchObject({ passed: true, rejectedRows: 0 });
    expect(quality.checkedRows).toBe(Object.values(rows).reduce((a, b) => a + b));
  });

  it('counts each kind of fault and reports the key of the first row, without its values', async () => {
    await source.pool.query(`
      update backend.loan_payments set amount_due = -5 where source = 'generated' and id = (select min(id) from backend.loan_payments where source = 'generated');
      update backend.loan_payments set loan_id = 'nowhere' where source = 'generated' and id = (select max(id) from backend.loan_payments where source = 'generated');
      update backend.accounts set kind = 'SECRET-KIND', user_id = 'nobody' where source = 'generated' and id = (select min(id) from backend.accounts where source = 'generated')`);
    const { hash } = await source.snapshot('faulty', AS_OF);
    const quality = await validateSnapshot({ blobs: source.blobs, snapshotHash: hash, maxRejectedShare: 0.0001 });
    const found = quality.failedChecks.map(({ table, column, check, failedRows }) => [
      table,
      column,
      check,
      failedRows,
    ]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['loan_payments', 'amount_due', 'range', 1],
        ['loan_payments', 'loan_id', 'foreign-key', 1],
        ['accounts', 'kind', 'category', 1],
        ['accounts', 'user_id', 'foreign-key', 1],
      ]),
    );
    expect(found).toHaveLength(4);
    expect(quality).toMatchObject({ passed: false, rejectedRows: 3 });
    const report = Buffer.from(await source.blobs.get(quality.reportHash)).toString();
    expect(report).not.toMatch(/SECRET|nowhere|nobody|-5/);
    expect(report).toContain('below the minimum 0');
    const tolerant = await validateSnapshot({ blobs: source.blobs, snapshotHash: hash, maxRejectedShare: 0.1 });
    expect(tolerant.passed).toBe(true);
  });
});

describe('the quarantine', () => {
  it('lists what an accepted snapshot leaves out, and the next run follows what was decided', async () => {
    await migrateSchemas(source.pool, [quarantineSchema]);
    const log = createQuarantineLog(source.pool);
    const { hash } = await source.snapshot('faulty again', AS_OF);
    const validate = async () => {
      const decisions = await log.decisions('generated');
      const { accepted } = await validateSnapshot({ blobs: source.blobs, snapshotHash: hash, maxRejectedShare: 0.1, decisions }); // prettier-ignore
      await log.record(source.blobs, accepted!.hash);
      return accepted!;
    };
    const first = await validate();
    expect(await validate()).toEqual(first);
    const listed = await log.list({ source: 'generated', limit: 10_000 });
    const own = listed.filter(({ reason }) => !reason.includes('left out'));
    expect(own.map(({ table, column, rule }) => `${table}.${column}: ${rule}`).sort()).toEqual([
      'accounts.kind: category',
      'accounts.user_id: foreign-key',
      'loan_payments.amount_due: range',
      'loan_payments.loan_id: foreign-key',
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/SECRET|nowhere|-5/);
    expect(await log.list({ source: 'other', limit: 10 })).toEqual([]);

    const [amount] = await log.list({ table: 'loan_payments', rule: 'range', limit: 5 });
    const [loan] = await log.list({ table: 'loan_payments', rule: 'foreign-key', limit: 5 });
    const seen: number[] = [];
    const keepSeen = (_: unknown, rows: readonly { readonly id: number }[]) =>
      Promise.resolve(void seen.push(...rows.map(({ id }) => id)));
    await expect(log.decide({ ids: [amount!.id, 999_999_999], status: 'released', by: 'me' }, keepSeen)).rejects.toMatchObject({ code: 'INVALID_INPUT' }); // prettier-ignore
    expect(await log.list({ status: 'released', limit: 5 })).toEqual([]);
    const released = await log.decide({ ids: [amount!.id], status: 'released', by: 'me' }, keepSeen);
    expect(released).toMatchObject([{ id: amount!.id, status: 'released', decidedBy: 'me' }]);
    expect(seen).toEqual([amount!.id]);
    await log.decide({ ids: [loan!.id], status: 'dropped', by: 'me' }, () => Promise.resolve());
    const second = await validate();
    expect(second.rows.loan_payments).toBe(first.rows.loan_payments! + 1);
    expect(await log.list({ status: 'dropped', limit: 5 })).toMatchObject([{ id: loan!.id }]);
  });
});
