import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { blobCorrupt, blobKey } from './blob-key.js';
import type { BlobStore, ListedBlob, StoredBlob } from './blob-store.js';
import { sha256, sha256OfSource } from './hash.js';
import type { Bucket } from './s3-bucket.js';

/** An object that was written or renewed this short ago is not renewed again: each time is a request. */
const RENEWED_MS = 60 * 60_000;

/** Blobs as objects of a bucket, with verified copies in a local store; blobs are immutable, so no copy goes stale. */
class S3BlobStore implements BlobStore {
  readonly #bucket: Bucket;
  readonly #cache: BlobStore;

  constructor(bucket: Bucket, cache: BlobStore) {
    this.#bucket = bucket;
    this.#cache = cache;
  }

  async put(bytes: Uint8Array): Promise<StoredBlob> {
    const blob = { hash: sha256(bytes), bytes: bytes.byteLength };
    if (!(await this.#isStored(blob))) await this.#bucket.write(blobKey(blob.hash), { bytes, sha256: blob.hash });
    return blob;
  }

  async putFile(path: string): Promise<StoredBlob> {
    const blob = await sha256OfSource(path);
    const body = { path, length: blob.bytes, sha256: blob.hash };
    if (!(await this.#isStored(blob))) await this.#bucket.write(blobKey(blob.hash), body);
    return blob;
  }

  async get(hash: string): Promise<Uint8Array> {
    return (await this.#cached(() => this.#cache.get(hash))) ?? this.#fetch(hash);
  }

  async localPath(hash: string): Promise<string> {
    const cached = await this.#cached(() => this.#cache.localPath(hash));
    if (cached !== null) return cached;
    await this.#fetch(hash);
    return this.#cache.localPath(hash);
  }

  async has(hash: string): Promise<boolean> {
    return (await this.#bucket.describe(blobKey(hash))) !== null;
  }

  async renew(hash: string): Promise<boolean> {
    const found = await this.#bucket.describe(blobKey(hash));
    return found !== null && this.#renewed(hash, found.modifiedAt);
  }

  async removeOlder(hash: string, before: number): Promise<boolean> {
    if (!(await this.#bucket.removeOlder(blobKey(hash), before))) return false;
    await this.#cache.removeOlder(hash, Number.POSITIVE_INFINITY);
    return true;
  }

  async *list(): AsyncIterable<ListedBlob> {
    for await (const { key, bytes, modifiedAt } of this.#bucket.list('blobs/'))
      yield { hash: key.split('/').at(-1) ?? key, bytes, renewedAt: modifiedAt };
  }

  async #renewed(hash: string, modifiedAt: number): Promise<boolean> {
    return Date.now() - modifiedAt < RENEWED_MS || this.#bucket.renew(blobKey(hash));
  }

  /** Compares sizes, so that an object truncated by another program is stored again. */
  async #isStored({ hash, bytes }: StoredBlob): Promise<boolean> {
    const found = await this.#bucket.describe(blobKey(hash));
    return found?.bytes === bytes && this.#renewed(hash, found.modifiedAt);
  }

  async #fetch(hash: string): Promise<Uint8Array> {
    const bytes = await this.#bucket.read(blobKey(hash));
    if (bytes === null) throw pipelineError('BLOB_NOT_FOUND', { hash, store: this.#bucket.name });
    const found = sha256(bytes);
    if (found !== hash) throw blobCorrupt(hash, found, this.#bucket.name);
    await this.#cache.put(bytes);
    return bytes;
  }

  /** @returns null when the local copy is absent or damaged, so that the caller fetches it again. */
  async #cached<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (fault) {
      const refetch = fault instanceof PipelineError && ['BLOB_NOT_FOUND', 'BLOB_CORRUPT'].includes(fault.code);
      if (refetch) return null;
      throw fault;
    }
  }
}

/** Blobs in a bucket. @param cache - a local store for verified copies; it may be emptied at any time. */
export const createS3BlobStore = (bucket: Bucket, cache: BlobStore): BlobStore => new S3BlobStore(bucket, cache);
