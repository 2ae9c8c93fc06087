import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { storeTrainingFile } from '../datasets/snapshots/store-file.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { freezeHoldout } from '../learning/evaluation/split/index.js';
import { textColumn } from '../learning/table.js';
import { findModel } from '../models/catalogue.js';
import { fixtureRows } from '../models/credit-risk-scorer/fixtures/make-fixture.js';
import { openBlobStore } from '../platform/blobs/open.js';
import { loadDivided } from './holdout-parts.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-holdout-parts-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

describe('a data set that is divided', () => {
  it('has no row that a request may not have, in training and holdout', async () => {
    const rows = fixtureRows(200, 3).map((row, i) => (i % 40 === 0 ? { ...row, kind: 'boat' } : row));
    const path = join(folder, 'loans.json');
    writeFileSync(path, JSON.stringify(rows));
    const model = await findModel('credit-risk-scorer');
    const file = await readDataFile(path, model.fileFormats);
    const hash = await storeTrainingFile(blobs, model.name, file);
    const dataset = { ...(await loadDataset(blobs, hash)).manifest.ref, hash };
    const holdout = freezeHoldout(file.format.schema.split, file.table);
    const { train, parts } = await loadDivided(blobs, model, { dataset, holdout });
    const tables = [train.table, ...parts.map(({ data }) => data.table)];
    expect(dataset.rows).toBe(200);
    expect(tables.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(195);
    expect(tables.flatMap((table) => textColumn(table, 'kind'))).not.toContain('boat');
    expect(parts[0]?.data.history?.rowCount).toBe(195);
  });
});
