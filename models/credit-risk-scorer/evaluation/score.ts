import type { TrainingData } from '../../../contracts/dataset.js';
import type { Comparison, Evaluation, Interval, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext, EvaluateContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import {
  CALIBRATION_BINS,
  calibrationErrorInterval,
  calibrationNoise,
  expectedCalibrationError,
} from '../../../learning/evaluation/calibration/expected-calibration-error.js';
import {
  averagePrecision,
  bootstrapInterval,
  brier,
  gini,
  kolmogorovSmirnov,
  logLoss,
  rocAuc,
  type Scored,
  type ScoreMetric,
} from '../../../learning/evaluation/metrics/index.js';
import { aucInterval, compareAuc } from '../../../learning/evaluation/compare-auc.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { numberColumn, selectRows } from '../../../learning/table.js';
import { judgeBands } from './band-stability.js';
import { judgeFairness } from './fairness.js';
import { evaluationPlots } from './plots.js';
import type { CreditInput, CreditPredictor } from '../prediction/predictor.js';
import { recordedFacts } from './recorded-facts.js';
import { slices } from './slices.js';
import { labelledRows } from '../data/training-set.js';

/** The measure that gates and comparisons read. */
export const PRIMARY_METRIC = 'aucRoc';

/** Rows in one call of the graph while a holdout is scored; bounds memory and lets cancellation through. */
const BATCH_ROWS = 4096;
/** Below this many bad loans the output warns that the interval is wide. */
const FEW_BAD = 50;
/** Fewer resamples on large sets keep an evaluation within seconds; their interval is narrow anyway. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 200 : 1000);

function rowInputs({ schema, table }: TrainingData, { features }: CreditPredictor): CreditInput[] {
  const inputs = Array.from({ length: table.rowCount }, (): CreditInput => ({}));
  for (const { name } of features) {
    const column = table.columns[name];
    column?.values.forEach((value: number | string | null, row: number) => {
      if (value !== null && !Number.isNaN(value)) inputs[row]![name] = value;
    });
  }
  return schema.features.length === 0 ? [] : inputs;
}

const numbers = (values: Float64Array) => ({ kind: 'number' as const, values });

/** Rows with a known outcome: a declined application is scored, but nothing can be said about its score. */
function asScored(table: Table): Scored {
  const [labels, scores] = [numberColumn(table, 'truth'), numberColumn(table, 'probability')];
  const known = (_: number, row: number): boolean => !Number.isNaN(labels[row]);
  return { labels: labels.filter(known), scores: scores.filter(known) };
}

/** Truth, probability and points of every held-out row, through the predictor that serves; truth may be unknown. */
export async function score(
  predictor: CreditPredictor,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const inputs = rowInputs(holdout, predictor);
  const [probability, points] = [new Float64Array(inputs.length), new Float64Array(inputs.length)];
  for (let start = 0; start < inputs.length; start += BATCH_ROWS) {
    context.signal.throwIfAborted();
    const outputs = await predictor.predict(inputs.slice(start, start + BATCH_ROWS));
    outputs.forEach((risk, i) => {
      probability[start + i] = risk.probability;
      points[start + i] = risk.points;
    });
    context.onProgress({ stage: 'scoring', done: start + outputs.length, total: inputs.length });
  }
  const truth = numberColumn(holdout.table, holdout.schema.label).slice();
  const columns = { truth: numbers(truth), probability: numbers(probability), points: numbers(points) };
  return { rowCount: truth.length, columns };
}

const badCount = ({ labels }: Scored): number => sum(labels);

/** Gini = 2·AUC − 1, hence its interval follows from the AUC's. */
const giniInterval = ({ low, high, ...rest }: Interval): Interval => ({
  ...rest,
  low: 2 * low - 1,
  high: 2 * high - 1,
});

interface Measure {
  readonly name: string;
  readonly metric: ScoreMetric;
  readonly direction: Metric['direction'];
}

const resampled: readonly Measure[] = [
  { name: 'ks', metric: kolmogorovSmirnov, direction: 'higher' },
  { name: 'brier', metric: brier, direction: 'lower' },
  { name: 'averagePrecision', metric: averagePrecision, direction: 'higher' },
];

function metrics(scored: Scored, seed: number): Metric[] {
  const { labels, scores } = scored;
  const n = labels.length;
  const auc = aucInterval(scored, seed);
  const options = { seed, resamples: resamplesFor(n) };
  return [
    { name: PRIMARY_METRIC, value: rocAuc(labels, scores), direction: 'higher', n, interval: auc },
    { name: 'gini', value: gini(labels, scores), direction: 'higher', n, interval: giniInterval(auc) },
    ...resampled.map(({ name, metric, direction }) => {
      const interval = bootstrapInterval(scored, { metric, ...options });
      return { name, value: metric(labels, scores), direction, n, interval };
    }),
    { name: 'logLoss', value: logLoss(labels, scores), direction: 'lower', n },
    {
      name: 'expectedCalibrationError',
      value: expectedCalibrationError(labels, scores),
      direction: 'lower',
      n,
      interval: calibrationErrorInterval(scored, options),
    },
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function notes(scored: Scored, seed: number): string[] {
  const n = scored.labels.length;
  const bad = badCount(scored);
  const facts = `${n} held-out loans, ${bad} bad (${percent(bad / n)})`;
  const noise = calibrationNoise(scored.scores, seed).toFixed(4);
  const calibration =
    `calibration error over ${CALIBRATION_BINS} bins of equal size; a perfectly calibrated model with these scores ` +
    `would show ${noise} by chance`;
  if (bad >= FEW_BAD) return [facts, calibration];
  return [
    facts,
    `only ${bad} bad loans in the holdout: the intervals are wide, read the metrics with them`,
    calibration,
  ];
}

/**
 * AUC-ROC first, then Gini, KS, Brier, average precision, log loss, calibration error, adverse impact and stability of
 * the bands; slices and plots. What training recorded (bands, trade-off, trees) is shown when the context lends it.
 * @throws PipelineError `SINGLE_CLASS` or `TOO_FEW_ROWS` when the holdout cannot be judged.
 */
export function evaluate(table: Table, given: TrainingData, context: EvaluateContext): Evaluation {
  const scored = asScored(table);
  const measured = metrics(scored, context.seed);
  const rows = labelledRows(given);
  const holdout: TrainingData = { schema: given.schema, table: selectRows(given.table, rows) };
  const recorded = recordedFacts(context.artefact);
  const fairness = judgeFairness(scored, holdout, recorded.scorecard.approvalRate);
  const bands = judgeBands(selectRows(table, rows), recorded, context.championScores);
  return {
    metrics: [...measured, ...fairness.metrics, ...bands.metrics],
    slices: slices(scored, holdout, fairness.groups),
    plots: evaluationPlots(scored, { holdout, recorded, fairness, bands: bands.rows }),
    notes: [...notes(scored, context.seed), ...fairness.notes, ...bands.notes],
  };
}

/** AUC-ROC of two models on the same rows: DeLong's paired interval, or a paired bootstrap when a class is small. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const options = { against, metric: PRIMARY_METRIC, seed: context.seed };
  return compareAuc(asScored(challenger), asScored(other), options);
}
