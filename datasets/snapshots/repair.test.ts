import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { VersionRecord } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { examineSnapshots, repairLog } from './repair.js';
import { createMemoryLog } from '../../tests/support/memory-snapshot-log.js';
import type { SnapshotLog } from './snapshot-log.js';
import { commitSnapshot, loadSnapshot } from './snapshot-store.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-repair-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let blobs: BlobStore;
let log: SnapshotLog;
beforeEach(() => {
  blobs = createFileBlobStore(join(folder, String(++count)));
  log = createMemoryLog();
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A snapshot of one table with one part. */
async function snapshot(runKey: string, asOf: number) {
  const part = await blobs.put(text(`rows of day ${asOf}`));
  const users = { rows: 1, parts: [{ ...part, rows: 1 }], eventTime: null, queryHash: 'a'.repeat(64) };
  const tables = [{ table: 'users' as const, ...users }];
  const ref = await commitSnapshot({ blobs, log, runKey, source: 'shop', asOf, codeVersion: 'test', tables });
  return { ref, part: part.hash };
}

const remove = async (hash: string): Promise<void> => rm(await blobs.localPath(hash), { force: true });
async function damage(hash: string): Promise<void> {
  const path = await blobs.localPath(hash);
  await chmod(path, 0o600);
  await writeFile(path, 'other bytes');
}

describe('commitSnapshot after a loss', () => {
  it.each([
    ['missing', remove],
    ['damaged', damage],
  ])('starts a new chain and says so when the former manifest is %s', async (_, lose) => {
    const { ref: first } = await snapshot('run-1', 1);
    await lose(first.hash);
    const { ref: second } = await snapshot('run-2', 2);
    expect(second.notes).toEqual([expect.stringContaining(first.hash.slice(0, 12))]);
    expect((await loadSnapshot(blobs, second.hash)).parent).toBeNull();
    const { ref: third } = await snapshot('run-3', 3);
    expect(third.notes).toBeUndefined();
    expect((await loadSnapshot(blobs, third.hash)).parent).toBe(second.hash);
  });

  it('commits again when the manifest of the same run is lost between two attempts', async () => {
    const { ref } = await snapshot('run-1', 1);
    await remove(ref.hash);
    const { ref: again } = await snapshot('run-1', 1);
    expect(again.hash).toBe(ref.hash);
    expect((await loadSnapshot(blobs, again.hash)).source).toBe('shop');
    expect((await log.list()).length).toBe(1);
  });

  it('fails during an outage instead of taking it for a loss', async () => {
    await snapshot('run-1', 1);
    const away = { ...blobsOf(blobs), has: () => Promise.reject(new Error('away')) };
    const order = { log, runKey: 'run-2', source: 'shop', asOf: 2, codeVersion: 'test', tables: [] };
    await expect(commitSnapshot({ ...order, blobs: away })).rejects.toThrow('away');
  });
});

const blobsOf = (store: BlobStore): BlobStore => ({
  put: (bytes) => store.put(bytes),
  putFile: (path) => store.putFile(path),
  get: (hash) => store.get(hash),
  localPath: (hash) => store.localPath(hash),
  has: (hash) => store.has(hash),
  renew: (hash) => store.renew(hash),
  removeOlder: (hash, before) => store.removeOlder(hash, before),
  list: () => store.list(),
});

describe('examineSnapshots', () => {
  const version = (snapshotHash: string) =>
    ({
      modelName: 'model',
      version: '1.0.0',
      dataset: { origin: { kind: 'snapshot', snapshotHash } },
    }) as VersionRecord;

  it('lists what is damaged and what each loses, and changes nothing', async () => {
    const [first, second] = [await snapshot('run-1', 1), await snapshot('run-2', 2)];
    await remove(first.ref.hash);
    await remove(second.part);
    const registry = { listVersions: () => Promise.resolve([version(first.ref.hash)]) };
    const { examined, damaged } = await examineSnapshots({ blobs, log, registry }, { verify: false });
    expect(examined).toBe(2);
    expect(damaged.map(({ record, ...found }) => [record.runKey, found])).toEqual([
      ['run-2', { damage: '1 parts are missing or damaged, of users', versions: [] }],
      ['run-1', { damage: 'the manifest is missing', versions: ['model 1.0.0'] }],
    ]);
    expect((await log.latest('shop'))?.hash).toBe(second.ref.hash);
  });

  it('finds changed bytes with verify, marks them, and unmarks what is complete again', async () => {
    const [first, second] = [await snapshot('run-1', 1), await snapshot('run-2', 2)];
    const registry = { listVersions: () => Promise.resolve([]) };
    await damage(second.part);
    expect((await examineSnapshots({ blobs, log, registry }, { verify: false })).damaged).toEqual([]);
    const health = await examineSnapshots({ blobs, log, registry }, { verify: true });
    await repairLog(log, health);
    expect((await log.latest('shop'))?.hash).toBe(first.ref.hash);

    await blobs.put(text('rows of day 2'));
    const restored = await examineSnapshots({ blobs, log, registry }, { verify: true });
    expect(restored.damaged).toEqual([]);
    expect(restored.foundAgain.map(({ hash }) => hash)).toEqual([second.ref.hash]);
    await repairLog(log, restored);
    expect((await log.latest('shop'))?.hash).toBe(second.ref.hash);
  });
});
