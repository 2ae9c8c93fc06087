import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBlobStore } from '../../tests/support/check-blob-store.js';
import { rotateKey } from '../keys/key-file.js';
import { type KeyRing, openKeyRing } from '../keys/key-ring.js';
import { openBlobStore, openCheckpointStore, openSealedBlobStore, openSealedCheckpointStore } from './open.js';
import { contentBytes, openStream, sealedBytes, sealStream } from './sealed-format.js';

let root: string;
let keys: KeyRing;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealed-blobs-'));
  keys = await openKeyRing({ home: join(root, 'home'), keyRingFile: null });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function* streamOf(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}
async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const HASH = 'a'.repeat(64);
const seal = (content: Uint8Array, hash = HASH) => bytesOf(sealStream(keys, hash, streamOf(content)));
const open = (sealed: Uint8Array, hash = HASH, ring = keys) => bytesOf(openStream(ring, hash, streamOf(sealed)));

describe('the format of sealed blobs', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])('opens %d bytes, however the stream is cut', async (size) => {
    const content = randomBytes(size);
    const sealed = await seal(content);
    expect(sealed.length).toBe(sealedBytes(size));
    expect(contentBytes(sealed.length)).toBe(size);
    expect((await open(sealed)).equals(content)).toBe(true);
    const pieces = Array.from({ length: 7 }, (_, i) =>
      sealed.subarray((i * sealed.length) / 7, ((i + 1) * sealed.length) / 7),
    );
    expect((await bytesOf(openStream(keys, HASH, streamOf(...pieces)))).equals(content)).toBe(true);
    if (size > 16) expect(sealed.includes(content.subarray(0, 16))).toBe(false);
  });

  it('refuses what was changed, cut off at any place, moved, or belongs to another blob', async () => {
    const sealed = await seal(randomBytes(150_000));
    const refused = { code: 'BLOB_CORRUPT' };
    for (const at of [0, 10, 60, 100, 70_000, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      const opened = open(changed);
      await expect(opened).rejects.toMatchObject({
        code: expect.stringMatching(/BLOB_CORRUPT|DECRYPTION_FAILED|KEY_NOT_FOUND/) as unknown,
      });
    }
    const chunk = 65_536 + 16;
    const head = sealed.length - (150_000 + 3 * 16);
    for (const length of [0, 20, head, head + 5, head + chunk, head + chunk + 9, head + 2 * chunk, sealed.length - 1])
      await expect(open(sealed.subarray(0, length))).rejects.toMatchObject(refused);
    const swapped = Buffer.concat([
      sealed.subarray(0, head),
      sealed.subarray(head + chunk, head + 2 * chunk),
      sealed.subarray(head, head + chunk),
      sealed.subarray(head + 2 * chunk),
    ]);
    await expect(open(swapped)).rejects.toMatchObject(refused);
    await expect(open(sealed, 'b'.repeat(64))).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });

  it('refuses another installation’s key', async () => {
    const other = await openKeyRing({ home: join(root, 'other'), keyRingFile: null });
    await expect(open(await seal(randomBytes(10)), HASH, other)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
  });
});

describe('createSealedBlobStore', () => {
  const backend = () => {
    const folder = join(root, String((count += 1)));
    const uri = pathToFileURL(folder).href;
    const store = () => openSealedBlobStore(uri, join(folder, 'cache'), { keys: async () => keys, seals: true });
    return {
      folder,
      uri,
      store: store(),
      plain: openBlobStore(uri, join(folder, 'cache')),
      checkpoints: openSealedCheckpointStore(uri, { keys: async () => keys, seals: true }),
      reopen: store,
      pathOf: (hash: string) => join(folder, 'sealed', hash.slice(0, 2), hash),
    };
  };

  checkBlobStore(async () => {
    const { pathOf, ...rest } = backend();
    const damage = async (hash: string, bytes: Uint8Array | null): Promise<void> => {
      await chmod(pathOf(hash), 0o600);
      await (bytes === null ? rm(pathOf(hash)) : writeFile(pathOf(hash), bytes));
    };
    return { ...rest, damage };
  });

  it('stores no content in clear, and reads plain blobs from before', async () => {
    const { store, plain, pathOf, folder } = backend();
    const old = await plain.put(Buffer.from('stored before encryption'));
    expect(new TextDecoder().decode(await store.get(old.hash))).toBe('stored before encryption');
    const { hash } = await store.put(Buffer.from('a private text of a customer'));
    expect((await readFile(pathOf(hash))).includes('private')).toBe(false);
    expect(await plain.has(hash)).toBe(false);
    await store.put(Buffer.from('stored before encryption'));
    expect((await readFile(pathOf(old.hash))).includes('before')).toBe(false);
    expect(await store.removeOlder(old.hash, Date.now() + 60_000)).toBe(true);
    expect([await plain.has(old.hash), await store.has(old.hash)]).toEqual([false, false]);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('writes plain blobs when it is off, and still reads sealed ones', async () => {
    const { store, uri, folder } = backend();
    const { hash } = await store.put(Buffer.from('sealed'));
    const off = openSealedBlobStore(uri, join(folder, 'cache'), { keys: async () => keys, seals: false });
    expect(new TextDecoder().decode(await off.get(hash))).toBe('sealed');
    expect([await off.has(hash), await off.renew(hash)]).toEqual([true, true]);
    expect(await readFile(await off.localPath(hash), 'utf8')).toBe('sealed');
    const plain = await off.put(Buffer.from('plain'));
    expect(await openBlobStore(uri, folder).has(plain.hash)).toBe(true);
  });

  it('encrypts checkpoints, and reads those that were saved in clear', async () => {
    const { checkpoints, uri } = backend();
    const clear = openCheckpointStore(uri);
    await checkpoints.save('run/1', Buffer.from('rows of customers'));
    expect(Buffer.from((await clear.load('run/1'))!).includes('customers')).toBe(false);
    expect(new TextDecoder().decode(await checkpoints.load('run/1'))).toBe('rows of customers');
    await clear.save('run/2', Buffer.from('from before'));
    expect(new TextDecoder().decode(await checkpoints.load('run/2'))).toBe('from before');
    const off = openSealedCheckpointStore(uri, { keys: async () => keys, seals: false });
    await off.save('run/3', Buffer.from('in clear'));
    expect(new TextDecoder().decode(await clear.load('run/3'))).toBe('in clear');
  });

  it('leaves nothing of a blob whose file goes while it is being stored', async () => {
    const { store, folder } = backend();
    await expect(store.putFile(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
    const listed = [];
    for await (const blob of store.list()) listed.push(blob);
    expect(listed).toEqual([]);
  });

  it('seals the data keys anew after a rotation, once, without the old key afterwards', async () => {
    const { store, uri, folder } = backend();
    const settings = { home: join(root, 'rotated'), keyRingFile: null };
    const ring = await openKeyRing(settings);
    const open = (with_: KeyRing) => openSealedBlobStore(uri, folder, { keys: async () => with_, seals: true });
    const content = randomBytes(100_000);
    const { hash } = await open(ring).put(content);
    expect(await open(ring).rewrap()).toEqual({ rewrapped: 0, current: 1 });
    await rotateKey(settings, 'blobs');
    const newer = await openKeyRing(settings);
    expect(await open(newer).rewrap()).toEqual({ rewrapped: 1, current: 0 });
    expect(await open(newer).rewrap()).toEqual({ rewrapped: 0, current: 1 });
    expect(Buffer.from(await open(newer).get(hash)).equals(content)).toBe(true);
    await expect(store.get(hash)).rejects.toMatchObject({
      code: expect.stringMatching(/DECRYPTION|KEY_NOT/) as unknown,
    });
  });
});
