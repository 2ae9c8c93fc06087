import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { packRow, type SealedRow, unpackRow } from '../../inference/prediction-log/sealed-row.js';
import { syncFolder } from '../../platform/blobs/atomic-file.js';
import { type HeldLock, tryLock } from '../../platform/embedded/processes/lock.js';

/* A record: 4 length, 4 CRC-32 of the row's bytes (both big endian), the row. */
const HEAD_BYTES = 8;
const ENDING = '.spool';
const LOCK = 'lock';

/** Rows in files, in the order in which they came, until the database takes them. */
export interface Spool {
  /** True when nothing waits: then rows may go to the database at once without overtaking others. */
  isEmpty(): boolean;
  /** Of the files that wait, those of processes that have ended included. */
  readonly bytes: number;
  /** Resolves when the rows are on the disk. One caller at a time. @throws the error of the file system. */
  append(rows: readonly SealedRow[]): Promise<void>;
  /**
   * Hands the rows of the oldest file to `write`, and removes the file when all were written.
   * @returns number of rows; 0 when nothing waits.
   */
  drainFile(write: (rows: readonly SealedRow[]) => Promise<void>): Promise<number>;
  close(): Promise<void>;
}

const isSpoolFile = (name: string): boolean => name.endsWith(ENDING);

/** Names sort by age. */
const fileName = (number: number): string => `${String(number).padStart(10, '0')}${ENDING}`;

interface Adopted {
  readonly files: string[];
  readonly locks: HeldLock[];
}

/** Files of processes that have ended; their folders stay locked by this process. */
function adoptFiles(root: string): Adopted {
  const adopted: Adopted = { files: [], locks: [] };
  for (const name of readdirSync(root).sort()) {
    const folder = join(root, name);
    const lock = tryLock(join(folder, LOCK));
    if (lock === null) continue; // its process runs
    const files = readdirSync(folder);
    if (files.every((file) => file === LOCK)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    adopted.locks.push(lock);
    adopted.files.push(...files.filter(isSpoolFile).sort().map((file) => join(folder, file))); // prettier-ignore
  }
  return adopted;
}

/**
 * A spool below this folder, with what processes that have ended left there. Each process writes to a folder of its own,
 * so that none reads a file that another one still writes to.
 * @param root - made with mode 700.
 * @param onDamage - told of a file that holds something else than was written; it is kept under another name.
 */
export function openSpool(root: string, onDamage: (file: string) => void): Spool {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const { files, locks } = adoptFiles(root);
  const folder = join(root, `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}`);
  mkdirSync(folder, { mode: 0o700 });
  const own = tryLock(join(folder, LOCK));
  return new FileSpool(folder, { files, locks: own === null ? locks : [...locks, own] }, onDamage);
}

/** A file that is read as a whole must not be large. */
const FILE_BYTES = 4 * 2 ** 20;

interface ActiveFile {
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
}

class FileSpool implements Spool {
  readonly #folder: string;
  /** Complete ones, oldest first. */
  readonly #files: string[];
  readonly #locks: readonly HeldLock[];
  readonly #onDamage: (file: string) => void;
  #active: ActiveFile | null = null;
  #number = 0;
  #bytes = 0;
  #busy: Promise<void> = Promise.resolve();

  constructor(folder: string, { files, locks }: Adopted, onDamage: (file: string) => void) {
    this.#folder = folder;
    this.#files = files;
    this.#locks = locks;
    this.#onDamage = onDamage;
    this.#bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  isEmpty(): boolean {
    return this.#files.length === 0 && this.#active === null;
  }

  append(rows: readonly SealedRow[]): Promise<void> {
    return this.#alone(() => this.#append(rows));
  }

  async #append(rows: readonly SealedRow[]): Promise<void> {
    const active = (this.#active ??= await this.#create());
    const bytes = Buffer.concat(rows.map(recordOf));
    try {
      await active.file.appendFile(bytes);
      await active.file.datasync();
      active.bytes += bytes.length;
      this.#bytes += bytes.length;
      if (active.bytes > FILE_BYTES) await this.#complete();
    } catch (fault) {
      await this.#complete(); // what may follow a half-written record is written to another file
      throw fault;
    }
  }

  async drainFile(write: (rows: readonly SealedRow[]) => Promise<void>): Promise<number> {
    if (this.#files.length === 0) await this.#alone(() => this.#complete());
    const path = this.#files[0];
    if (path === undefined) return 0;
    const bytes = await readFile(path);
    const { rows, damaged } = readRecords(bytes);
    if (rows.length > 0) await write(rows);
    if (damaged) await this.#keepDamaged(path);
    else await rm(path, { force: true });
    this.#files.shift();
    this.#bytes -= bytes.length;
    return rows.length;
  }

  async close(): Promise<void> {
    await this.#alone(() => this.#complete());
    for (const lock of this.#locks) lock.release();
    if (this.#files.length === 0) await rm(this.#folder, { recursive: true, force: true });
  }

  async #create(): Promise<ActiveFile> {
    const path = join(this.#folder, fileName((this.#number += 1)));
    const file = await open(path, 'wx', 0o600);
    await syncFolder(this.#folder);
    return { path, file, bytes: 0 };
  }

  /** One after the other: a file must not be closed while rows are written to it. */
  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  async #keepDamaged(path: string): Promise<void> {
    const kept = `${path}.damaged`;
    await rename(path, kept);
    this.#onDamage(kept);
  }

  /** The next rows go to another file. */
  async #complete(): Promise<void> {
    const active = this.#active;
    if (active === null) return;
    this.#active = null;
    this.#files.push(active.path);
    await active.file.close().catch(() => undefined);
  }
}

function recordOf(row: SealedRow): Buffer {
  const body = packRow(row);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(body.length, 0);
  head.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

interface Records {
  readonly rows: readonly SealedRow[];
  /** True when a record is not what was written; one that ends early was never acknowledged and is no damage. */
  readonly damaged: boolean;
}

export function readRecords(bytes: Buffer): Records {
  const rows: SealedRow[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at);
    const body = bytes.subarray(at + HEAD_BYTES, end);
    if (end > bytes.length) break;
    if (crc32(body) !== bytes.readUInt32BE(at + 4)) return { rows, damaged: true };
    rows.push(unpackRow(body));
    at = end;
  }
  return { rows, damaged: false };
}
