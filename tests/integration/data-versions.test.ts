import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReproduceRunResult } from '../../contracts/reproduction.js';
import type { TrainModelResult } from '../../contracts/workflows.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { checkFolder, importFolder } from '../../datasets/sources/folder/import.js';
import { checkoutSnapshot } from '../../datasets/versions/checkout.js';
import { findSnapshot } from '../../datasets/versions/find-snapshot.js';
import { generateBackend } from '../../datasets/sources/backend/generator/index.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { collectBlobs } from '../../registry/retention/collect.js';
import { wholeTables } from '../../registry/retention/roots.js';
import { MODEL } from '../support/credit-dataset.js';
import { backendTableOf, storeTables } from '../support/table-snapshots.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

const DAY_MS = 86_400_000;

describe.skipIf(!hasTemporal())('snapshots, retention and collection, with encrypted blobs', () => {
  let platform: TestPlatform;
  let folder: string;
  const settings = { snapshots: 1, runDays: 1, graceHours: 1 };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-versions-'));
    platform = await createTestPlatform({ BLOB_ENCRYPTION: 'on' });
    await generateBackend(platform.services, { users: 100, months: 36 });
    // A sixteenth of the transactions will do, and nothing that names the others.
    const { backendPool } = platform.services;
    await backendPool.query(`delete from backend.transactions where right(md5(id), 1) <> '0'`);
    await backendPool.query('delete from backend.entity_annotations where transaction_id is not null');
    await backendPool.query('delete from backend.prediction_feedback');
    await platform.startWorkers(['pipeline', 'training']);
    expect((await train('first')).decision).toBe('registered');
  });
  afterAll(async () => {
    await platform.close();
    await rm(folder, { recursive: true, force: true });
  });

  const execute = (type: string, name: string, input: object): Promise<unknown> =>
    platform.client.workflow.execute(type, {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [input],
    });
  const train = (name: string, input: object = {}) =>
    execute('trainModel', name, { modelName: MODEL, ...input }) as Promise<TrainModelResult>;
  const reproduce = (name: string, of: string) =>
    execute('reproduceRun', name, { id: platform.id(of), modelName: MODEL }) as Promise<ReproduceRunResult>;

  /** Makes every blob and every record look ten days old. */
  async function age(): Promise<void> {
    const { blobs, pool } = platform.services;
    const then = new Date(Date.now() - 10 * DAY_MS);
    const store = fileURLToPath(platform.endpoints.artifactUri);
    for await (const { hash } of blobs.list()) await utimes(join(store, 'sealed', hash.slice(0, 2), hash), then, then);
    await pool.query(`update registry.runs set started_at = started_at - interval '10 days'`);
    await pool.query(`update registry.run_steps set recorded_at = recorded_at - interval '10 days'`);
    await pool.query(`update catalog_snapshots.snapshots set recorded_at = recorded_at - interval '10 days'`);
  }

  const collect = (blobs: BlobStore, dryRun = false) => {
    const { pool, snapshotLog: log } = platform.services;
    return collectBlobs({ pool, blobs, log, settings, now: Date.now(), dryRun });
  };

  async function artefactOf(name: string): Promise<string> {
    const [run] = await platform.services.registry.listRuns({ workflowId: platform.id(name) });
    return run!.artefactHash!;
  }

  it('names every table of this system whose rows keep blobs', async () => {
    const known = [
      'catalog.sources',
      'monitoring.alert_records',
      'monitoring.feature_statistics',
      'monitoring.parity_checks',
      'monitoring.parity_views',
      'outbox.deliveries',
      'registry.experiments',
      'registry.holdout_changes',
      'registry.line_changes',
      'registry.lines',
      'registry.models',
      'registry.overrides',
      'registry.promotion_requests',
      'registry.retraining_reports',
      'registry.stage_transitions',
      'registry.version_stages',
      'registry.versions',
    ];
    expect(await wholeTables(platform.services.pool)).toEqual(expect.arrayContaining(known));
  });

  it('repeats a run from its snapshot with the same artefact', async () => {
    const [record] = await platform.services.snapshotLog.list();
    const { hash } = await findSnapshot(platform.services.snapshotLog, record!.hash.slice(0, 8));
    await train('from-snapshot', { snapshotHash: hash, cache: false });
    expect(await artefactOf('from-snapshot')).toBe(await artefactOf('first'));
  });

  it('spares what a run takes over and stores again between the marking and the removal', async () => {
    const params = { nEstimators: 5 };
    expect((await train('second', { params })).decision).toBe('rejected');
    const { blobs, snapshotLog: log } = platform.services;
    const { hash: snapshotHash } = (await log.latest('generated'))!;
    await storeTables({ blobs, log }, 'newer', { users: [backendTableOf('users', [{ id: 'a' }])] }, 'generated');
    await age();
    const wanted = (await collect(blobs, true)).removed.blobs;
    expect(wanted).toBeGreaterThan(5);
    let between: Promise<TrainModelResult> | null = null;
    const interrupted: BlobStore = {
      ...wrapped(blobs),
      async removeOlder(hash, before) {
        await (between ??= train('between', { params, snapshotHash }));
        return blobs.removeOlder(hash, before);
      },
    };
    const { removed, young } = await collect(interrupted);
    expect(between).not.toBeNull();
    expect(removed.blobs + young.blobs).toBe(wanted);
    expect(young.blobs).toBeGreaterThan(5);
    expect((await reproduce('reproduced', 'between')).status).toBe('reproduced');
  });

  it('keeps all that a version used, and removes orphans and snapshots over the retention', async () => {
    const { blobs, snapshotLog: log } = platform.services;
    const orphan = (await blobs.put(new TextEncoder().encode('nothing refers to this'))).hash;
    const shop: string[] = [];
    for (const id of ['b', 'c', 'd'])
      shop.push(await storeTables({ blobs, log }, id, { users: [backendTableOf('users', [{ id }])] }));
    await age();
    const young = (await blobs.put(new TextEncoder().encode('not recorded yet'))).hash;

    const planned = await collect(blobs, true);
    expect(planned.snapshots.filter(({ source }) => source === 'shop').map(({ hash }) => hash)).toEqual([
      shop[1],
      shop[0],
    ]);
    expect(await blobs.has(orphan)).toBe(true);
    const { removed, snapshots } = await collect(blobs);
    expect({ removed, snapshots }).toEqual({ removed: planned.removed, snapshots: planned.snapshots });
    const stored = await Promise.all([orphan, shop[0]!, shop[1]!, shop[2]!, young].map((hash) => blobs.has(hash)));
    expect(stored).toEqual([false, false, false, true, true]);
    expect((await log.withPrefix(shop[0]!, 1))[0]!.removedAt).not.toBeNull();
    expect((await log.latest('shop'))!.hash).toBe(shop[2]);
    expect((await collect(blobs)).removed.blobs).toBe(0);
    expect((await reproduce('reproduced-again', 'first')).status).toBe('reproduced');
  });

  it('reads a checked-out snapshot back as a source with the same rows, from Parquet and from CSV', async () => {
    const { blobs, backendPool, catalog, snapshotLog: log } = platform.services;
    const [original] = await log.list({ source: 'generated' }).then((all) => all.filter((one) => one.rows.loans! > 0));
    for (const format of ['parquet', 'csv'] as const) {
      const source = `back-from-${format}`;
      const target = join(folder, source);
      await checkoutSnapshot(blobs, original!.hash, { target, format });
      expect((await checkFolder(target)).findings).toEqual([]);
      const { rows } = await importFolder({ backendPool, catalog }, target, source);
      expect(rows).toEqual(original!.rows);
      for (const name of ['users', 'loans', 'chat_messages'] as const) {
        const options = { pool: backendPool, blobs, spec: tableSpecs[name], asOf: original!.asOf, chunkRows: 50_000 };
        const signal = new AbortController().signal;
        const again = await extractTable({ ...options, source, signal });
        const before = await extractTable({ ...options, source: 'generated', signal });
        expect(again.parts.map(({ hash }) => hash)).toEqual(before.parts.map(({ hash }) => hash));
      }
    }
    expect(await catalog.active()).toBe('back-from-csv');
  });
});

const wrapped = (blobs: BlobStore): BlobStore => ({
  put: (bytes) => blobs.put(bytes),
  putFile: (path) => blobs.putFile(path),
  get: (hash) => blobs.get(hash),
  localPath: (hash) => blobs.localPath(hash),
  has: (hash) => blobs.has(hash),
  renew: (hash) => blobs.renew(hash),
  removeOlder: (hash, before) => blobs.removeOlder(hash, before),
  list: () => blobs.list(),
});
