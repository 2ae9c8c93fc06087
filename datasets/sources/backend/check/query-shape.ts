import type pg from 'pg';
import type { TableSpec } from '../../../../contracts/backend.js';
import type { FoundColumn } from '../column-types.js';
import { schemaMismatch, type SourceFinding } from './finding.js';
import { findingsOfColumns } from './shape.js';

/** Names and types of a result, from the catalogue. */
const typesStatement = `
  select t.oid::int as oid, format_type(t.oid, null) as type, format_type(b.oid, null) as "baseType",
         b.typtype = 'e' as "isEnum"
  from pg_type t join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid) where t.oid = any($1::oid[])`;

type FoundType = Pick<FoundColumn, 'type' | 'baseType' | 'isEnum'>;

/** The columns that a query returns. Reads no row; the caller began the transaction. */
export async function queryColumns(
  client: Pick<pg.ClientBase, 'query'>,
  sql: string,
  source: string,
): Promise<readonly FoundColumn[]> {
  const { fields } = await client.query<pg.QueryResultRow>({ text: sql, values: [source, '', new Date(0), 0] });
  const oids = fields.map(({ dataTypeID }) => dataTypeID);
  const { rows } = await client.query<FoundType & { readonly oid: number }>(typesStatement, [oids]);
  const types = new Map(rows.map(({ oid, ...type }) => [oid, type]));
  const unknown = { type: 'unknown', baseType: 'unknown', isEnum: false };
  // Whether keys are ordered by their bytes cannot be seen in the result; the order of the rows shows it.
  return fields.map(({ name, dataTypeID }) => {
    return { name, ...(types.get(dataTypeID) ?? unknown), bytewise: true, selectable: true };
  });
}

/** How findings name a query. */
export const queryName = ({ name }: Pick<TableSpec, 'name'>): string => `${name}.sql`;

/** Compares what a query returns with the documented columns; a date of birth may be a moment of midnight UTC too. */
export function queryFindings(spec: TableSpec, columns: readonly FoundColumn[]): readonly SourceFinding[] {
  const found = columns.map((column) => {
    const isMoment = column.name === 'birth_date' && column.baseType === 'timestamp with time zone';
    return isMoment ? { ...column, type: 'date', baseType: 'date' } : column;
  });
  return findingsOfColumns(spec.columns, queryName(spec), { kind: 'view', user: '', columns: found });
}

/** Keys in ascending order of their bytes, each once: what pages by key depend on. @param ids - in the order read. */
export function orderFinding(spec: TableSpec, ids: readonly (string | null)[]): SourceFinding | null {
  const at = ids.findIndex((id, i) => i > 0 && id !== null && !isBefore(ids[i - 1] ?? '', id));
  if (at < 0) return null;
  return {
    table: queryName(spec),
    column: 'id',
    severity: 'error',
    found: `row ${at + 1} does not come after the key before it`,
    wanted: 'rows with id > $2, by ascending bytes of id, each id once, at most $4',
    remedy: 'where id collate "C" > $2 … order by id collate "C" limit $4',
  };
}

const isBefore = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

/** @throws PipelineError `SOURCE_SCHEMA_MISMATCH` when a query does not return the documented columns. */
export async function requireQuery(
  client: Pick<pg.ClientBase, 'query'>,
  { spec, sql, source }: { readonly spec: TableSpec; readonly sql: string; readonly source: string },
): Promise<void> {
  const findings = queryFindings(spec, await queryColumns(client, sql, source));
  if (findings.length > 0) throw schemaMismatch(findings);
}
