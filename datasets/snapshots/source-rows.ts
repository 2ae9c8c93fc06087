import type pg from 'pg';
import type { ColumnSpec } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { Column, Table } from '../../contracts/table.js';

/** Values in PostgreSQL's text form; null = SQL null. */
export type SourceRow = readonly (string | null)[];

/** Leaves every value in text form, so that it is parsed by the column's spec and not by the database's type. */
const asText: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/** Column names and rows of a query result. */
export interface SourceResult {
  readonly names: readonly string[];
  readonly rows: readonly SourceRow[];
}

/** Runs one query and returns its values in text form. It is not kept as prepared: the views may change between two. */
export async function queryText(
  client: pg.ClientBase,
  query: { readonly text: string; readonly values: readonly unknown[] },
): Promise<SourceResult> {
  const result = await client.query<(string | null)[]>({
    ...query,
    values: [...query.values],
    rowMode: 'array',
    types: asText,
  });
  return { names: result.fields.map((field) => field.name), rows: result.rows };
}

/** Parses `2024-03-01 10:00:00.123456+05:30` to milliseconds, rounded down; NaN for `infinity` and dates BC. */
export function parseTimestamp(text: string): number {
  const match = /^(\d{4,6}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d(?::?\d\d)?)?)?$/.exec(text);
  if (match === null) return Number.NaN;
  const [, day = '', clock = '00:00:00', fraction = '', zone = '+00'] = match;
  const offset = zone.length === 3 ? `${zone}:00` : zone;
  return Date.parse(`${day}T${clock}${offset}`) + Math.floor(Number(`0${fraction}`) * 1000);
}

const parseNumber = (text: string): number => {
  if (text === 't') return 1;
  if (text === 'f') return 0;
  return text.trim() === '' ? Number.NaN : Number(text.replace(/^(-?)infinity$/i, '$1Infinity'));
};

function readColumn(spec: ColumnSpec, rows: readonly SourceRow[], index: number): Column {
  if (spec.type === 'text' || spec.type === 'category')
    return { kind: 'text', values: rows.map((row) => row[index] ?? null) };
  const parse = spec.type === 'timestamp' ? parseTimestamp : parseNumber;
  const values = Float64Array.from(rows, (row) => {
    const text = row[index] ?? null;
    return text === null ? Number.NaN : parse(text);
  });
  return { kind: spec.type === 'timestamp' ? 'timestamp' : 'number', values };
}

/**
 * A query's rows as a table with the specified columns, in their order.
 * @param where - name of the query, for messages.
 * @throws PipelineError `MISSING_COLUMN` when the result lacks a specified column.
 */
export function toTable(columns: readonly ColumnSpec[], result: SourceResult, where: string): Table {
  const entries = columns.map((spec): [string, Column] => {
    const index = result.names.indexOf(spec.name);
    if (index < 0)
      throw new PipelineError(
        'MISSING_COLUMN',
        `${where} returns ${result.names.join(', ')}; wanted also ${spec.name}`,
        {
          column: spec.name,
        },
      );
    return [spec.name, readColumn(spec, result.rows, index)];
  });
  return { rowCount: result.rows.length, columns: Object.fromEntries(entries) };
}
