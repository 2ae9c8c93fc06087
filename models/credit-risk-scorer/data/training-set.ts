import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { ProtectedGroups } from '../../../learning/evaluation/fairness/protected-groups.js';
import type { Matrix } from '../../../learning/numeric/matrix/index.js';
import { numberColumn } from '../../../learning/table.js';
import { labelledRows } from '../../../learning/tabular/labelled-rows.js';
import type { CreditParams } from '../params.js';
import {
  encodeMatrix,
  fitPreprocessing,
  monotoneDirections,
  type Preprocessing,
} from '../../../learning/tabular/preprocessing/index.js';
import { protectedAttributes } from './protected.js';
import { notBinary, requireAtLeast, singleClass } from '../../../learning/checks.js';

/** With fewer rows a tree has nothing to split and every metric is noise. */
const FEWEST_ROWS = 30;

/** Value of the column `decision` in declined applications. */
const DECLINED = 'declined';

/** Everything a fit needs, made once for the model itself and for each fold of its calibration. */
export interface TrainingSet {
  readonly params: CreditParams;
  readonly state: Preprocessing;
  /** (n, encodedWidth), float32 values, so that thresholds split the same way in the ONNX graph. */
  readonly x: Matrix;
  /** (n,) 0 or 1; NaN = unknown. */
  readonly labels: Float64Array;
  /** Rows whose outcome is known. */
  readonly labelled: Int32Array;
  /** Declined applications without an outcome. */
  readonly declined: Int32Array;
  readonly attributes: readonly ProtectedGroups[];
  /** −1, 0 or 1 an encoded column; empty when no feature is constrained. */
  readonly monotone: readonly (-1 | 0 | 1)[];
  /** (n,) the applicant of each row; all rows of one applicant are in the same fold. */
  readonly applicants: readonly (string | null)[];
}

/** (n,) 1 for declined applications, whose label is missing by nature. */
export function declinedRows({ table }: TrainingData): Uint8Array {
  const column = table.columns['decision'];
  if (column?.kind !== 'text') return new Uint8Array(table.rowCount);
  return Uint8Array.from(column.values, (decision) => (decision === DECLINED ? 1 : 0));
}

function requireLabel(label: number, row: number, { schema }: TrainingData): void {
  const details = { line: schema.line, column: schema.label, row: row + 1 };
  const where = `row ${row + 1}, column "${schema.label}"`;
  if (Number.isNaN(label)) throw new PipelineError('NOT_FINITE', `${where}: the label is missing`, details);
  if (label !== 0 && label !== 1) throw notBinary(where, details);
}

function requireLabels(data: TrainingData, labels: Float64Array, labelled: Int32Array): void {
  const declined = declinedRows(data);
  const details = { line: data.schema.line, column: data.schema.label };
  requireAtLeast('rows to learn from', labels.length, FEWEST_ROWS, details);
  labels.forEach((label, row) => {
    if (!(Number.isNaN(label) && declined[row] === 1)) requireLabel(label, row, data);
  });
  requireAtLeast('rows to learn from', labelled.length, FEWEST_ROWS, details);
  const first = labels[labelled[0]!];
  if (labelled.every((row) => labels[row] === first)) throw singleClass(`${labelled.length} labels`, details);
}

function applicantsOf({ schema, table }: TrainingData): (string | null)[] {
  const column = table.columns[schema.split.column];
  const unnamed = (): null[] => new Array<null>(table.rowCount).fill(null);
  if (schema.split.kind !== 'group' || !column) return unnamed();
  return Array.from<string | number | null, string | null>(column.values, (name) => (name === null ? null : `${name}`));
}

/** @throws PipelineError `TOO_FEW_ROWS`, `MISSING_COLUMN`, `NOT_FINITE`, `INVALID_VALUE`, `SINGLE_CLASS`. */
export function prepareTraining(data: TrainingData, params: CreditParams): TrainingSet {
  const { schema, table } = data;
  const labels = numberColumn(table, schema.label);
  const labelled = labelledRows(data);
  requireLabels(data, labels, labelled);
  const state = fitPreprocessing(schema, table, params);
  const x = encodeMatrix(state, table);
  const declined = Int32Array.from(labels, (_, row) => row).filter((row) => Number.isNaN(labels[row]!));
  return {
    params,
    state,
    x,
    labels,
    labelled,
    declined,
    attributes: protectedAttributes(data),
    monotone: monotoneDirections(schema, state),
    applicants: applicantsOf(data),
  };
}
