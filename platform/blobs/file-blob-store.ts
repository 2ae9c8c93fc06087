import { readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipelineError } from '../../contracts/errors.js';
import { absentAsNull, isMissing, namesIn, removeOlderFile, wasThere } from './absent.js';
import { writeAtomically, writeNamed, writePrivateFile } from './atomic-file.js';
import { blobCorrupt, blobKey } from './blob-key.js';
import type { BlobStore, ListedBlob, StoredBlob } from './blob-store.js';
import { copyHashed, sha256, sha256OfFile } from './hash.js';

/** Blobs as read-only files in `<folder>/blobs/<first two digits>/<hash>`, readable by the owner only. */
class FileBlobStore implements BlobStore {
  readonly #folder: string;
  /** For drafts of files. */
  readonly #scratch: string;
  /** Stamps of files whose bytes are known to be right, by hash. */
  readonly #trusted = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#scratch = join(folder, 'scratch');
  }

  async put(bytes: Uint8Array): Promise<StoredBlob> {
    const hash = sha256(bytes);
    await this.#store(hash, (draft) => writePrivateFile(draft, bytes));
    return { hash, bytes: bytes.byteLength };
  }

  async putFile(path: string): Promise<StoredBlob> {
    let blob: StoredBlob | undefined;
    await writeNamed(this.#scratch, async (draft) => {
      blob = await copyHashed(path, draft);
      return (await this.#isKept(blob.hash)) ? null : this.#path(blob.hash);
    });
    await this.#trust(blob!.hash);
    return blob!;
  }

  async get(hash: string): Promise<Uint8Array> {
    const bytes = await this.#found(hash, readFile(this.#path(hash)));
    const found = sha256(bytes);
    if (found !== hash) throw blobCorrupt(hash, found, this.#folder);
    return bytes;
  }

  async localPath(hash: string): Promise<string> {
    const path = this.#path(hash);
    if (await this.#isTrusted(hash)) return path;
    const { hash: found } = await this.#found(hash, sha256OfFile(path));
    if (found !== hash) throw blobCorrupt(hash, found, this.#folder);
    await this.#trust(hash);
    return path;
  }

  async has(hash: string): Promise<boolean> {
    try {
      return (await stat(this.#path(hash))).isFile();
    } catch (fault) {
      if (isMissing(fault)) return false;
      throw fault;
    }
  }

  async renew(hash: string): Promise<boolean> {
    const now = new Date();
    return wasThere(utimes(this.#path(hash), now, now));
  }

  removeOlder(hash: string, before: number): Promise<boolean> {
    return removeOlderFile(this.#path(hash), this.#scratch, before);
  }

  async *list(): AsyncIterable<ListedBlob> {
    const root = join(this.#folder, 'blobs');
    for (const shard of await namesIn(root))
      for (const hash of await namesIn(join(root, shard))) {
        const found = await absentAsNull(stat(join(root, shard, hash)));
        if (found !== null) yield { hash, bytes: found.size, renewedAt: found.mtimeMs };
      }
  }

  #path(hash: string): string {
    return join(this.#folder, blobKey(hash));
  }

  async #found<T>(hash: string, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (fault) {
      if (isMissing(fault)) throw pipelineError('BLOB_NOT_FOUND', { hash, store: this.#folder });
      throw fault;
    }
  }

  /** Keeps an intact file and replaces a damaged one, so that a repeated step repairs the store. */
  async #store(hash: string, fill: (draft: string) => Promise<void>): Promise<void> {
    if (!(await this.#isKept(hash))) await writeAtomically(this.#path(hash), this.#scratch, fill);
    await this.#trust(hash);
  }

  /** Whether an intact file is there already, which then counts as new. */
  async #isKept(hash: string): Promise<boolean> {
    const isIntact =
      (await this.#isTrusted(hash)) || (await absentAsNull(sha256OfFile(this.#path(hash))))?.hash === hash;
    return isIntact && this.renew(hash);
  }

  /** A file that this process wrote or verified and that has not been touched since need not be hashed again. */
  async #isTrusted(hash: string): Promise<boolean> {
    const known = this.#trusted.get(hash);
    return known !== undefined && known === (await this.#stamp(hash));
  }

  async #trust(hash: string): Promise<void> {
    const stamp = await this.#stamp(hash);
    if (stamp !== null) this.#trusted.set(hash, stamp);
  }

  /** Changes when the file is written or replaced; null without a file. */
  async #stamp(hash: string): Promise<string | null> {
    const found = await absentAsNull(stat(this.#path(hash)));
    return found === null ? null : [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(' ');
  }
}

/** Blobs in a local folder. @param folder - absolute; created when the first blob is stored. */
export const createFileBlobStore = (folder: string): BlobStore => new FileBlobStore(folder);
