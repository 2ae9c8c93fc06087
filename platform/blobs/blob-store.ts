/** Name and size of a stored blob. */
export interface StoredBlob {
  /** sha256 of the bytes, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
}

/** A stored blob as a listing tells it. */
export interface ListedBlob extends StoredBlob {
  /** When it was last stored or renewed, milliseconds since the epoch. */
  readonly renewedAt: number;
}

/** Immutable bytes named by the hash of their content. Every implementation passes `checkBlobStore`. */
export interface BlobStore {
  /** Idempotent and atomic: a reader sees either the whole blob or none. A blob that is there is renewed. */
  put(bytes: Uint8Array): Promise<StoredBlob>;
  /** Like `put`, streamed from a local file. */
  putFile(path: string): Promise<StoredBlob>;
  /** @throws PipelineError `BLOB_NOT_FOUND`; `BLOB_CORRUPT` when the bytes do not hash to their name. */
  get(hash: string): Promise<Uint8Array>;
  /** A read-only local file with the blob's bytes, fetched and verified when the store is remote. Same errors as `get`. */
  localPath(hash: string): Promise<string>;
  has(hash: string): Promise<boolean>;
  /**
   * Like `has`, and from then on the blob counts as stored now, as after `put`: a collection of what nothing refers to
   * spares it. Call it before a record refers anew to a blob that an earlier run stored.
   */
  renew(hash: string): Promise<boolean>;
  /**
   * Removes a blob, unless it was stored or renewed at or after `before`, also in this very moment.
   * @param before - milliseconds since the epoch.  @returns false when it is not there or was spared.
   */
  removeOlder(hash: string, before: number): Promise<boolean>;
  list(): AsyncIterable<ListedBlob>;
}

/** Overwritable bytes from which an interrupted step resumes; no record refers to them, and the finished step removes them. */
export interface CheckpointStore {
  load(key: string): Promise<Uint8Array | null>;
  save(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Checkpoints that can be removed all at once, where what they hold must go whoever left it. */
export interface ClearableCheckpoints extends CheckpointStore {
  /** Removes all of them: interrupted steps begin anew. @returns their number. */
  clear(): Promise<number>;
}
