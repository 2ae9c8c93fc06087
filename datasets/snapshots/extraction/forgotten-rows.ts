import type pg from 'pg';
import type { Forgotten } from '../../erasure/forgotten.js';
import type { BackendTable, TableSpec } from '../../../contracts/backend.js';
import { selectRows, textColumn } from '../../../learning/table.js';
import type { GivenFeedback } from '../../feedback/extract-feedback.js';
import { userColumnOf } from '../buckets.js';
import { owningTables, rowsOfUsers } from '../../erasure/rows-of-users.js';
import { extractionQuery } from '../../sources/backend/extraction-query.js';
import { tableSpecs } from '../../sources/backend/tables.js';
import { type SourceQuery, unpagedRows, usersStatement } from './source-query.js';

/** Later than every row: an annotation is left out whenever its text was written. */
const EVER = Date.UTC(9999, 0, 1);

/** Queries of the tables by which it is known whose the rows of a table are, by table. */
async function owningQueries(query: SourceQuery, folder: string | null): Promise<Map<BackendTable, SourceQuery>> {
  const queries = new Map<BackendTable, SourceQuery>();
  for (const table of owningTables(query.spec.name)) {
    const sql = table === query.spec.name ? query.sql : await extractionQuery(table, folder);
    queries.set(table, { spec: tableSpecs[table], sql, source: query.source, asOf: EVER });
  }
  return queries;
}

/**
 * Condition over the rows `q` of a source's table that extraction leaves out, because they are of customers who were
 * forgotten and whom the source still has. The source is asked for the users of the slices that are listed, so the ids
 * are nowhere but in this process.
 * @param folder - of BACKEND_QUERIES_DIR; null: the queries over schema `backend`.
 * @returns null when no row is.
 */
export async function forgottenRows(
  client: pg.ClientBase,
  query: SourceQuery,
  { forgotten, folder }: { readonly forgotten: Forgotten | null; readonly folder: string | null },
): Promise<string | null> {
  if (forgotten === null) return null;
  const queries = await owningQueries(query, folder);
  const found = new Set<string>();
  for (const owning of queries.values()) {
    const { rows } = await client.query<{ id: string }>(usersStatement(owning, forgotten.slices));
    for (const { id } of rows) if (forgotten.has(id)) found.add(id);
  }
  if (found.size === 0) return null;
  const rowsOf = (table: BackendTable): string | null => {
    const owning = queries.get(table);
    return owning === undefined ? null : `(${unpagedRows(owning)})`;
  };
  return rowsOfUsers(query.spec.name, [...found].sort(), { alias: 'q', rowsOf });
}

/** What callers of the API gave, without rows of customers who were forgotten. */
export function givenWithoutForgotten(
  given: GivenFeedback,
  spec: TableSpec,
  forgotten: Forgotten | null,
): GivenFeedback {
  const owner = userColumnOf(spec.name);
  if (forgotten === null || owner === null) return given;
  return {
    ...given,
    async *pages() {
      for await (const table of given.pages()) {
        const users = textColumn(table, owner);
        const kept = users.flatMap((user, row) => (user !== null && forgotten.has(user) ? [] : [row]));
        yield selectRows(table, kept);
      }
    },
  };
}
