import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendTable } from '../../../contracts/backend.js';
import { projectRoot } from '../../../platform/project.js';

/**
 * The SQL that extraction reads a table with, in pages by key. Its parameters: $1 source, $2 last key of the page before
 * ('' = from the start), $3 the as-of moment, $4 rows of a page.
 */
export const extractionQuery = (table: BackendTable): Promise<string> =>
  readFile(join(projectRoot, 'datasets/sources/backend/queries', `${table}.sql`), 'utf8');
