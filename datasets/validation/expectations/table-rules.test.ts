import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { WrittenExpectation } from '../../../contracts/expectations.js';
import { expectationFile } from '../../../contracts/expectations.js';
import { openBlobStore } from '../../../platform/blobs/open.js';
import type { Column, Table } from '../../../contracts/table.js';
import { putJsonBlob } from '../../snapshots/json-blob.js';
import { putTable } from '../../snapshots/put-table.js';
import { tableSpecs } from '../../sources/backend/tables.js';
import { validateSnapshot } from '../validate-snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-table-rules-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

const AS_OF = Date.parse('2026-11-30');
const DAY = 86_400_000;

/** Valid users of an own backend, the newest of the day before. */
function users(count: number): Table {
  const rows = Array.from({ length: count }, (_, i) => i);
  const text = (value: (row: number) => string): Column => ({ kind: 'text', values: rows.map(value) });
  const moment = (value: number): Column => ({ kind: 'timestamp', values: Float64Array.from(rows, () => value) });
  const columns: Record<string, Column> = {
    id: text((row) => `u${row}`),
    created_at: moment(AS_OF - DAY),
    birth_date: moment(0),
    gender: text(() => 'female'),
    city: text(() => 'Pune'),
    employment: text(() => 'salaried'),
    currency: text(() => 'INR'),
  };
  expect(Object.keys(columns)).toEqual(tableSpecs.users.columns.map(({ name }) => name));
  return { rowCount: count, columns };
}

async function snapshot(count: number, parent: string | null): Promise<string> {
  const part = { ...(await putTable(blobs, users(count))), rows: count };
  const table = { table: 'users', rows: count, parts: [part], eventTime: null, queryHash: 'a'.repeat(64) };
  const manifest = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf: AS_OF, parent, codeVersion: '1' };
  return (await putJsonBlob(blobs, { ...manifest, tables: [table] })).hash;
}

async function chain(...counts: readonly number[]): Promise<string> {
  let hash: string | null = null;
  for (const count of counts) hash = await snapshot(count, hash);
  return hash!;
}

const validate = async (snapshotHash: string, ...rules: WrittenExpectation[]) => {
  const { tables: expectations } = expectationFile.parse({ tables: { users: rules } });
  const { passed, failedChecks } = await validateSnapshot({ blobs, snapshotHash, maxRejectedShare: 0, expectations });
  return { passed, findings: failedChecks.map(({ check, example, severity }) => [check, example, severity]) };
};

describe('rules on a whole table', () => {
  it('hold for a steady source, and three former runs are needed for a band', async () => {
    expect(await validate(await chain(10, 10, 10, 12))).toEqual({ passed: true, findings: [] });
    expect(await validate(await chain(100, 100, 1))).toEqual({ passed: true, findings: [] });
  });

  it('warn of a number of rows outside the band around the last runs', async () => {
    const { passed, findings } = await validate(await chain(100, 1, 10, 10, 10, 10, 10, 20));
    expect(passed).toBe(true);
    const finding = '20 rows, wanted within 50 % of 10, the median of the last 5 runs';
    expect(findings).toEqual([['row-count', finding, 'warn']]);
  });

  it('reject the data when they are to fail', async () => {
    const hash = await chain(3);
    const tooFew = await validate(hash, { rule: 'row-count', minimum: 4 }, { rule: 'row-count', maximum: 2 });
    expect(tooFew.passed).toBe(false);
    expect(tooFew.findings.map(([, finding]) => finding)).toEqual([
      '3 rows, wanted at least 4',
      '3 rows, wanted at most 2',
    ]);
    const stale = await validate(hash, { rule: 'freshness', column: 'created_at', maxAgeDays: 0.5, name: 'fresh' });
    const finding = 'the newest is of 2026-11-29, 1 days before the snapshot, wanted at most 0.5';
    expect(stale).toEqual({ passed: false, findings: [['fresh', finding, undefined]] });
    expect((await validate(hash, { rule: 'freshness', column: 'created_at', maxAgeDays: 1 })).passed).toBe(true);
    expect((await validate(hash, { rule: 'freshness', column: 'birth_date', maxAgeDays: 1, severity: 'warn' })).passed).toBe(true); // prettier-ignore
  });

  it('reject rows by a rule of the user', async () => {
    const hash = await chain(2);
    expect(await validate(hash, { rule: 'set', column: 'city', values: ['Delhi'] })).toMatchObject({ passed: false });
    expect(await validate(hash, { rule: 'set', column: 'city', values: ['Pune'] })).toMatchObject({ passed: true });
  });
});
