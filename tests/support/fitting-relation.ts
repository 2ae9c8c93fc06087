import type { TableSpec } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import type { Relation } from '../../datasets/sources/backend/check/relation.js';
import { type FoundColumn, sourceColumn, sqlTypeOf } from '../../datasets/sources/backend/column-types.js';

const baseTypes = {
  'text collate "C"': 'text',
  text: 'text',
  date: 'date',
  numeric: 'numeric',
  integer: 'integer',
  timestamptz: 'timestamp with time zone',
  boolean: 'boolean',
} as const;

/** A column that fits its specification, as the catalogue of the database would describe it. */
export function fittingColumn(column: ColumnSpec): FoundColumn {
  const baseType = baseTypes[sqlTypeOf(column)];
  return { name: column.name, type: baseType, baseType, isEnum: false, bytewise: true, selectable: true };
}

/** A view that fits the specification of its table. */
export const fittingRelation = ({ columns }: TableSpec): Relation => ({
  schemaExists: true,
  schemaUsable: true,
  kind: 'view',
  owner: 'app_owner',
  user: 'ml_reader',
  columns: [sourceColumn, ...columns].map(fittingColumn),
});
