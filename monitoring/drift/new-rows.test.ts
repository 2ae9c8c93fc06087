import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetRef } from '../../contracts/dataset.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { findMonitored, type MonitoredModel } from '../../models/catalogue.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { compareNewRows } from './new-rows.js';

const DAY_MS = 86_400_000;
const CHAMPION_AS_OF = Date.UTC(2026, 8, 1);
const FORMER_ROWS = 400;
let folder: string;
let blobs: BlobStore;
let model: MonitoredModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-new-rows-'));
  blobs = createFileBlobStore(folder);
  model = await findMonitored('credit-risk-scorer');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A snapshot's manifest as of a moment. */
async function snapshot(asOf: number): Promise<string> {
  const manifest = {
    kind: 'snapshot',
    schemaVersion: 1,
    source: 'backend',
    asOf,
    parent: null,
    codeVersion: 't',
    tables: [],
  };
  return (await putJsonBlob(blobs, manifest)).hash;
}

/** Applications, one a day up to a moment; the last `changed` ones with other amounts. */
async function applications(
  asOf: number,
  rows: number,
  change: (amount: number) => number = (x) => x,
  changed = 0,
): Promise<DatasetRef> {
  const random = createRandom(3);
  const amounts = Float64Array.from({ length: rows }, () => Math.exp(12 + random.normal()));
  for (let row = rows - changed; row < rows; row++) amounts[row] = change(amounts[row]!);
  const number = (values: Float64Array) => ({ kind: 'number' as const, values });
  const table = {
    rowCount: rows,
    columns: {
      applicationId: { kind: 'text' as const, values: Array.from(amounts, (_, row) => `a${row}`) },
      as_of: {
        kind: 'timestamp' as const,
        values: Float64Array.from(amounts, (_, row) => asOf - ((rows - row) * DAY_MS) / 4),
      },
      requestedAmount: number(amounts),
      termMonths: number(amounts.map((_, row) => 12 * (1 + (row % 5)))),
    },
  };
  const origin = { kind: 'snapshot' as const, snapshotHash: await snapshot(asOf), source: 'backend' };
  const ref = { modelName: model.name, line: 'default', origin, notes: [] };
  return storeDataset(blobs, { table, schema: model.backend.schema, ref });
}

const compare = async (dataset: DatasetRef, mostRows = 100_000) =>
  compareNewRows({ blobs, model, mostRows }, { dataset, former: await applications(CHAMPION_AS_OF, FORMER_ROWS) });

const later = CHAMPION_AS_OF + 25 * DAY_MS;

describe('compareNewRows', () => {
  it('finds nothing where no row came since', async () => {
    const found = await compare(await applications(CHAMPION_AS_OF, FORMER_ROWS + 1));
    expect(found).toEqual({ notes: ["no row since the champion's snapshot"], faults: [] });
  });

  it('counts the columns that drifted in the rows since, and names them', async () => {
    const sound = await compare(await applications(later, 500));
    expect(sound).toEqual({
      notes: ["0 of 2 columns drifted in the 100 rows since the champion's snapshot"],
      faults: [],
    });
    const moved = await compare(await applications(later, 500, (amount) => 3 * amount + 500_000, 100));
    expect(moved.notes).toEqual([
      "1 of 2 columns drifted in the 100 rows since the champion's snapshot: requestedAmount",
    ]);
    expect(moved.faults).toEqual([]);
  });

  it('explains amounts in another unit by a fault of the source', async () => {
    const { faults } = await compare(await applications(later, 500, (amount) => amount / 100, 100));
    expect(faults).toMatchObject([{ kind: 'unit', column: 'requestedAmount' }]);
    const empty = await compare(await applications(later, 500, () => Number.NaN, 100));
    expect(empty.faults).toMatchObject([{ kind: 'missing-values', column: 'requestedAmount' }]);
  });

  it('draws a sample of many rows, the same each time', async () => {
    const dataset = await applications(later, 500, (amount) => 3 * amount + 500_000, 100);
    const first = await compare(dataset, 60);
    expect(first.notes[0]).toContain('in the 100 rows');
    expect(await compare(dataset, 60)).toEqual(first);
  });

  it('compares nothing with a champion that learned from a file', async () => {
    const dataset = await applications(later, 500);
    const origin = { kind: 'file' as const, fileHash: dataset.hash, fileName: 'a.csv', format: 'x' };
    const former = { ...dataset, origin };
    expect(await compareNewRows({ blobs, model, mostRows: 100 }, { dataset, former })).toEqual({
      notes: [],
      faults: [],
    });
  });
});
