import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { aucMetric } from '../../../learning/evaluation/binary-classification.js';
import { compareAuc, smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { numberColumn } from '../../../learning/table.js';
import { rowInputs } from '../../../learning/tabular/preprocessing/index.js';
import { tableRows } from '../prediction/encoding.js';
import { type LabelledScores, labelledScores, evaluateScores, misuseCount, PRIMARY_METRIC } from './metrics.js';
import { withSyntheticAnomalies } from './synthetic-anomalies.js';
import { evaluationPlots } from './plots.js';
import type { AnomalyPredictor } from '../prediction/predictor.js';
import type { AnomalyRequest } from '../prediction/request.js';
import { slices } from './slices.js';

export { PRIMARY_METRIC } from './metrics.js';

/** Rows in one call of the predictor while a holdout is scored; bounds memory and lets cancellation through. */
const BATCH_ROWS = 4096;
/** Below this many frauds the output warns that the interval is wide. */
const FEW_FRAUDS = 50;

/** Rows of a table as requests, or of transactions by their features. */
function requestsFor({ table }: AnomalyPredictor, data: TrainingData) {
  if (table === null) return (from: number, to: number): AnomalyRequest[] => transactionRequests(data, from, to);
  const rows = rowInputs(data, table);
  return (from: number, to: number): AnomalyRequest[] => rows.slice(from, to).map((row) => ({ row }));
}

function transactionRequests({ schema, table }: TrainingData, from: number, to: number): AnomalyRequest[] {
  const rows = tableRows(schema, table);
  const names = schema.features.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  return Array.from({ length: to - from }, (_, i) => {
    const features: Record<string, number | null> = {};
    for (const name of names) {
      const value = rows.number(from + i, name);
      features[name] = Number.isNaN(value) ? null : value;
    }
    return { features, category: rows.category(from + i) };
  });
}

/** Truth, score and alert of every held-out row, through the predictor that serves. */
export async function score(
  predictor: AnomalyPredictor,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const { data } = withSyntheticAnomalies(holdout);
  const count = data.table.rowCount;
  const requests = requestsFor(predictor, data);
  const [scores, alerts] = [new Float64Array(count), new Float64Array(count)];
  for (let start = 0; start < count; start += BATCH_ROWS) {
    context.signal.throwIfAborted();
    const answers = await predictor.predict(requests(start, Math.min(count, start + BATCH_ROWS)));
    answers.forEach((answer, i) => {
      scores[start + i] = answer.score;
      alerts[start + i] = answer.isAnomaly ? 1 : 0;
    });
  }
  return {
    rowCount: count,
    columns: {
      truth: { kind: 'number', values: numberColumn(data.table, data.schema.label).slice() },
      score: { kind: 'number', values: scores },
      alert: { kind: 'number', values: alerts },
    },
  };
}

/** What rows and positive ones are called. */
const TRANSACTIONS = {
  row: 'transaction',
  rows: 'transactions',
  positive: 'misused',
  positives: 'misused transactions',
};
const ROWS: typeof TRANSACTIONS = { row: 'row', rows: 'rows', positive: 'anomalies', positives: 'anomalies' };

function notes(labelled: LabelledScores, holdout: TrainingData): string[] {
  const { row, rows, positive, positives } = holdout.schema.table === undefined ? TRANSACTIONS : ROWS;
  const n = labelled.labels.length;
  const misused = misuseCount(labelled);
  const unlabelled = holdout.table.rowCount - n;
  const facts = `${n} held-out ${rows}, ${misused} ${positive} (${((100 * misused) / n).toFixed(2)} %)`;
  const found = withSyntheticAnomalies(holdout).synthetic
    ? [
        `no ${row} of the holdout has a label: every fiftieth was altered to look like misuse, and the metrics ` +
          'say how well those are found, not how well real misuse is',
      ]
    : [facts];
  if (unlabelled > 0) found.push(`${unlabelled} held-out ${rows} without a label are scored and not evaluated`);
  if (misused < FEW_FRAUDS)
    found.push(`only ${misused} ${positives} in the holdout: the intervals are wide, read the metrics with them`);
  return found;
}

/** @throws PipelineError `SINGLE_CLASS` naming what the labels lack. */
function requireBothClasses(labelled: LabelledScores): void {
  if (smallestClass(labelled) > 0) return;
  const n = labelled.labels.length;
  const message = `${misuseCount(labelled)} of ${n} labelled transactions in the holdout are misuse, wanted some of both; omit the label to be evaluated on synthetic anomalies`;
  throw new PipelineError('SINGLE_CLASS', message, { rows: n });
}

/**
 * AUC-ROC first, then average precision, precision at k and the alert metrics; slices and plots. Rows without a
 * label are omitted.
 * @throws PipelineError `SINGLE_CLASS` when the holdout lacks one class.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const labelled = labelledScores(table);
  requireBothClasses(labelled);
  return {
    metrics: evaluateScores(labelled, context.seed),
    slices: slices(labelled, holdout),
    plots: evaluationPlots(labelled, holdout),
    notes: notes(labelled, holdout),
  };
}

/** @throws PipelineError `SINGLE_CLASS`. */
export function measurePrimary(table: Table, _holdout: TrainingData, { seed }: ComputeContext): Metric {
  const labelled = labelledScores(table);
  requireBothClasses(labelled);
  return aucMetric(labelled, seed);
}

/** AUC-ROC of two models on the same rows: DeLong's paired interval, or a paired bootstrap when a class is small. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const [ours, theirs] = [labelledScores(challenger), labelledScores(other)];
  requireBothClasses(ours);
  return compareAuc(ours, theirs, { against, metric: PRIMARY_METRIC, seed: context.seed });
}
