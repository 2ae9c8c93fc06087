/** Name and size of a stored blob. */
export interface StoredBlob {
  /** sha256 of the bytes, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
}

/** Immutable bytes named by the hash of their content. Every implementation passes `checkBlobStore`. */
export interface BlobStore {
  /** Idempotent and atomic: a reader sees either the whole blob or none. */
  put(bytes: Uint8Array): Promise<StoredBlob>;
  /** Like `put`, streamed from a local file. */
  putFile(path: string): Promise<StoredBlob>;
  /** @throws PipelineError `BLOB_NOT_FOUND`; `BLOB_CORRUPT` when the bytes do not hash to their name. */
  get(hash: string): Promise<Uint8Array>;
  /** A read-only local file with the blob's bytes, fetched and verified when the store is remote. Same errors as `get`. */
  localPath(hash: string): Promise<string>;
  has(hash: string): Promise<boolean>;
  list(): AsyncIterable<StoredBlob>;
}

/** Overwritable bytes from which an interrupted step resumes; no record refers to them, and the finished step removes them. */
export interface CheckpointStore {
  load(key: string): Promise<Uint8Array | null>;
  save(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}
