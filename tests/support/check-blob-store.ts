import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore, CheckpointStore, StoredBlob } from '../../platform/blobs/blob-store.js';

/** One empty backend under test. */
export interface BlobBackend {
  readonly store: BlobStore;
  readonly checkpoints: CheckpointStore;
  /** Opens the same storage as another process would: without the cache or memory of the first. */
  reopen(): BlobStore;
  /** Replaces the stored bytes without the store; null removes them. */
  damage(hash: string, bytes: Uint8Array | null): Promise<void>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const errorWith = (code: string) => expect.objectContaining({ code }) as unknown;

async function all(store: BlobStore): Promise<StoredBlob[]> {
  const found: StoredBlob[] = [];
  for await (const { hash, bytes } of store.list()) found.push({ hash, bytes });
  return found;
}

/** The contracts of `BlobStore` and `CheckpointStore`. */
export function checkBlobStore(open: () => Promise<BlobBackend>): void {
  let folder: string;
  let backend: BlobBackend;
  let store: BlobStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-blob-store-'));
  });
  beforeEach(async () => {
    backend = await open();
    store = backend.store;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const fileWith = async (bytes: Uint8Array): Promise<string> => {
    const path = join(folder, randomBytes(8).toString('hex'));
    await writeFile(path, bytes);
    return path;
  };

  it('stores bytes under their sha256 and returns them', async () => {
    expect(await store.put(text('abc'))).toEqual({
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
    });
    const found = await store.get('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(new TextDecoder().decode(found)).toBe('abc');
  });

  it.each([0, 1, 5_000_000])('stores %d bytes from memory and from a file for every reader', async (size) => {
    const bytes = randomBytes(size);
    const stored = await store.put(bytes);
    expect(await store.putFile(await fileWith(bytes))).toEqual(stored);
    expect(Buffer.from(await backend.reopen().get(stored.hash)).equals(bytes)).toBe(true);
    expect((await readFile(await backend.reopen().localPath(stored.hash))).equals(bytes)).toBe(true);
    expect(await all(store)).toEqual([stored]);
  });

  it('stores a file whose bytes were not stored before', async () => {
    const bytes = randomBytes(300_000);
    const stored = await store.putFile(await fileWith(bytes));
    expect(stored).toEqual({ hash: sha256(bytes), bytes: 300_000 });
    expect(await backend.reopen().has(stored.hash)).toBe(true);
  });

  it('copies bytes: changing the given or the returned bytes changes no blob', async () => {
    const bytes = text('first');
    const { hash } = await store.put(bytes);
    bytes.fill(0);
    (await store.get(hash)).fill(0);
    expect(new TextDecoder().decode(await store.get(hash))).toBe('first');
  });

  it('stores one blob for 30 concurrent writers of the same bytes', async () => {
    const bytes = randomBytes(200_000);
    const path = await fileWith(bytes);
    const writers = Array.from({ length: 30 }, (_, index) => (index % 2 ? store.put(bytes) : store.putFile(path)));
    expect(new Set((await Promise.all(writers)).map(({ hash }) => hash))).toEqual(new Set([sha256(bytes)]));
    expect(await all(store)).toEqual([{ hash: sha256(bytes), bytes: 200_000 }]);
  });

  it('shows concurrent readers the whole blob or none during a write', async () => {
    const bytes = randomBytes(3_000_000);
    const hash = sha256(bytes);
    const reader = backend.reopen();
    let writing = true;
    const written = store.put(bytes).finally(() => (writing = false));
    while (writing) {
      const seen = await reader.get(hash).catch((fault: unknown) => fault);
      if (seen instanceof Error) expect(seen).toEqual(errorWith('BLOB_NOT_FOUND'));
      else expect((seen as Uint8Array).byteLength).toBe(bytes.byteLength);
    }
    await written;
    expect((await reader.get(hash)).byteLength).toBe(bytes.byteLength);
  });

  it('lists every blob with its size, and nothing in an empty store', async () => {
    expect(await all(store)).toEqual([]);
    const stored = await Promise.all(Array.from({ length: 20 }, (_, size) => store.put(randomBytes(size + 1))));
    const byHash = (a: StoredBlob, b: StoredBlob): number => (a.hash < b.hash ? -1 : 1);
    expect((await all(store)).sort(byHash)).toEqual([...stored].sort(byHash));
  });

  it('removes what was stored and renewed before a moment, and nothing else', async () => {
    const { hash } = await store.put(text('old'));
    for await (const { renewedAt } of store.list()) expect(await store.removeOlder(hash, renewedAt)).toBe(false);
    expect(await store.renew(hash)).toBe(true);
    expect(await store.removeOlder(hash, Date.now() + 60_000)).toBe(true);
    expect(await store.has(hash)).toBe(false);
    await expect(store.get(hash)).rejects.toEqual(errorWith('BLOB_NOT_FOUND'));
    expect(await store.removeOlder(hash, Date.now() + 60_000)).toBe(false);
    expect(await store.renew(hash)).toBe(false);
    await store.put(text('old'));
    expect(new TextDecoder().decode(await store.get(hash))).toBe('old');
  });

  it('reports a missing blob', async () => {
    const absent = sha256(text('absent'));
    expect(await store.has(absent)).toBe(false);
    await expect(store.get(absent)).rejects.toEqual(errorWith('BLOB_NOT_FOUND'));
    await expect(store.localPath(absent)).rejects.toEqual(errorWith('BLOB_NOT_FOUND'));
  });

  it.each(['', '../../etc/passwd', 'ABC', `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`, 'A'.repeat(64)])(
    'refuses a name that is not a hash: %j',
    async (name) => {
      await expect(store.get(name)).rejects.toEqual(errorWith('INVALID_INPUT'));
      await expect(store.localPath(name)).rejects.toEqual(errorWith('INVALID_INPUT'));
      await expect(store.has(name)).rejects.toEqual(errorWith('INVALID_INPUT'));
    },
  );

  it('detects truncated and changed bytes', async () => {
    const { hash } = await store.put(text('the bytes'));
    for (const bytes of [text('the byte'), text('the bytez'), text('')]) {
      await backend.damage(hash, bytes);
      await expect(backend.reopen().get(hash)).rejects.toEqual(errorWith('BLOB_CORRUPT'));
      await expect(backend.reopen().localPath(hash)).rejects.toEqual(errorWith('BLOB_CORRUPT'));
    }
  });

  it('restores a truncated or lost blob when it is put again', async () => {
    const { hash } = await store.put(text('the bytes'));
    for (const bytes of [text('the'), null]) {
      await backend.damage(hash, bytes);
      await store.put(text('the bytes'));
      expect(new TextDecoder().decode(await backend.reopen().get(hash))).toBe('the bytes');
    }
  });

  it('provides files that only the owner can read', async () => {
    const { hash } = await store.put(text('private'));
    const { mode } = await stat(await store.localPath(hash));
    expect((mode & 0o777).toString(8)).toBe('400');
  });

  it('names the file that it cannot read', async () => {
    await expect(store.putFile(join(folder, 'absent'))).rejects.toEqual(errorWith('FILE_NOT_READABLE'));
    await expect(store.putFile(folder)).rejects.toEqual(errorWith('FILE_NOT_READABLE'));
  });

  describe('checkpoints', () => {
    const key = 'weekly-retraining-2026-11-23/credit-risk-scorer:run/1';

    it('loads the last saved state, and null after removal', async () => {
      const { checkpoints } = backend;
      expect(await checkpoints.load(key)).toBeNull();
      await checkpoints.save(key, text('round 10'));
      await checkpoints.save(key, text('round 20'));
      expect(new TextDecoder().decode(await checkpoints.load(key))).toBe('round 20');
      expect(await checkpoints.load(`${key}/other`)).toBeNull();
      await checkpoints.remove(key);
      await checkpoints.remove(key);
      expect(await checkpoints.load(key)).toBeNull();
    });

    it('are not listed as blobs', async () => {
      await backend.checkpoints.save(key, text('state'));
      expect(await all(store)).toEqual([]);
    });

    it('hold one complete state after concurrent saves', async () => {
      const states = Array.from({ length: 10 }, (_, index) => Buffer.alloc(100_000, index));
      await Promise.all(states.map((state) => backend.checkpoints.save(key, state)));
      const found = Buffer.from((await backend.checkpoints.load(key))!);
      expect(states.some((state) => state.equals(found))).toBe(true);
    });
  });
}
