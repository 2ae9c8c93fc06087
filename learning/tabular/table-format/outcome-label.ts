import { errorAt, PipelineError } from '../../../contracts/errors.js';
import type { ColumnKind, TableSchema } from '../../../contracts/table-schema.js';
import type { Table } from '../../../contracts/table.js';
import { textColumn, withColumn } from '../../table.js';
import { findSimilarLabels } from '../../text/label-names.js';

/** Kinds that a label of two outcomes may have; all but a flag need `positive`. */
export const OUTCOME_KINDS: readonly ColumnKind[] = ['flag', 'category', 'integer', 'number'];

const refused = (column: string, finding: string): PipelineError =>
  new PipelineError('INVALID_INPUT', `label "${column}" ${finding}`, { column });

/**
 * The label must have two outcomes: a flag, or two values of which `positive` names one.
 * @throws PipelineError `INVALID_INPUT` in a sentence for an amount, many classes, or no label.
 */
export function requireOutcomeLabel(schema: TableSchema, modelName: string): string {
  const { label, positive } = schema;
  if (label === undefined) {
    const message = `the schema names no label, and ${modelName} learns from one: "label": "<column of the two outcomes>"`;
    throw new PipelineError('INVALID_INPUT', message, { modelName });
  }
  const { kind, values } = schema.columns.find(({ name }) => name === label)!;
  if (!OUTCOME_KINDS.includes(kind)) throw refused(label, `is a ${kind}, wanted a flag, or two values`);
  const classes = values?.length ?? 0;
  if (classes > 2)
    throw refused(label, `has ${classes} classes: ${modelName} learns which of two outcomes comes, not one of many`);
  if (kind === 'flag' || positive !== undefined) return label;
  throw refused(
    label,
    kind === 'category'
      ? 'holds words; name with "positive" the one that counts as 1'
      : `is a number, an amount to be estimated: ${modelName} learns which of two outcomes comes; if it holds two codes, ` +
          'name with "positive" the one that counts as 1',
  );
}

/** A label without blanks at its ends; `1` and `1.0` are the same code. */
function codeOf(cell: string): string {
  const text = cell.trim();
  const number = text === '' ? NaN : Number(text);
  return Number.isNaN(number) ? text : String(number);
}

/** Most names that are compared with each other. */
const MOST_COMPARED = 100;

/** Says that some of the labels may be one outcome, without quoting them; '' where none may. */
function writtenDifferently(labels: readonly string[]): string {
  const [pair] = labels.length > MOST_COMPARED ? [] : findSimilarLabels(labels);
  return pair === undefined ? '' : `, some of which differ in ${pair.difference} only`;
}

/**
 * The label as 0 and 1; NaN where it is missing.
 * @throws PipelineError `INVALID_VALUE` when it has not two values, or `positive` is none of them.
 */
export function withOutcome(table: Table, label: string, positive: string): Table {
  const codes = textColumn(table, label).map((cell) => (cell === null ? null : codeOf(cell)));
  const found = new Set(codes.filter((code) => code !== null));
  if (found.size > 2) {
    const finding = `found ${found.size} different labels${writtenDifferently([...found])}, wanted two outcomes: this model learns no amounts and no many classes`;
    throw errorAt('INVALID_VALUE', { column: label }, finding);
  }
  const wanted = codeOf(positive);
  if (!found.has(wanted))
    throw errorAt('INVALID_VALUE', { column: label }, 'no row has the label that the schema names as "positive"');
  const values = Float64Array.from(codes, (code) => (code === null ? NaN : Number(code === wanted)));
  return withColumn(table, label, { kind: 'number', values });
}
