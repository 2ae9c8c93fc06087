import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { DatasetRef } from '../contracts/dataset.js';
import { findModel } from '../models/catalogue.js';
import { openBlobStore } from '../platform/blobs/open.js';
import { schemaOf } from './dataset-schema.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-schema-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ref = (origin: DatasetRef['origin'], more: Partial<DatasetRef> = {}): DatasetRef => ({
  ...{ hash: 'a'.repeat(64), modelName: 'spending-predictor', line: 'shop', rows: 1, origin, notes: [] },
  ...more,
});
const snapshot = { kind: 'snapshot', snapshotHash: 'b'.repeat(64), source: 'shop' } as const;
const file = (format: string) => ({ kind: 'file', fileHash: 'c'.repeat(64), fileName: 'x.csv', format }) as const;

describe('schemaOf', () => {
  it('is the backend’s or the file format’s, with the line and the zone of the rows', async () => {
    const model = await findModel('spending-predictor');
    const zoned = await schemaOf(blobs, model, ref(snapshot, { timeZone: 'Asia/Kolkata' }));
    expect(zoned).toEqual({ ...model.backend.schema, line: 'shop', timeZone: 'Asia/Kolkata' });
    const [format] = model.fileFormats;
    expect(await schemaOf(blobs, model, ref(file('transactions'), { timeZone: 'UTC' }))).toEqual({
      ...format!.schema,
      line: 'shop',
      timeZone: 'UTC',
    });
  });

  it('has no zone for rows from before there was one', async () => {
    const model = await findModel('spending-predictor');
    for (const origin of [snapshot, file('transactions')])
      expect(await schemaOf(blobs, model, ref(origin))).not.toHaveProperty('timeZone');
  });

  it('throws UNKNOWN_FORMAT for a format that the model no longer reads', async () => {
    const model = await findModel('spending-predictor');
    await expect(schemaOf(blobs, model, ref(file('former')))).rejects.toEqual(
      expect.objectContaining({ code: 'UNKNOWN_FORMAT' }),
    );
  });
});
