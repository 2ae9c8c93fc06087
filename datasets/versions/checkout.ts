import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BackendTable } from '../../contracts/backend.js';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { fullStorageCause, storageFull } from '../../platform/outage.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from '../snapshots/duckdb.js';
import { loadSnapshot } from '../snapshots/snapshot-store.js';
import { snapshotParts } from './parts.js';
import { describeFiles } from './row-difference.js';

export const checkoutFormats = ['parquet', 'csv'] as const;
export type CheckoutFormat = (typeof checkoutFormats)[number];

/** What a checkout wrote. */
export interface Checkout {
  readonly hash: string;
  /** Absolute. */
  readonly folder: string;
  readonly format: CheckoutFormat;
  readonly tables: readonly { readonly table: BackendTable; readonly rows: number; readonly files: number }[];
}

/** Name of the file that says which snapshot a folder holds. */
export const MANIFEST_FILE = 'snapshot.json';

/** Customers' rows: for their owner alone. */
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Writes a snapshot into a folder that can be read back as a folder source: for Parquet a sub-folder for each table with
 * the snapshot's parts as they are stored, for CSV one file for each table (missing = empty, an empty text = "").
 * The folder appears when everything is written; a checkout that fails or is killed leaves at most a hidden draft beside it.
 * @param target - must not exist, or be an empty folder.
 * @throws PipelineError `INVALID_INPUT` for another target; `STORAGE_FULL`; `DATASET_NOT_FOUND`; those of the blob store.
 */
export async function checkoutSnapshot(
  blobs: BlobStore,
  hash: string,
  { target, format }: { readonly target: string; readonly format: CheckoutFormat },
): Promise<Checkout> {
  const folder = resolve(target);
  await requireEmpty(folder);
  const draft = join(dirname(folder), `.${basename(folder)}-${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true, mode: PRIVATE_FOLDER });
    const tables = await writeTables(blobs, hash, { draft, format });
    await rmdir(folder).catch(ignoreMissing);
    await rename(draft, folder);
    return { hash, folder, format, tables };
  } catch (fault) {
    throw writingFault(folder, fault);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : '';

function ignoreMissing(fault: unknown): void {
  if (codeOf(fault) !== 'ENOENT') throw fault;
}

function writingFault(folder: string, fault: unknown): unknown {
  if (fault instanceof PipelineError) return fault;
  if (fullStorageCause(fault) !== null) return storageFull(dirname(folder), fault);
  return new PipelineError(
    'INVALID_INPUT',
    `cannot write ${folder}: ${messageOf(fault)}`,
    { folder },
    { cause: fault },
  );
}

async function requireEmpty(folder: string): Promise<void> {
  const refused = (why: string): PipelineError =>
    new PipelineError('INVALID_INPUT', `${folder} ${why}; wanted a folder that is empty or does not exist`, { folder });
  try {
    const names = await readdir(folder);
    if (names.length > 0) throw refused(`holds ${names.length} files or folders`);
  } catch (fault) {
    if (codeOf(fault) === 'ENOTDIR') throw refused('is a file');
    if (fault instanceof PipelineError) throw fault;
    ignoreMissing(fault);
  }
}

async function writeTables(
  blobs: BlobStore,
  hash: string,
  { draft, format }: { readonly draft: string; readonly format: CheckoutFormat },
): Promise<Checkout['tables']> {
  const manifest = await loadSnapshot(blobs, hash);
  const all = snapshotParts(manifest);
  const write = format === 'parquet' ? copyParts : writeCsv;
  const tables = [];
  for (const { table, rows } of manifest.tables) {
    const hashes = all.filter((part) => part.table === table).map((part) => part.hash);
    tables.push({ table, rows, files: await write(blobs, hashes, join(draft, table)) });
  }
  const described = `${JSON.stringify({ hash, ...manifest }, null, 2)}\n`;
  await writeFile(join(draft, MANIFEST_FILE), described, { mode: PRIVATE_FILE });
  return tables;
}

/** @returns the number of files. */
async function copyParts(blobs: BlobStore, hashes: readonly string[], folder: string): Promise<number> {
  await mkdir(folder, { mode: PRIVATE_FOLDER });
  const digits = Math.max(4, String(hashes.length).length);
  for (const [index, hash] of hashes.entries()) {
    const file = join(folder, `part-${String(index).padStart(digits, '0')}.parquet`);
    await copyFile(await blobs.localPath(hash), file);
    await chmod(file, PRIVATE_FILE);
  }
  return hashes.length;
}

async function writeCsv(blobs: BlobStore, hashes: readonly string[], path: string): Promise<number> {
  if (hashes.length === 0) return 0;
  const file = `${path}.csv`;
  const paths = await Promise.all(hashes.map((hash) => blobs.localPath(hash)));
  await withDuckDb(async (connection) => {
    const columns = [...(await describeFiles(connection, paths))].map(([name, type]) => {
      const column = quoteName(name);
      return type.startsWith('TIMESTAMP') ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') as ${column}` : column;
    });
    await connection.run(
      `copy (select ${columns.join(', ')} from ${parquetRows(paths)}) to ${quoteText(file)} (format csv, header)`,
    );
  });
  await chmod(file, PRIVATE_FILE);
  return 1;
}
