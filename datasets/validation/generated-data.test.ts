import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { backendTables } from '../../contracts/backend.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { storeGeneratedSnapshot } from '../../tests/support/generated-tables.js';
import { parseGeneratorOptions } from '../sources/backend/generator/index.js';
import { validateSnapshot } from './validate-snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-generated-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

it.each([undefined, 4])('generated data in %s buckets pass without a failed check or warning', async (buckets) => {
  const options = { ...parseGeneratorOptions({ users: 12, months: 14, seed: 3 }), ...(buckets && { buckets }) };
  const snapshotHash = await storeGeneratedSnapshot(blobs, backendTables, options);
  const quality = await validateSnapshot({ blobs, snapshotHash, maxRejectedShare: 0 });
  expect(quality).toMatchObject({ passed: true, rejectedRows: 0, failedChecks: [] });
  expect(quality.checkedRows).toBeGreaterThan(1000);
});
