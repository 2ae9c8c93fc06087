import type pg from 'pg';
import type { FoundColumn } from '../column-types.js';

/** What stands under the name of one table, as the user of the connection sees it. */
export interface Relation {
  readonly schemaExists: boolean;
  /** Whether the user may use the schema. */
  readonly schemaUsable: boolean;
  /** Null: there is no such table or view. */
  readonly kind: 'table' | 'view' | null;
  /** The role whose rights a view reads with; null without a relation. */
  readonly owner: string | null;
  /** The user of the connection. */
  readonly user: string;
  readonly columns: readonly FoundColumn[];
}

/*
 * Reads system catalogues only, which every user may read: what is there is known also where the user has no rights.
 * `to_jsonb(d)` because older servers have no column datlocprovider.
 */
const statement = `
  select current_user::text as "user", n.oid is not null as "schemaExists",
         coalesce(has_schema_privilege(n.oid, 'usage'), false) as "schemaUsable", c.relkind::text as kind,
         pg_get_userbyid(c.relowner)::text as owner, a.attname::text as name,
         format_type(a.atttypid, a.atttypmod) as type, format_type(b.oid, null) as "baseType",
         b.typtype = 'e' as "isEnum",
         case when a.attcollation = 0 then true
              when l.collname = 'default' then coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') <> 'i'
                                               and d.datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
              else l.collname in ('C', 'POSIX', 'ucs_basic', 'C.UTF-8', 'C.utf8', 'pg_c_utf8') end as bytewise,
         has_column_privilege(c.oid, a.attnum, 'select') as selectable
  from pg_database d
  left join pg_namespace n on n.nspname = 'backend'
  left join pg_class c on c.relnamespace = n.oid and c.relname = $1 and c.relkind in ('r', 'p', 'f', 'v', 'm')
  left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_type t on t.oid = a.atttypid
  left join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
  left join pg_collation l on l.oid = a.attcollation
  where d.datname = current_database()
  order by a.attnum`;

/** A column, or one row without any for a relation that is not there. */
interface Row extends Omit<Relation, 'kind' | 'columns'>, Omit<FoundColumn, 'name'> {
  readonly kind: string | null;
  readonly name: string | null;
}

/** Describes one table of schema `backend` from the catalogue; reads no row of it. */
export async function readRelation(client: Pick<pg.ClientBase, 'query'>, table: string): Promise<Relation> {
  const { rows } = await client.query<Row>(statement, [table]);
  const { user, schemaExists, schemaUsable, owner, kind } = rows[0]!;
  const columns = rows.flatMap(({ name, type, baseType, isEnum, bytewise, selectable }) =>
    name === null ? [] : [{ name, type, baseType, isEnum, bytewise, selectable }],
  );
  return { user, schemaExists, schemaUsable, owner, kind: kindOf(kind), columns };
}

function kindOf(relkind: string | null): Relation['kind'] {
  if (relkind === null) return null;
  return relkind === 'v' ? 'view' : 'table';
}
