import type pg from 'pg';
import type { BackendTable } from '../../../../contracts/backend.js';
import type { SourceColumns } from '../../../../contracts/schema-changes.js';
import { readRelation } from './relation.js';

/**
 * The columns of a table in the source as they are now, in its own order; null when the catalogue cannot be read, which
 * costs a comparison and no run: the rows are read already.
 */
export const readSourceColumns = (pool: Pick<pg.Pool, 'query'>, table: BackendTable): Promise<SourceColumns | null> =>
  readRelation(pool as unknown as Pick<pg.ClientBase, 'query'>, table).then(
    ({ columns }) => columns.map(({ name, type }) => ({ name, type })),
    () => null,
  );
