import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Comparison, Evaluation } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { compareAuc, smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { numberColumn } from '../../../learning/table.js';
import { tableRows } from '../prediction/encoding.js';
import { type Judged, judgedOf, measure, misuseCount, PRIMARY_METRIC } from './metrics.js';
import { judgedRows } from './synthetic-anomalies.js';
import { evaluationPlots } from './plots.js';
import type { AnomalyPredictor } from '../prediction/predictor.js';
import type { AnomalyRequest } from '../prediction/request.js';
import { slices } from './slices.js';

export { PRIMARY_METRIC } from './metrics.js';

/** Rows in one call of the predictor while a holdout is scored; bounds memory and lets cancellation through. */
const BATCH_ROWS = 4096;
/** Below this many frauds the output warns that the interval is wide. */
const FEW_FRAUDS = 50;

function requestsOf({ schema, table }: TrainingData, from: number, to: number): AnomalyRequest[] {
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
  const { data } = judgedRows(holdout);
  const count = data.table.rowCount;
  const [scores, alerts] = [new Float64Array(count), new Float64Array(count)];
  for (let start = 0; start < count; start += BATCH_ROWS) {
    context.signal.throwIfAborted();
    const answers = await predictor.predict(requestsOf(data, start, Math.min(count, start + BATCH_ROWS)));
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

function notes(judged: Judged, holdout: TrainingData): string[] {
  const n = judged.labels.length;
  const misused = misuseCount(judged);
  const unjudged = holdout.table.rowCount - n;
  const facts = `${n} held-out transactions, ${misused} misused (${((100 * misused) / n).toFixed(2)} %)`;
  const found = judgedRows(holdout).planted
    ? [
        'no transaction of the holdout has a label: every fiftieth was altered to look like misuse, and the metrics ' +
          'say how well those are found, not how well real misuse is',
      ]
    : [facts];
  if (unjudged > 0) found.push(`${unjudged} held-out transactions without a label are scored and not judged`);
  if (misused < FEW_FRAUDS)
    found.push(
      `only ${misused} misused transactions in the holdout: the intervals are wide, read the metrics with them`,
    );
  return found;
}

/** @throws PipelineError `SINGLE_CLASS` naming what the labels lack. */
function requireBothClasses(judged: Judged): void {
  if (smallestClass(judged) > 0) return;
  const n = judged.labels.length;
  const message = `${misuseCount(judged)} of ${n} labelled transactions in the holdout are misuse, wanted some of both; leave the label out to be judged by planted misuse`;
  throw new PipelineError('SINGLE_CLASS', message, { rows: n });
}

/**
 * AUC-ROC first, then average precision, precision among the highest scores, alerts and what they are worth; slices
 * and plots. Rows without a label are left out.
 * @throws PipelineError `SINGLE_CLASS` when the holdout cannot be judged.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const judged = judgedOf(table);
  requireBothClasses(judged);
  return {
    metrics: measure(judged, context.seed),
    slices: slices(judged, holdout),
    plots: evaluationPlots(judged, holdout),
    notes: notes(judged, holdout),
  };
}

/** AUC-ROC of two models on the same rows: DeLong's paired interval, or a paired bootstrap when a class is small. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const [ours, theirs] = [judgedOf(challenger), judgedOf(other)];
  requireBothClasses(ours);
  return compareAuc(ours, theirs, { against, metric: PRIMARY_METRIC, seed: context.seed });
}
