import type { ColumnSpec, FileFormat } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { learnedColumns, type TableColumn, type TableSchema } from '../../../contracts/table-schema.js';
import type { Table } from '../../../contracts/table.js';
import { selectRows, withColumn } from '../../table.js';
import { HELD_OUT, withParts } from './given-parts.js';
import { transformBy } from './table-file-format.js';

/** A column that only divides or names rows may be absent from a file that is evaluated on. */
const asOptional = (spec: ColumnSpec): ColumnSpec => ({ ...spec, nullable: true, optional: true, unique: false });

const isEmpty = (table: Table, name: string): boolean =>
  table.columns[name]?.values.every((value: string | number | null) => value === null || Number.isNaN(value)) ?? true;

/** Rows of the held-out part where the file tells parts, else all. */
function heldOutRows(table: Table, part: string | undefined): Table {
  if (part === undefined || isEmpty(table, part)) return table;
  const divided = withParts(table, part);
  const parts = divided.columns[part]!.values;
  return selectRows(
    divided,
    [...parts.keys()].filter((row) => parts[row] === HELD_OUT),
  );
}

/** Rows without a key are named by their number. */
function withKeys(table: Table, key: string): Table {
  const cells = table.columns[key]?.values ?? [];
  const values = Array.from({ length: table.rowCount }, (_, row) => String(cells[row] ?? row + 1));
  return withColumn(table, key, { kind: 'text', values });
}

/**
 * The layout of a second file that a version is evaluated on: what it learned from, its label and its protected
 * attributes, without the columns that divide training rows. Where the file has the column of parts, only `test` counts.
 */
export function evaluationFormat(format: FileFormat): FileFormat {
  const { schema } = format;
  const { table } = schema;
  if (table === undefined) return format;
  const { key, time, group, part } = table;
  const dividing = [key, time, group, part];
  const columns = schema.columns.map((spec) => (dividing.includes(spec.name) ? asOptional(spec) : spec));
  const needed = table.columns.map(({ name }) => name).filter((name) => !dividing.includes(name));
  const undivided: TableSchema = { ...table, part: undefined, group: undefined };
  const transform = transformBy(undivided);
  return {
    ...format,
    schema: { ...schema, columns, table: undivided },
    matches: (found) => found.columns !== null && needed.every((name) => found.columns?.includes(name)),
    transform: (read) => withKeys(transform(heldOutRows(read, part)), schema.key),
  };
}

/** What the version learned and the schema lacks, or has as another kind. */
function differences(learned: TableSchema, given: TableSchema): string[] {
  const kinds = new Map(given.columns.map(({ name, kind }) => [name, kind]));
  const wrong = ({ name, kind }: TableColumn): string[] => {
    const found = kinds.get(name);
    if (found === undefined) return [`it lacks ${name}`];
    return found === kind ? [] : [`${name} is a ${found}, the version learned a ${kind}`];
  };
  const target = ({ label, positive }: TableSchema): string =>
    `${label ?? 'none'}${positive === undefined ? '' : ` = ${positive}`}`;
  const label =
    target(learned) === target(given) ? [] : [`its label is ${target(given)}, the version's ${target(learned)}`];
  return [...learnedColumns(learned).flatMap(wrong), ...label];
}

/**
 * A schema for a second file must have what the version learned from.
 * @throws PipelineError `INVALID_INPUT` naming the columns that do not fit.
 */
export function requireFittingSchema(learned: TableSchema, given: TableSchema, version: string): void {
  const found = differences(learned, given);
  if (found.length === 0) return;
  const message = `the schema ${given.name} does not fit version ${version}: ${found.slice(0, 10).join('; ')}`;
  throw new PipelineError('INVALID_INPUT', message, { found });
}
