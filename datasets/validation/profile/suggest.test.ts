import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { backendTables } from '../../../contracts/backend.js';
import { openBlobStore } from '../../../platform/blobs/open.js';
import { storeGeneratedSnapshot } from '../../../tests/support/generated-tables.js';
import { parseGeneratorOptions } from '../../sources/backend/generator/index.js';
import { tableSpecs } from '../../sources/backend/tables.js';
import { validateSnapshot } from '../validate-snapshot.js';
import { profileSnapshot, suggestRules } from './suggest.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-profile-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

it('drafts rules that the snapshot keeps, and lists no key', async () => {
  const options = { ...parseGeneratorOptions({ users: 12, months: 14, seed: 3 }), buckets: 2 };
  const hash = await storeGeneratedSnapshot(blobs, backendTables, options);
  const { tables, suggested } = await profileSnapshot(blobs, hash);
  const profile = tables.find(({ table }) => table === 'transactions')!;
  const columnOf = (name: string) => profile.columns.find(({ column }) => column === name)!;
  expect(profile.rows).toBeGreaterThan(1000);
  expect(columnOf('merchant').missingShare).toBeGreaterThan(0);
  expect(columnOf('user_id')).toMatchObject({ values: null, range: null });
  expect(columnOf('currency').values).toEqual(['INR']);
  const rules = suggested.tables.transactions!.map((rule) => [rule.rule, 'column' in rule ? rule.column : '']);
  expect(rules).toContainEqual(['row-count', '']);
  expect(rules).toContainEqual(['freshness', 'booked_at']);
  expect(rules).toContainEqual(['range', 'amount']);
  expect(rules).toContainEqual(['set', 'currency']);
  expect(JSON.stringify(suggested)).not.toMatch(/u\d{4}/);
  const { tables: expectations } = suggested;
  const quality = await validateSnapshot({ blobs, snapshotHash: hash, maxRejectedShare: 0, expectations });
  expect(quality.failedChecks).toEqual([]);
});

it('leaves room on both sides, keeps what cannot be negative above 0, and asks nothing of few rows', () => {
  const amount = {
    ...{ column: 'credit_limit', kind: 'number' as const, missingShare: 0, distinct: 5, values: null },
    range: { minimum: 10, maximum: 110 },
  };
  const profile = { table: 'accounts', rows: 200, columns: [amount] };
  expect(suggestRules(tableSpecs.accounts, profile, 0)).toEqual([
    { rule: 'row-count', minimum: 100, tolerance: 0.5, severity: 'warn' },
    { rule: 'not-null', column: 'credit_limit', severity: 'warn' },
    { rule: 'range', column: 'credit_limit', minimum: 0, maximum: 160, severity: 'warn' },
  ]);
  expect(suggestRules(tableSpecs.accounts, { ...profile, rows: 99 }, 0)).toEqual([]);
});
