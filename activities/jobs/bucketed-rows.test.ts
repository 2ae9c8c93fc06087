import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DatasetPart, PreparedDataset } from '../../contracts/activities.js';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import type { BackendDataset, RowsByUser } from '../../contracts/model-definition.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { buildFeaturePart, buildFeatureSet } from '../../feature-store/offline/build.js';
import { featureBuckets } from '../../feature-store/offline/feature-buckets.js';
import { buildDatasetPart, buildGroupedPart, partFiles } from '../../feature-store/offline/dataset-parts.js';
import { bucketsOf, buildBackendDataset } from '../../feature-store/offline/training-table.js';
import { loadStatePart, loadStateSet } from '../../feature-store/offline/state-set.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { statesOfSnapshot } from './build-states.js';
import { storeGeneratedSnapshot } from '../../tests/support/generated-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-buckets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const blobs = createFileBlobStore(folder);
const signal = new AbortController().signal;
/** Seventeen buckets are many small files. */
const TIMEOUT_MS = 120_000;

const snapshotOf = (buckets: number, tables: readonly BackendTable[] = backendTables): Promise<string> =>
  storeGeneratedSnapshot(blobs, tables, { users: 24, months: 14, buckets });
const snapshots = new Map(
  await Promise.all([1, 4, 16].map(async (buckets) => [buckets, await snapshotOf(buckets)] as const)),
);
const models = await loadCatalogue();

/** The Parquet blob of a data set: the manifest also names the snapshot, which is another one for each division. */
async function rowsHash(prepared: PreparedDataset): Promise<string> {
  if (prepared.status !== 'ready') return prepared.reason;
  const { manifest } = await loadDataset(blobs, prepared.dataset.hash);
  return `${manifest.data.hash} ${prepared.dataset.notes.join('; ')}`;
}

/** However few rows there are. */
const prepare = (buckets: number, modelName: string, found: BackendDataset): Promise<PreparedDataset> => {
  const backend = { ...found, schema: { ...found.schema, minimumRows: 1 } };
  return buildBackendDataset({ blobs, snapshotHash: snapshots.get(buckets)!, modelName, backend });
};

describe('rows made bucket by bucket', () => {
  it.each(models.map((model) => [model.name, model] as const))(
    'give the data set of %s, whatever the number of buckets',
    async (name, { backend }) => {
      const whole = await rowsHash(await prepare(1, name, backend));
      expect(whole).toMatch(/^[0-9a-f]{64} /);
      expect(await rowsHash(await prepare(4, name, backend))).toBe(whole);
      expect(await rowsHash(await prepare(16, name, backend))).toBe(whole);
    },
    TIMEOUT_MS,
  );

  it('leaves out what too few outcomes of all users leave out', async () => {
    const { backend } = models.find(({ name }) => name === 'credit-risk-scorer')!;
    const small = { ...backend, schema: { ...backend.schema, minimumRows: 1 } };
    const [one, many] = await Promise.all(
      [1, 4].map(async (buckets) => {
        const snapshotHash = await storeGeneratedSnapshot(blobs, backendTables, { users: 8, months: 12, buckets });
        return buildBackendDataset({ blobs, snapshotHash, modelName: 'credit-risk-scorer', backend: small });
      }),
    );
    expect(await rowsHash(many!)).toBe(await rowsHash(one!));
    expect(await rowsHash(one!)).toMatch(/^[0-9a-f]{64} /);
  });

  it('gives the same data set when parts come in another order, and when one is made again', async () => {
    const snapshotHash = snapshots.get(4)!;
    const manifest = await loadSnapshot(blobs, snapshotHash);
    const found = models.find(({ name }) => name === 'anomaly-detector')!;
    const backend = found.backend as BackendDataset & { readonly byUser: RowsByUser };
    const context = { blobs, snapshotHash, manifest, backend };
    const buckets = bucketsOf(backend, manifest)!;
    const parts: DatasetPart[] = [];
    for (const bucket of [...buckets].reverse()) parts.push(await buildDatasetPart(context, bucket));
    expect(await buildDatasetPart(context, buckets[0]!)).toEqual(parts.at(-1));
    const files = await partFiles(blobs, parts);
    const grouped = [1, 0].map((index) =>
      buildGroupedPart({ blobs, grouped: backend.byUser.grouped! }, files, { index, count: 2 }),
    );
    const build = { blobs, snapshotHash, modelName: found.name, backend };
    const merged = await buildBackendDataset(build, { parts, grouped: await Promise.all(grouped) });
    expect(merged).toEqual(await buildBackendDataset(build));
  });
});

describe('features made bucket by bucket', () => {
  const build = (buckets: number) => ({ blobs, snapshotHash: snapshots.get(buckets)!, views: featureViews, signal });

  it('have the tables of all users at once, whatever the number of buckets', async () => {
    const { views } = await buildFeatureSet(build(1));
    expect((await buildFeatureSet(build(4))).views).toEqual(views);
    expect((await buildFeatureSet(build(16))).views).toEqual(views);
    expect(views.map(({ entities }) => entities)).toEqual([24, 24]);
  });

  it('give the same set when parts come in another order', async () => {
    const manifest = await loadSnapshot(blobs, snapshots.get(4)!);
    const parts = await Promise.all(featureBuckets(manifest)!.map((bucket) => buildFeaturePart(build(4), bucket)));
    expect(await buildFeatureSet(build(4), [...parts].reverse())).toEqual(await buildFeatureSet(build(4)));
  });
});

describe('entity states made bucket by bucket', () => {
  it('are those of all users at once', async () => {
    const statesOf = async (buckets: number) => {
      const context = { blobs, signal, onProgress: () => undefined };
      const { sets, skipped } = await statesOfSnapshot(snapshots.get(buckets)!, models, context);
      expect(skipped).toEqual([]);
      const byView = sets.map(async ({ view, hash }) => {
        const { parts, asOf } = await loadStateSet(blobs, hash);
        const states = await Promise.all(parts.map((part) => loadStatePart(blobs, part.hash)));
        return [view, asOf, new Map(states.flatMap((part) => [...part]))] as const;
      });
      return Promise.all(byView);
    };
    const whole = await statesOf(1);
    expect(whole.map(([view]) => view)).toEqual([
      'customer-transactions',
      'counterparty-transactions',
      'spending-history',
    ]);
    expect(await statesOf(4)).toEqual(whole);
  });
});
