import { type BackendTable, backendTables, type TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { EXAMPLE_ZONE, sourceColumn, sqlTypeOf } from './column-types.js';
import { tableSpecs } from './tables.js';

/** Which views the template has. */
export interface TemplateOptions {
  /** @default all nine */
  readonly only?: readonly BackendTable[];
  /** Tables that the product has nothing for: their views have no rows. @default none */
  readonly empty?: readonly BackendTable[];
}

/** Schema that the template selects from; the user puts in the real one. */
const APPLICATION = 'app';

/** A line of SQL with what follows it in a comment; without the blanks at its end. */
const commented = (sql: string, comment: string): string => `${sql.padEnd(58)} -- ${comment}`;

const nullability = ({ nullable }: ColumnSpec): string => (nullable === true ? 'or null' : 'required');

/** A column of the select list, and what follows it: a comma, or nothing after the last one. */
interface Selected {
  readonly column: ColumnSpec;
  /** Table whose key it holds. */
  readonly references: string | undefined;
  readonly comma: '' | ',';
}

/** Maps the words of the product to those of the list. A word without a line stays, so that check-source counts it. */
function mapping({ column, comma }: Selected): string[] {
  const { name, categories = [] } = column;
  return [
    commented(`  case ${name}::text`, `${nullability(column)}; your words on the left, ours on the right`),
    ...categories.map((word) => `    when '${word}' then '${word}'`),
    commented(`    else ${name}::text end as ${name}${comma}`, column.description),
  ];
}

/** Moments are not cast: a cast would read a timestamp without time zone by the zone of the session. */
function expressionOf(column: ColumnSpec): string {
  const { name } = column;
  const wanted = sqlTypeOf(column);
  return wanted === 'timestamptz' ? name : `${name}::${wanted} as ${name}`;
}

function selected(one: Selected): string[] {
  const { column, references, comma } = one;
  if (column.categories !== undefined) return mapping(one);
  const key = references === undefined ? '' : ` Key of ${references}.`;
  const comment = `${nullability(column)}; ${column.description}${key}`;
  return [commented(`  ${expressionOf(column)}${comma}`, comment)];
}

/** Dropped first, because a view that is replaced keeps the types of its columns. */
const createView = (name: BackendTable): string =>
  `drop view if exists backend.${name};\ncreate view backend.${name} as\nselect\n  'backend'::text as ${sourceColumn.name},`;

function viewOf({ name, columns, foreignKeys, eventTime }: TableSpec): string {
  const lines = columns.flatMap((column, i) =>
    selected({ column, references: foreignKeys[column.name], comma: i < columns.length - 1 ? ',' : '' }),
  );
  const dated = eventTime === null ? '' : ` Rows are dated by ${eventTime}.`;
  return [`-- ${name}.${dated}`, createView(name), ...lines, `from ${APPLICATION}.${name};`].join('\n');
}

/** A view with the columns of a table and no rows. */
export function emptyView(name: BackendTable): string {
  const columns = tableSpecs[name].columns.map((column) => `  null::${sqlTypeOf(column)} as ${column.name}`);
  return `-- ${name}: nothing in this product.\n${createView(name)}\n${columns.join(',\n')}\nwhere false;`;
}

const preface = `-- Views from which ml-services reads a database of your own; docs/backend-schema.md has every column.
-- Each view selects from a table of the same name in schema ${APPLICATION}: put in your own tables and columns.
-- Where you have nothing for a column that may be null, write null::<type>. For a table that you have nothing for,
-- take the view of \`ml data template backend --only <table> --empty <table>\`.
-- Times are timestamptz and are not cast here. Of a timestamp without time zone write
--   booked_at at time zone '${EXAMPLE_ZONE}' as booked_at    -- the zone in which your product writes
-- A category whose word has no line below stays as it is. \`ml data check-source\` counts such words, and checks the rest.

create schema if not exists backend;`;

const indexes = (tables: readonly BackendTable[]): string =>
  tables.map((name) => `-- create index on ${APPLICATION}.${name} ((id::text collate "C"));`).join('\n');

const rights = `-- The user of BACKEND_DATABASE_URL. Views read with their owner's rights, so it needs none on ${APPLICATION}:
-- create role ml_reader login password '…';
-- grant usage on schema backend to ml_reader;
-- grant select on all tables in schema backend to ml_reader;
-- alter default privileges in schema backend grant select on tables to ml_reader;   -- for views that are made anew
-- alter role ml_reader set default_transaction_read_only = on;`;

/**
 * SQL that creates the views of schema `backend` over an application's tables, made from the specs of the tables. It runs
 * as it stands on a schema `app` with tables and columns of the same names; usually it is edited first.
 */
export function renderTemplate({ only = backendTables, empty = [] }: TemplateOptions = {}): string {
  const views = only.map((name) => (empty.includes(name) ? emptyView(name) : viewOf(tableSpecs[name])));
  const full = only.filter((name) => !empty.includes(name));
  const pages =
    full.length === 0
      ? []
      : [`-- Pages are read in the order of the key; large tables need an index on it:\n${indexes(full)}`];
  return `${[preface, ...views, ...pages, rights].join('\n\n')}\n`;
}
