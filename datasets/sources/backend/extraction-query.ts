import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendTable } from '../../../contracts/backend.js';
import { messageOf } from '../../../contracts/errors.js';
import { invalidPath } from '../../../platform/config/invalid-setting.js';
import { projectRoot } from '../../../platform/project.js';

const OWN_QUERIES = join(projectRoot, 'datasets/sources/backend/queries');

/**
 * The SQL that extraction reads a table with, in pages by key. Its parameters: $1 source, $2 last key of the page before
 * ('' = from the start), $3 the as-of moment, $4 rows of a page.
 * @param folder - of BACKEND_QUERIES_DIR; null: the queries over schema `backend`.
 * @throws PipelineError `INVALID_CONFIG` when the folder has no query of the table.
 */
export async function extractionQuery(table: BackendTable, folder: string | null = null): Promise<string> {
  const path = join(folder ?? OWN_QUERIES, `${table}.sql`);
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if (folder === null) throw fault;
    const wanted = `a query of the table ${table}; start from the one in datasets/sources/backend/queries`;
    throw invalidPath('BACKEND_QUERIES_DIR', path, `cannot be read (${messageOf(fault)}), wanted ${wanted}`);
  }
}
