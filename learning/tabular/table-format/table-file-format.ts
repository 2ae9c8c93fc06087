import type { ColumnSpec, DatasetSchema, FeatureSpec, FileFormat, SplitRule } from '../../../contracts/dataset.js';
import {
  learnedColumns,
  lineOfTable,
  TABLE_FORMAT,
  type TableColumn,
  type TableSchema,
} from '../../../contracts/table-schema.js';
import type { Table } from '../../../contracts/table.js';
import { withColumn } from '../../table.js';
import { exampleRows } from './example-rows.js';
import { HELD_OUT, requireWholeGroups, withParts } from './given-parts.js';
import { withOutcome } from './outcome-label.js';

/** The key of a table without one. */
export const ROW_NUMBER = 'row number';

/** The label of a table without one; always empty. */
const NO_LABEL = 'label';

/** How a model uses tables of any layout. */
export interface TableUse {
  readonly minimumRows: number;
  /** Share of the groups, or rows, that is held out where the table does not say it itself. */
  readonly fraction: number;
  readonly salt: string;
  /** Also rows without a label are learned from. @default false */
  readonly labelOptional?: boolean;
  readonly neededOfAClass?: NonNullable<FileFormat['neededOfAClass']>;
}

const types: Readonly<Record<TableColumn['kind'], ColumnSpec['type']>> = {
  number: 'number',
  integer: 'integer',
  flag: 'flag',
  category: 'text',
  timestamp: 'timestamp',
  text: 'text',
};

const describe = ({ name, description }: TableColumn): string => description ?? name;

function specOf(column: TableColumn, { key, time, group, part }: TableSchema): ColumnSpec {
  const { name, kind, minimum, maximum, values, required } = column;
  const mustHave = required === true || [key, time, group, part].includes(name);
  return {
    name,
    type: values === undefined ? types[kind] : 'category',
    description: describe(column),
    ...(mustHave ? {} : { nullable: true }),
    ...(name === key && { unique: true }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(values !== undefined && { categories: values }),
  };
}

/** Key, group and part are names, also when they are written with digits. */
function asName(spec: ColumnSpec, { key, group, part }: TableSchema): ColumnSpec {
  if (![key, group, part].includes(spec.name)) return spec;
  return { ...spec, type: 'text' };
}

const featureOf = (column: TableColumn): FeatureSpec => ({
  name: column.name,
  kind: column.kind === 'category' ? 'categorical' : 'numeric',
  description: describe(column),
  ...(column.monotone !== undefined && { monotone: column.monotone }),
});

function splitOf(schema: TableSchema, { fraction, salt }: TableUse): SplitRule {
  const { part, time, windowDays, group, key = ROW_NUMBER, label } = schema;
  if (part !== undefined) return { kind: 'given', column: part, heldOut: [HELD_OUT] };
  const known = label === undefined ? {} : { known: label };
  const window = time === undefined ? {} : { window: { column: time, days: windowDays, ...known } };
  return { kind: 'group', column: group ?? key, fraction, salt, ...window };
}

const labelSpec = (name: string, schema: TableSchema): ColumnSpec => ({
  name,
  type: 'flag',
  nullable: true,
  ...(schema.label === undefined && { optional: true }),
  description: schema.positive === undefined ? 'The label.' : `The label: 1 = ${schema.positive}.`,
});

const rowNumber: ColumnSpec = { name: ROW_NUMBER, type: 'text', unique: true, description: 'Number in the file.' };

function datasetSchemaOf(schema: TableSchema, use: TableUse): DatasetSchema {
  const { key = ROW_NUMBER, label = NO_LABEL } = schema;
  const columns = schema.columns
    .filter(({ name }) => name !== label)
    .map((column) => asName(specOf(column, schema), schema));
  return {
    line: lineOfTable(schema),
    columns: [...columns, ...(schema.key === undefined ? [rowNumber] : []), labelSpec(label, schema)],
    key,
    label,
    ...(use.labelOptional === true && { labelOptional: true }),
    features: learnedColumns(schema).map(featureOf),
    protectedColumns: schema.protected,
    split: splitOf(schema, use),
    minimumRows: use.minimumRows,
    table: schema,
  };
}

const numbered = (table: Table): Table =>
  withColumn(table, ROW_NUMBER, {
    kind: 'text',
    values: Array.from({ length: table.rowCount }, (_, row) => String(row + 1)),
  });

const unlabelled = (table: Table): Table =>
  withColumn(table, NO_LABEL, { kind: 'number', values: new Float64Array(table.rowCount).fill(NaN) });

/** The last step of reading: row numbers, outcomes as 0 and 1, and parts; groups that cross parts are refused. */
export function transformBy({ key, label, positive, part, group }: TableSchema) {
  return (table: Table): Table => {
    const keyed = key === undefined ? numbered(table) : table;
    const labelled = label === undefined ? unlabelled(keyed) : keyed;
    const known = label === undefined || positive === undefined ? labelled : withOutcome(labelled, label, positive);
    if (part === undefined) return known;
    const divided = withParts(known, part);
    if (group !== undefined) requireWholeGroups(divided, part, group);
    return divided;
  };
}

/** A label of words or codes is read as text, and becomes 0 and 1 afterwards. */
const labelAsText = (label: string): ColumnSpec => ({
  name: label,
  type: 'text',
  nullable: true,
  description: 'Label.',
});

/**
 * The layout that a schema describes, with a line of its own. Every column of the schema must be in the file; cells may
 * be empty unless the schema says otherwise. A column of parts divides the rows, else the groups are held out by hash,
 * with the newest rows where there is a time.
 */
export function tableFileFormat(schema: TableSchema, use: TableUse): FileFormat {
  const dataset = datasetSchemaOf(schema, use);
  const { label, positive } = schema;
  const recoded = label !== undefined && positive !== undefined;
  const absent = [...(schema.key === undefined ? [ROW_NUMBER] : []), ...(label === undefined ? [NO_LABEL] : [])];
  const needed = schema.columns.map(({ name }) => name);
  return {
    name: TABLE_FORMAT,
    description: `Any table, as the schema ${schema.name} describes it.`,
    encodings: ['csv', 'json'],
    schema: dataset,
    derivedColumns: recoded ? [...absent, label] : absent,
    ...(recoded && { extraColumns: [labelAsText(label)] }),
    requiresAllColumns: true,
    matches: ({ columns }) => columns !== null && needed.every((name) => columns.includes(name)),
    ...(use.neededOfAClass !== undefined && { neededOfAClass: use.neededOfAClass }),
    exampleRows: (seed) => exampleRows(schema, use, seed),
    transform: transformBy(schema),
  };
}
