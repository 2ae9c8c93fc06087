import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { forEachRow } from '../../../platform/postgres/copy-rows.js';
import { NO_USER, SLICES } from '../buckets.js';

/** Memory of all buffers together, and the most for one. */
const BUFFERED_BYTES = 16 * 2 ** 20;
const MOST_BUFFERED = 256 * 1024;
const ZERO = 0x30;
const COMMA = 0x2c;

/** The rows of one bucket as CSV: the number that places the user, then the columns. */
export interface BucketFile {
  readonly bucket: number;
  readonly path: string;
  readonly rows: number;
  /** Bytes of the longest row. */
  readonly longest: number;
}

/** Appends to a file in large pieces. */
class CsvWriter {
  readonly #path: string;
  readonly #buffer: Buffer;
  readonly #file: number;
  #used = 0;
  rows = 0;
  longest = 0;

  constructor(path: string, bufferBytes: number) {
    this.#path = path;
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
    this.#file = openSync(path, 'wx', 0o600);
  }

  add(rows: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#used + length > this.#buffer.length) this.#flush();
    if (length > this.#buffer.length) writeSync(this.#file, rows, start, length);
    else this.#used += rows.copy(this.#buffer, this.#used, start, end);
    this.rows += 1;
    if (length > this.longest) this.longest = length;
  }

  #flush(): void {
    if (this.#used > 0) writeSync(this.#file, this.#buffer, 0, this.#used);
    this.#used = 0;
  }

  close(bucket: number): BucketFile {
    this.#flush();
    closeSync(this.#file);
    return { bucket, path: this.#path, rows: this.rows, longest: this.longest };
  }
}

/** The number at the beginning of a row; −1 where it is missing. */
function userHashOf(rows: Buffer, start: number): number {
  let at = start;
  let value = 0;
  while (rows[at] !== COMMA) value = value * 10 + rows[at++]! - ZERO;
  return at === start ? -1 : value;
}

/** Divides rows among the files of their buckets. Memory: at most 16 MB. */
export class BucketFiles {
  readonly #folder: string;
  readonly #buckets: number | null;
  readonly #writers = new Map<number, CsvWriter>();

  /** @param buckets - null: all rows are in one file, also those without a user. */
  constructor(folder: string, buckets: number | null) {
    this.#folder = folder;
    this.#buckets = buckets;
  }

  /** @param isTaken - whether rows of a slice are. @default all are */
  add(rows: Buffer, isTaken: ((slice: number) => boolean) | null = null): void {
    forEachRow(rows, (start, end) => {
      const hash = userHashOf(rows, start);
      if (isTaken === null || isTaken(hash < 0 ? -1 : hash % SLICES)) this.#writerOf(hash).add(rows, start, end + 1);
    });
  }

  #writerOf(hash: number): CsvWriter {
    const bucket = this.#buckets === null ? 0 : hash < 0 ? NO_USER : hash % this.#buckets;
    const known = this.#writers.get(bucket);
    if (known !== undefined) return known;
    const bytes = Math.min(MOST_BUFFERED, Math.floor(BUFFERED_BYTES / (this.#buckets ?? 1)));
    const writer = new CsvWriter(join(this.#folder, `bucket-${bucket}.csv`), bytes);
    this.#writers.set(bucket, writer);
    return writer;
  }

  /** Closes the files. @returns those with rows, by ascending bucket. */
  close(): BucketFile[] {
    const files = [...this.#writers].map(([bucket, writer]) => writer.close(bucket));
    this.#writers.clear();
    return files.sort((a, b) => a.bucket - b.bucket);
  }
}
