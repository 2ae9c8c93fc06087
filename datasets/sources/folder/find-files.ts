import { readdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { type BackendTable, backendTables } from '../../../contracts/backend.js';
import { PipelineError } from '../../../contracts/errors.js';
import { fileNotReadable } from '../../../platform/file-not-readable.js';
import { nearestHint } from '../../../contracts/nearest-name.js';

export type TableFormat = 'parquet' | 'csv';

/** The files of one table, in the order of their names. */
export interface TableFiles {
  readonly table: BackendTable;
  readonly format: TableFormat;
  /** Absolute; at least one. */
  readonly paths: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const visible = found.filter(({ name }) => !name.startsWith('.'));
    return visible
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (fault) {
    throw fileNotReadable(folder, fault);
  }
}

function formatOf(name: string): TableFormat | null {
  const ending = extname(name).toLowerCase();
  if (ending === '.parquet') return 'parquet';
  return ending === '.csv' ? 'csv' : null;
}

const invalid = (message: string): PipelineError => new PipelineError('INVALID_INPUT', message);

function tableNamed(name: string, where: string): BackendTable {
  const found = backendTables.find((table) => table === name);
  if (found !== undefined) return found;
  const hint = nearestHint(name, backendTables);
  throw invalid(`${where} is named after no table${hint}; tables: ${backendTables.join(', ')}`);
}

async function filesOf(folder: string, { name, isFolder }: Entry): Promise<readonly string[]> {
  const path = join(folder, name);
  if (!isFolder) return formatOf(name) === null ? [] : [path];
  const below = await entriesOf(path);
  return below
    .filter((entry) => !entry.isFolder && formatOf(entry.name) !== null)
    .map((entry) => join(path, entry.name));
}

/**
 * Finds the tables of a folder: `<table>.parquet`, `<table>.csv`, or a sub-folder `<table>` with such files, all of one
 * format. Hidden files and files with another ending are passed over.
 * @throws PipelineError `FILE_NOT_READABLE`; `INVALID_INPUT` for names of no table, a table that is there twice, two
 *   formats in one table, and a folder without any table.
 */
export async function findTableFiles(folder: string): Promise<readonly TableFiles[]> {
  const root = resolve(folder);
  const found = new Map<BackendTable, readonly string[]>();
  for (const entry of await entriesOf(root)) {
    const paths = await filesOf(root, entry);
    if (paths.length === 0) continue;
    const where = join(root, entry.name);
    const table = tableNamed(entry.isFolder ? entry.name : entry.name.slice(0, -extname(entry.name).length), where);
    if (found.has(table)) throw invalid(`${root} has the table ${table} twice: ${where} is the second`);
    found.set(table, paths);
  }
  if (found.size === 0)
    throw invalid(`${root} holds no table; wanted <table>.parquet, <table>.csv, or sub-folders named after the tables`);
  return backendTables.flatMap((table) => {
    const paths = found.get(table);
    return paths === undefined ? [] : [{ table, format: onlyFormat(table, paths), paths }];
  });
}

function onlyFormat(table: BackendTable, paths: readonly string[]): TableFormat {
  const formats = [...new Set(paths.map(formatOf))];
  if (formats.length > 1) throw invalid(`the table ${table} has Parquet and CSV files; wanted one format`);
  return formats[0]!;
}
