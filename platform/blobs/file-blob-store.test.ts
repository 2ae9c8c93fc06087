import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBlobStore } from '../../tests/support/check-blob-store.js';
import { blobKey } from './blob-key.js';
import { createFileBlobStore } from './file-blob-store.js';
import { createFileCheckpointStore } from './file-checkpoint-store.js';

describe('createFileBlobStore', () => {
  let root: string;
  let count = 0;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'file-blob-store-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const open = () => {
    const folder = join(root, String((count += 1)));
    return {
      folder,
      store: createFileBlobStore(folder),
      checkpoints: createFileCheckpointStore(folder),
      reopen: () => createFileBlobStore(folder),
      async damage(hash: string, bytes: Uint8Array | null): Promise<void> {
        const path = join(folder, blobKey(hash));
        await chmod(path, 0o600);
        await (bytes === null ? rm(path) : writeFile(path, bytes));
      },
    };
  };

  checkBlobStore(() => Promise.resolve(open()));

  it('creates folders with mode 700 and removes its temporary files', async () => {
    const { folder, store } = open();
    const { hash } = await store.put(Buffer.from('x'));
    for (const part of ['', 'blobs', `blobs/${hash.slice(0, 2)}`])
      expect(((await stat(join(folder, part))).mode & 0o777).toString(8)).toBe('700');
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('ignores temporary files of a killed writer', async () => {
    const { folder, store } = open();
    await mkdir(join(folder, 'scratch'), { recursive: true });
    await writeFile(join(folder, 'scratch', 'half'), 'half of a bl');
    const stored = await store.put(Buffer.from('x'));
    const listed = [];
    for await (const { hash, bytes } of store.list()) listed.push({ hash, bytes });
    expect(listed).toEqual([stored]);
  });

  it('spares a blob that is stored again or renewed, however old it was', async () => {
    const { folder, store } = open();
    const { hash } = await store.put(Buffer.from('old'));
    const path = join(folder, blobKey(hash));
    const longAgo = new Date(Date.now() - 86_400_000);
    for (const use of [() => store.put(Buffer.from('old')), () => store.renew(hash)]) {
      await utimes(path, longAgo, longAgo);
      const before = Date.now() - 3_600_000;
      await use();
      expect(await store.removeOlder(hash, before)).toBe(false);
    }
    await utimes(path, longAgo, longAgo);
    expect(await store.removeOlder(hash, Date.now() - 3_600_000)).toBe(true);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('never takes a blob from a writer that stores it again during a collection', async () => {
    const { folder, store } = open();
    const content = Buffer.from('wanted again');
    const { hash } = await store.put(content);
    const longAgo = new Date(Date.now() - 86_400_000);
    for (let round = 0; round < 200; round++) {
      await utimes(join(folder, blobKey(hash)), longAgo, longAgo);
      const before = Date.now() - 3_600_000;
      await Promise.all([store.removeOlder(hash, before), store.put(content)]);
      expect(await store.has(hash)).toBe(true);
    }
  });

  it('removes its temporary file when writing fails', async () => {
    const { folder, store } = open();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'blobs'), 'a file where a folder should be');
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await readdir(join(folder, 'scratch')).catch(() => [])).toEqual([]);
  });
});
