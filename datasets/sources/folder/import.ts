import { basename, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Pool } from 'pg';
import { backendTables, type BackendTable } from '../../../contracts/backend.js';
import { PipelineError } from '../../../contracts/errors.js';
import { GENERATED_SOURCE, OWN_SOURCE, sourceName } from '../../../contracts/ids.js';
import { withTemporaryFolder } from '../../../platform/temporary-folders.js';
import { quoteName, quoteText, withDuckDb } from '../../snapshots/duckdb.js';
import { schemaMismatch, type SourceFinding } from '../backend/check/finding.js';
import { type CopyFile, replaceSourceByFiles, type RowCounts } from '../backend/load.js';
import { migrateBackend } from '../backend/migrate.js';
import type { SourceCatalog } from '../catalog.js';
import { checkTableFiles, type FolderTable } from './check-table.js';
import { findTableFiles } from './find-files.js';
import { rowsOf } from './read-table.js';

/** What a folder holds, and what stands in the way of reading it. */
export interface FolderCheck {
  /** Absolute. */
  readonly folder: string;
  readonly tables: readonly FolderTable[];
  /** Tables without files; they are read as empty. */
  readonly absent: readonly BackendTable[];
  readonly findings: readonly SourceFinding[];
}

/** Source name and row counts of a finished import. */
export interface FolderImport {
  readonly source: string;
  readonly rows: RowCounts;
  readonly absent: readonly BackendTable[];
}

/**
 * Compares the tables of a folder with the documented columns and reads every value. Loads nothing.
 * @throws PipelineError as `findTableFiles`; `MALFORMED_FILE`.
 */
export const checkFolder = (folder: string): Promise<FolderCheck> =>
  withDuckDb((connection) => checkWith(connection, folder));

async function checkWith(connection: DuckDBConnection, folder: string): Promise<FolderCheck> {
  const tables: FolderTable[] = [];
  for (const files of await findTableFiles(folder)) tables.push(await checkTableFiles(connection, files));
  const absent = backendTables.filter((table) => tables.every(({ files }) => files.table !== table));
  return { folder: resolve(folder), tables, absent, findings: tables.flatMap(({ findings }) => findings) };
}

/**
 * The name of a folder's source: the given one, else that of the folder.
 * @throws PipelineError `INVALID_INPUT` for a name that no source may have, or that of generated rows.
 */
export function folderSource(folder: string, name: string | undefined): string {
  const wanted = name ?? basename(resolve(folder));
  const parsed = sourceName.safeParse(wanted);
  if (parsed.success && wanted !== OWN_SOURCE && wanted !== GENERATED_SOURCE) return parsed.data;
  const found = name === undefined ? `the folder is called "${wanted}"` : `the name is "${wanted}"`;
  const reason = parsed.success ? 'it is the name of another kind of source' : parsed.error.issues[0]!.message;
  throw new PipelineError('INVALID_INPUT', `${found}: ${reason}; give another with --name`, { source: wanted });
}

/**
 * Loads the tables of a folder into the backend's tables as a source, replacing its previous rows in one transaction, and
 * makes it the active one. From then on it is extracted, checked and kept in snapshots as any other source. Tables
 * without files become empty. Amounts are kept to two decimals, rates to five. Memory does not grow with the rows.
 * @throws PipelineError `SOURCE_SCHEMA_MISMATCH` for the first finding of a check, before anything is changed; as
 *   `checkFolder`.
 */
export async function importFolder(
  stores: { readonly backendPool: Pool; readonly catalog: Pick<SourceCatalog, 'add'> },
  folder: string,
  source: string,
): Promise<FolderImport> {
  return withDuckDb(async (connection) => {
    const { tables, absent, findings, folder: path } = await checkWith(connection, folder);
    if (findings.length > 0) throw schemaMismatch(findings, {}, undefined, 'the folder');
    const rows = await withTemporaryFolder(async (scratch) => {
      const files: CopyFile[] = [];
      for (const table of tables) files.push(await writeCopyFile(connection, table, { scratch, source }));
      await migrateBackend(stores.backendPool);
      return replaceSourceByFiles(stores.backendPool, source, files);
    });
    const detail = { folder: path, synthetic: false, tables: tables.length, transactions: rows.transactions };
    await stores.catalog.add(source, detail, { activate: true });
    return { source, rows, absent };
  });
}

async function writeCopyFile(
  connection: DuckDBConnection,
  { files, readings }: FolderTable,
  { scratch, source }: { readonly scratch: string; readonly source: string },
): Promise<CopyFile> {
  const path = join(scratch, `${files.table}.csv`);
  const columns = readings.map(({ spec, value }) => `${value} as ${quoteName(spec.name)}`);
  await connection.run(
    `copy (select ${quoteText(source)} as source, ${columns.join(', ')} from ${rowsOf(files)})
     to ${quoteText(path)} (format csv, header false)`,
  );
  return { table: files.table, path };
}
