import type { ColumnSpec } from '../../../contracts/dataset.js';

/** Types of the columns of schema `backend`. */
export type SqlType = 'text collate "C"' | 'text' | 'date' | 'numeric' | 'integer' | 'timestamptz' | 'boolean';

/** A column as the catalogue of the database describes it. */
export interface FoundColumn {
  readonly name: string;
  /** With its modifiers, as in `character(3)`. */
  readonly type: string;
  /** Without modifiers; of a domain, the type beneath it. */
  readonly baseType: string;
  readonly isEnum: boolean;
  /** True when its values are ordered by their bytes (collation "C"); also for types without collation. */
  readonly bytewise: boolean;
  /** Whether the user of the connection may read it. */
  readonly selectable: boolean;
}

/** Column `source` of every table; the specs leave it out, because extraction selects by it. */
export const sourceColumn: ColumnSpec = {
  name: 'source',
  type: 'text',
  description: 'Always `backend` in a database of your own.',
};

/** Keys are compared by their bytes, so that pages are read in the same order on every server. */
export const isKeyColumn = ({ name }: Pick<ColumnSpec, 'name'>): boolean => name === 'id' || name.endsWith('_id');

/** The type that the documentation asks for. */
export function sqlTypeOf(column: Pick<ColumnSpec, 'name' | 'type'>): SqlType {
  if (isKeyColumn(column)) return 'text collate "C"';
  if (column.name === 'birth_date') return 'date';
  const types = { number: 'numeric', integer: 'integer', timestamp: 'timestamptz', flag: 'boolean' } as const;
  return column.type === 'text' || column.type === 'category' ? 'text' : types[column.type];
}

/** Types that are read as the wanted one without any loss; everything else needs a cast. */
const accepted: Readonly<Record<SqlType, readonly string[]>> = {
  'text collate "C"': ['text', 'character varying'],
  text: ['text', 'character varying', 'citext'],
  date: ['date'],
  numeric: ['numeric', 'double precision', 'real', 'smallint', 'integer', 'bigint'],
  integer: ['smallint', 'integer', 'bigint', 'numeric'],
  timestamptz: ['timestamp with time zone'],
  boolean: ['boolean'],
};

/** Whether extraction reads a column of this type as the wanted one. */
export function isAccepted(found: FoundColumn, wanted: SqlType): boolean {
  if (wanted === 'text' && found.isEnum) return true;
  if (!accepted[wanted].includes(found.baseType)) return false;
  return wanted !== 'text collate "C"' || found.bytewise;
}

/** Why a type that looks usable is not; '' where the type alone says it. */
export function hazardOf({ baseType, bytewise }: FoundColumn, wanted: SqlType): string {
  const hazards: Readonly<Record<string, string>> = {
    'timestamp without time zone': 'which moment it means depends on the session',
    character: 'values are padded with blanks',
    money: 'its text depends on the locale of the server',
  };
  const hazard = hazards[baseType];
  if (hazard !== undefined) return hazard;
  return wanted === 'text collate "C"' && !bytewise ? 'its collation orders keys by a language' : '';
}

/** Stands in examples for the zone in which a product writes its times. */
export const EXAMPLE_ZONE = 'Asia/Kolkata';

const seconds = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'];

function castToMoment(name: string, baseType: string): string {
  if (baseType === 'timestamp without time zone') return `${name} at time zone '${EXAMPLE_ZONE}'`;
  if (baseType === 'date') return `${name}::timestamp at time zone '${EXAMPLE_ZONE}'`;
  return seconds.includes(baseType) ? `to_timestamp(${name})` : `${name}::timestamptz`;
}

function castToDate(name: string, baseType: string): string {
  return baseType === 'timestamp with time zone' ? `(${name} at time zone '${EXAMPLE_ZONE}')::date` : `${name}::date`;
}

/** The expression that makes the wanted type of a column, as it stands in the select list of a view. */
export function castOf({ name, baseType }: Pick<FoundColumn, 'name' | 'baseType'>, wanted: SqlType): string {
  if (wanted === 'timestamptz') return castToMoment(name, baseType);
  return wanted === 'date' ? castToDate(name, baseType) : `${name}::${wanted}`;
}
