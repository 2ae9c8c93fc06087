import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { KeyRing } from '../keys/key-ring.js';
import { withTemporaryFolder } from '../temporary-folders.js';
import { blobCorrupt, blobKey } from './blob-key.js';
import type { BlobStore, ListedBlob, StoredBlob } from './blob-store.js';
import { sha256, sha256OfFile, sha256OfSource } from './hash.js';
import type { Bucket } from './s3-bucket.js';
import {
  contentBytes,
  HEAD_BYTES,
  keyVersionOf,
  openStream,
  rewrapStream,
  sealedBytes,
  sealStream,
} from './sealed-format.js';

/** How blobs are encrypted. */
export interface Sealing {
  readonly keys: () => Promise<KeyRing>;
  /** Whether new blobs are encrypted; what is encrypted is read in any case. */
  readonly seals: boolean;
}

/** A blob store that encrypts. */
export interface SealedBlobStore extends BlobStore {
  /** Seals every blob's data key by the newest key of the ring. Can be repeated after an interruption. */
  rewrap(): Promise<{ readonly rewrapped: number; readonly current: number }>;
}

const PREFIX = 'sealed/';
/** Throws for a name that is no hash, as that of a plain blob. */
const keyOf = (hash: string): string => blobKey(hash).replace(/^blobs\//, PREFIX);
const hashOf = (key: string): string => key.split('/').at(-1) ?? key;

/** An object that was written this short ago is not renewed again: in a bucket each time is a request. */
const RENEWED_MS = 60 * 60_000;

/** Content that was decrypted into files for readers that need a path; removed when the process ends. */
class OpenedFiles {
  #folder: Promise<string> | null = null;
  readonly #paths = new Map<string, Promise<string>>();

  pathOf(hash: string, fill: (path: string) => Promise<void>): Promise<string> {
    const known = this.#paths.get(hash);
    if (known !== undefined) return known;
    const made = this.#make(hash, fill);
    this.#paths.set(hash, made);
    made.catch(() => this.#paths.delete(hash));
    return made;
  }

  async #make(hash: string, fill: (path: string) => Promise<void>): Promise<string> {
    const folder = await (this.#folder ??= this.#create());
    const path = join(folder, hash);
    try {
      await fill(`${path}.draft`);
      await rename(`${path}.draft`, path);
      return path;
    } finally {
      await rm(`${path}.draft`, { force: true });
    }
  }

  /** What a killed process leaves is removed by the next start, by the process number in the name. */
  async #create(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `ml-${process.pid}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
}

/** Encrypted blobs as objects of a bucket or folder, beside plain ones from before there was encryption. */
class SealingStore implements SealedBlobStore {
  readonly #bucket: Bucket;
  readonly #plain: BlobStore;
  readonly #sealing: Sealing;
  readonly #opened = new OpenedFiles();

  constructor(bucket: Bucket, plain: BlobStore, sealing: Sealing) {
    this.#bucket = bucket;
    this.#plain = plain;
    this.#sealing = sealing;
  }

  async put(bytes: Uint8Array): Promise<StoredBlob> {
    if (!this.#sealing.seals) return this.#plain.put(bytes);
    const content = Uint8Array.from(bytes);
    const blob = { hash: sha256(content), bytes: content.byteLength };
    await this.#seal(blob, () => one(content));
    return blob;
  }

  async putFile(path: string): Promise<StoredBlob> {
    if (!this.#sealing.seals) return this.#plain.putFile(path);
    const blob = await sha256OfSource(path);
    await this.#seal(blob, () => createReadStream(path) as AsyncIterable<Uint8Array>);
    return blob;
  }

  get(hash: string): Promise<Uint8Array> {
    return this.#either(
      () => this.#openBytes(hash),
      () => this.#plain.get(hash),
    );
  }

  localPath(hash: string): Promise<string> {
    return this.#either(
      () => this.#openFile(hash),
      () => this.#plain.localPath(hash),
    );
  }

  /** What is stored in the usual form is found at once; the other form is from before a change of the setting. */
  async #either<T>(sealed: () => Promise<T>, plain: () => Promise<T>): Promise<T> {
    const [usual, other] = this.#sealing.seals ? [sealed, plain] : [plain, sealed];
    try {
      return await usual();
    } catch (fault) {
      if (fault instanceof PipelineError && fault.code === 'BLOB_NOT_FOUND') return other();
      throw fault;
    }
  }

  async #openBytes(hash: string): Promise<Uint8Array> {
    const sealed = await this.#stream(hash);
    const chunks: Buffer[] = [];
    for await (const chunk of openStream(await this.#sealing.keys(), hash, sealed)) chunks.push(chunk);
    const bytes = new Uint8Array(Buffer.concat(chunks));
    return this.#verified(hash, sha256(bytes), bytes);
  }

  async #openFile(hash: string): Promise<string> {
    // Also when it was opened before: a blob that is gone is not found.
    if ((await this.#bucket.describe(keyOf(hash))) === null) throw this.#absent(hash);
    return this.#opened.pathOf(hash, async (path) => {
      const sealed = await this.#stream(hash);
      const content = openStream(await this.#sealing.keys(), hash, sealed);
      await pipeline(content, createWriteStream(path, { mode: 0o400 }));
      this.#verified(hash, (await sha256OfFile(path)).hash, null);
    });
  }

  async #stream(hash: string): Promise<AsyncIterable<Uint8Array>> {
    const sealed = await this.#bucket.stream(keyOf(hash));
    if (sealed === null) throw this.#absent(hash);
    return sealed;
  }

  #absent(hash: string): PipelineError {
    return pipelineError('BLOB_NOT_FOUND', { hash, store: this.#bucket.name });
  }

  async has(hash: string): Promise<boolean> {
    const isSealed = async (): Promise<boolean> => (await this.#bucket.describe(keyOf(hash))) !== null;
    const isPlain = (): Promise<boolean> => this.#plain.has(hash);
    const [usual, other] = this.#sealing.seals ? [isSealed, isPlain] : [isPlain, isSealed];
    return (await usual()) || other();
  }

  async renew(hash: string): Promise<boolean> {
    if (!this.#sealing.seals && (await this.#plain.renew(hash))) return true;
    const found = await this.#bucket.describe(keyOf(hash));
    if (found === null) return this.#plain.renew(hash);
    const isNew = Date.now() - found.modifiedAt < RENEWED_MS && this.#bucket.name.startsWith('s3:');
    return isNew || this.#bucket.renew(keyOf(hash));
  }

  async removeOlder(hash: string, before: number): Promise<boolean> {
    const sealed = await this.#bucket.removeOlder(keyOf(hash), before);
    return (await this.#plain.removeOlder(hash, before)) || sealed;
  }

  async *list(): AsyncIterable<ListedBlob> {
    const sealed = new Set<string>();
    for await (const { key, bytes, modifiedAt } of this.#bucket.list(PREFIX)) {
      sealed.add(hashOf(key));
      yield { hash: hashOf(key), bytes: contentBytes(bytes), renewedAt: modifiedAt };
    }
    for await (const blob of this.#plain.list()) if (!sealed.has(blob.hash)) yield blob;
  }

  async rewrap(): Promise<{ readonly rewrapped: number; readonly current: number }> {
    const keys = await this.#sealing.keys();
    const newest = keyVersionOf(await firstOf(sealStream(keys, sha256(''), none())));
    const counts = { rewrapped: 0, current: 0 };
    for await (const { key } of this.#bucket.list(PREFIX)) {
      const isCurrent = await this.#isSealedBy(key, newest);
      if (!isCurrent)
        await this.#write(key, rewrapStream(keys, hashOf(key), (await this.#bucket.stream(key)) ?? none()));
      counts[isCurrent ? 'current' : 'rewrapped'] += 1;
    }
    return counts;
  }

  async #isSealedBy(key: string, version: number): Promise<boolean> {
    const sealed = await this.#bucket.stream(key);
    if (sealed === null) return true; // removed meanwhile
    const head = await firstOf(sealed);
    return head.length >= HEAD_BYTES && keyVersionOf(head) === version;
  }

  /** An intact object is kept. A plain blob of the content stays: somebody may be reading its file. */
  async #seal({ hash, bytes }: StoredBlob, content: () => AsyncIterable<Uint8Array>): Promise<void> {
    const key = keyOf(hash);
    const found = await this.#bucket.describe(key);
    const isStored = found?.bytes === sealedBytes(bytes) && (await this.#isIntact(hash)) && (await this.renew(hash));
    if (!isStored) await this.#write(key, sealStream(await this.#sealing.keys(), hash, content()));
  }

  /** Reads it, so that a repeated step repairs a damaged blob. */
  async #isIntact(hash: string): Promise<boolean> {
    const sealed = await this.#bucket.stream(keyOf(hash));
    if (sealed === null) return false;
    const opened = openStream(await this.#sealing.keys(), hash, sealed);
    try {
      for (let next = await opened.next(); next.done !== true; next = await opened.next());
      return true;
    } catch {
      return false;
    }
  }

  #write(key: string, sealed: AsyncIterable<Uint8Array>): Promise<void> {
    return withTemporaryFolder(async (folder) => {
      const path = join(folder, 'sealed');
      await pipeline(sealed, createWriteStream(path, { mode: 0o600 }));
      const { hash, bytes: length } = await sha256OfFile(path);
      await this.#bucket.write(key, { path, length, sha256: hash });
    });
  }

  #verified<T>(hash: string, found: string, value: T): T {
    if (found !== hash) throw blobCorrupt(hash, found, this.#bucket.name);
    return value;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function* none(): AsyncGenerator<Uint8Array> {
  // nothing
}

async function firstOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of stream) return chunk;
  return new Uint8Array();
}

/** @param plain - blobs that are not encrypted, in the same place. */
export const createSealedBlobStore = (bucket: Bucket, plain: BlobStore, sealing: Sealing): SealedBlobStore =>
  new SealingStore(bucket, plain, sealing);
