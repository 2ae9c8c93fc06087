import type { TrainingData } from '../../../contracts/dataset.js';
import type { Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext, EvaluateContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import {
  AUC_ROC,
  aucMetric,
  binaryMetrics,
  binaryNotes,
  binaryTable,
  readBinary,
} from '../../../learning/evaluation/binary-classification.js';
import { predictInBatches } from '../../../learning/evaluation/predict-in-batches.js';
import { selectRows, withColumn } from '../../../learning/table.js';
import { labelledRows } from '../../../learning/tabular/labelled-rows.js';
import { rowInputs } from '../../../learning/tabular/preprocessing/index.js';
import type { CreditPredictor } from '../prediction/predictor.js';
import { evaluateBands } from './band-stability.js';
import { evaluateFairness } from './fairness.js';
import { evaluationPlots } from './plots.js';
import type { Scorecard } from '../prediction/scorecard.js';
import { recordedFacts } from './recorded-facts.js';
import { slices } from './slices.js';

/** The metric of gates and comparisons. */
export const PRIMARY_METRIC = AUC_ROC;

/** Label, probability and points of every held-out row, through the predictor that serves; the label may be unknown. */
export async function score(
  predictor: CreditPredictor,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const risks = await predictInBatches(predictor, rowInputs(holdout, predictor), context);
  const table = binaryTable(
    holdout,
    risks.map(({ probability }) => probability),
  );
  const points = Float64Array.from(risks, (risk) => risk.points);
  return withColumn(table, 'points', { kind: 'number', values: points });
}

/** @throws PipelineError `SINGLE_CLASS`. */
export const measurePrimary = (table: Table, _holdout: TrainingData, { seed }: ComputeContext): Metric =>
  aucMetric(readBinary(table), seed);

/** Which calibration the artefact has, and why. */
export function calibrationNotes({ calibration, choice }: Scorecard): string[] {
  if (choice === undefined) return [];
  const losses = Object.entries(choice.logLoss).map(([kind, loss]) => `${kind} ${loss.toFixed(4)}`);
  const rule = 'a kind with more parameters is taken where it is better by more than one standard error';
  return [
    `calibration: ${calibration.kind}, chosen by cross-fitted log loss on ${choice.rows} training rows ` +
      `(${losses.join(', ')}; ${rule})`,
  ];
}

/**
 * AUC-ROC first, then Gini, KS, Brier, average precision, log loss, calibration error, adverse impact and stability of
 * the bands; slices and plots. Bands, trade-off and Shapley values are shown when the context has the artefact.
 * @throws PipelineError `SINGLE_CLASS` or `TOO_FEW_ROWS` when the holdout cannot be evaluated.
 */
export function evaluate(table: Table, given: TrainingData, context: EvaluateContext): Evaluation {
  const scored = readBinary(table);
  const measured = binaryMetrics(scored, context.seed);
  const rows = labelledRows(given);
  const holdout: TrainingData = { schema: given.schema, table: selectRows(given.table, rows) };
  const recorded = recordedFacts(context.artefact);
  const fairness = evaluateFairness(scored, holdout, recorded.scorecard.approvalRate);
  const bands = evaluateBands(selectRows(table, rows), recorded, context.championScores);
  return {
    metrics: [...measured, ...fairness.metrics, ...bands.metrics],
    slices: slices(scored, holdout),
    tables: fairness.tables,
    plots: evaluationPlots(scored, { holdout, recorded, fairness, bands: bands.rows }),
    notes: [
      ...binaryNotes(scored, context.seed, { rows: 'loans', positives: 'bad' }),
      ...calibrationNotes(recorded.scorecard),
      ...fairness.notes,
      ...bands.notes,
    ],
  };
}
