import type { TableSpec } from '../../../../contracts/backend.js';
import type { ColumnSpec } from '../../../../contracts/dataset.js';
import { castOf, type FoundColumn, hazardOf, isAccepted, sourceColumn, sqlTypeOf } from '../column-types.js';
import type { SourceFinding } from './finding.js';
import type { Relation } from './relation.js';

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

const error = (table: string, rest: Omit<SourceFinding, 'table' | 'severity' | 'column'> & { column?: string }) => ({
  table,
  column: null,
  severity: 'error' as const,
  ...rest,
});

const templateHint = (name: string): string => `ml data template backend --only ${name}`;

/** Why a table cannot be read at all; null when it can. */
function closedFinding({ name }: TableSpec, relation: Relation): SourceFinding | null {
  const { schemaExists, schemaUsable, kind } = relation;
  const user = quoted(relation.user);
  if (!schemaExists)
    return error('backend', {
      found: 'no schema `backend`',
      wanted: 'a schema `backend` with nine tables or views',
      remedy: 'ml data template backend > views.sql',
    });
  if (kind === null)
    return error(`backend.${name}`, { found: 'missing', wanted: 'a table or view', remedy: templateHint(name) });
  if (!schemaUsable)
    return error('backend', {
      found: `the user ${relation.user} may not use the schema`,
      wanted: 'the right of usage',
      remedy: `grant usage on schema backend to ${user};`,
    });
  if (relation.columns.every(({ selectable }) => !selectable))
    return error(`backend.${name}`, {
      found: `the user ${relation.user} may not read it`,
      wanted: 'the right to select',
      remedy: `grant select on backend.${name} to ${user};`,
    });
  return null;
}

function missingColumn(spec: ColumnSpec, table: string, kind: Relation['kind']): SourceFinding {
  const wanted = sqlTypeOf(spec);
  const nullable = spec.nullable === true;
  const expression = `${nullable ? 'null' : '<your column>'}::${wanted} as ${spec.name}`;
  const change = `alter table ${table} add column ${spec.name} ${wanted};`;
  const remedy = kind === 'table' ? change : expression;
  return error(table, { column: spec.name, found: 'missing', wanted, remedy });
}

function wrongType(found: FoundColumn, spec: ColumnSpec, place: { table: string; kind: Relation['kind'] }) {
  const wanted = sqlTypeOf(spec);
  const hazard = hazardOf(found, wanted);
  const cast = castOf({ ...found, name: quoted(found.name) }, wanted);
  const change = `alter table ${place.table} alter column ${spec.name} type ${wanted} using ${cast};`;
  return error(place.table, {
    column: spec.name,
    found: hazard === '' ? found.type : `${found.type} (${hazard})`,
    wanted,
    remedy: place.kind === 'table' ? change : `${cast} as ${spec.name}`,
  });
}

type SeenColumns = Pick<Relation, 'kind' | 'user' | 'columns'>;

function columnFinding(spec: ColumnSpec, table: string, relation: SeenColumns): SourceFinding | null {
  const found = relation.columns.find(({ name }) => name === spec.name);
  if (found === undefined) return missingColumn(spec, table, relation.kind);
  if (!found.selectable)
    return error(table, {
      column: spec.name,
      found: `the user ${relation.user} may not read it`,
      wanted: 'the right to select',
      remedy: `grant select on ${table} to ${quoted(relation.user)};`,
    });
  if (isAccepted(found, sqlTypeOf(spec))) return null;
  return wrongType(found, spec, { table, kind: relation.kind });
}

/**
 * Compares a table with its spec by the catalogue alone: existence, rights, columns, types, collation of keys.
 * @returns what a run would stumble over, in the order of the columns; [] when the table can be read.
 */
export function shapeFindings(spec: TableSpec, relation: Relation): readonly SourceFinding[] {
  const closed = closedFinding(spec, relation);
  if (closed !== null) return [closed];
  return findingsOfColumns([sourceColumn, ...spec.columns], `backend.${spec.name}`, relation);
}

/** The part of `shapeFindings` about columns. @param table - how findings name the relation. */
export const findingsOfColumns = (
  columns: readonly ColumnSpec[],
  table: string,
  relation: SeenColumns,
): readonly SourceFinding[] => columns.flatMap((column) => columnFinding(column, table, relation) ?? []);
