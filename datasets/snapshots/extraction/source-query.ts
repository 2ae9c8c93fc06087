import type { TableSpec } from '../../../contracts/backend.js';
import { inlineParameters } from '../../sources/backend/inline-parameters.js';
import { postgresHash, SLICES, userColumnOf } from '../buckets.js';
import { quoteName } from '../duckdb.js';

/** Ends the queries of the source; without it all rows are read in any order. */
const PAGING = /\border\s+by\s+[\w."]+\s+limit\s+\$4\s*;?\s*$/i;

/** SQL of one table, and what it is asked for. */
export interface SourceQuery {
  readonly spec: TableSpec;
  /** As `extractionQuery` gives it. */
  readonly sql: string;
  readonly source: string;
  /** Milliseconds. */
  readonly asOf: number;
  /** Condition over the rows `q` that are left out, see `forgottenRows`. @default none is */
  readonly leftOut?: string | null;
}

const withoutEnd = (sql: string): string => sql.trimEnd().replace(/;$/, '');

const fill = ({ source, asOf }: SourceQuery, sql: string, page: { readonly after: string; readonly rows: number }) =>
  inlineParameters(sql, [source, page.after, new Date(asOf).toISOString(), page.rows]);

/** All rows that a query without its paging gives, as a query for the clause `from`. */
export const unpagedRows = (query: SourceQuery): string =>
  fill(query, withoutEnd(query.sql.replace(PAGING, '')), { after: '', rows: Number.MAX_SAFE_INTEGER });

/** All rows that are extracted, as a query for the clause `from`. */
function allRows(query: SourceQuery): string {
  const rows = unpagedRows(query);
  const { leftOut = null } = query;
  return leftOut === null ? rows : `select q.* from (${rows}) q where not coalesce(${leftOut}, false)`;
}

const hashOfUser = ({ spec }: SourceQuery): string => {
  const column = userColumnOf(spec.name);
  return column === null ? 'null::bigint' : postgresHash(`q.${quoteName(column)}`);
};

const sliceOfRow = (query: SourceQuery): string => `coalesce(${hashOfUser(query)} % ${SLICES}, -1)`;

const columnsOf = ({ spec }: SourceQuery): string => spec.columns.map(({ name }) => `q.${quoteName(name)}`).join(', ');

const copied = (select: string): string => `copy (${select}) to stdout (format csv)`;

/** A page, as a query for the clause `from`. Where rows are left out the limit comes after them: a page stays full. */
function pageRows(query: SourceQuery, page: { readonly after: string; readonly rows: number }): string {
  if ((query.leftOut ?? null) === null) return fill(query, withoutEnd(query.sql), page);
  const after = inlineParameters('q.id > $1', [page.after]);
  return `select q.* from (${allRows(query)}) q where ${after} order by q.id limit ${page.rows}`;
}

/** One page in key order: the number that places the user's rows, then the columns. */
export const pageStatement = (query: SourceQuery, page: { readonly after: string; readonly rows: number }): string =>
  copied(`select ${hashOfUser(query)}, ${columnsOf(query)} from (${pageRows(query, page)}) q`);

/** A page of the rows of some slices. @param upTo - the last key, inclusive; null: there is no end. */
export function slicesStatement(
  query: SourceQuery,
  { slices, upTo }: { readonly slices: readonly number[]; readonly upTo: string | null },
  { after, rows }: { readonly after: string; readonly rows: number },
): string {
  const select = `select ${hashOfUser(query)}, ${columnsOf(query)} from (${allRows(query)}) q`;
  const chosen = `where ${sliceOfRow(query)} in (${slices.join(', ')})`;
  const keys = inlineParameters(upTo === null ? 'q.id > $1' : 'q.id > $1 and q.id <= $2', [after, upTo ?? '']);
  return copied(`${select} ${chosen} and ${keys} order by q.id limit ${rows}`);
}

/** Rows and checksum of each slice: the sum of 64-bit hashes of the rows, which does not depend on their order. */
export const checksumStatement = (query: SourceQuery): string =>
  `select slice::int as slice, count(*)::text as rows, sum(hash)::text as sum
   from (select ${sliceOfRow(query)} as slice, hashtextextended(row(${columnsOf(query)})::text, 0) as hash
         from (${allRows(query)}) q) as hashed
   group by slice order by slice`;

/** The slices of rows by id; parameter: $1 ids. */
export const sliceLookup = (query: SourceQuery): string =>
  `select q.id, ${sliceOfRow(query)}::int as slice from (${allRows(query)}) q where q.id = any($1)`;

/** The distinct users with rows in some slices. @param slices - at least one. */
export const usersStatement = (query: SourceQuery, slices: readonly number[]): string => {
  const user = `q.${quoteName(userColumnOf(query.spec.name)!)}`;
  const chosen = `${hashOfUser(query)} % ${SLICES} in (${slices.join(', ')})`;
  return `select distinct ${user} as id from (${unpagedRows(query)}) q where ${user} is not null and ${chosen}`;
};
