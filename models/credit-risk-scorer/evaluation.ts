import type { TrainingData } from '../../contracts/dataset.js';
import type { Comparison, Evaluation, Interval, Metric } from '../../contracts/evaluation.js';
import type { ComputeContext, Predictor } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import {
  averagePrecision,
  bootstrapInterval,
  brier,
  delongAuc,
  delongDifference,
  expectedCalibrationError,
  gini,
  kolmogorovSmirnov,
  logLoss,
  pairedBootstrap,
  rocAuc,
  type Scored,
  type ScoreMetric,
} from '../../learning/metrics/index.js';
import { numberColumn } from '../../learning/table.js';
import { evaluationPlots } from './plots.js';
import type { Cell } from './preprocessing.js';
import { slices } from './slices.js';

/** The measure that gates and comparisons read. */
export const PRIMARY_METRIC = 'aucRoc';

/** Rows in one call of the graph while a holdout is scored; bounds memory and lets cancellation through. */
const BATCH_ROWS = 4096;
/** Below this many rows of a class DeLong's normal interval is too optimistic and the bootstrap is taken. */
const DELONG_ROWS = 20;
/** Below this many bad loans the output warns that the interval is wide. */
const FEW_BAD = 50;
/** Fewer resamples on large sets keep an evaluation within seconds; their interval is narrow anyway. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 200 : 1000);

/** What the predictor answers. */
export interface CreditRisk {
  /** Probability that the loan defaults, 0 to 1. */
  readonly probability: number;
}

type Input = Record<string, Cell>;

function rowInputs({ schema, table }: TrainingData): Input[] {
  const inputs = Array.from({ length: table.rowCount }, (): Input => ({}));
  for (const { name } of schema.features) {
    const column = table.columns[name];
    column?.values.forEach((value: number | string | null, row: number) => {
      if (value !== null && !Number.isNaN(value)) inputs[row]![name] = value;
    });
  }
  return inputs;
}

const asTable = (truth: Float64Array, probability: Float64Array): Table => ({
  rowCount: truth.length,
  columns: { truth: { kind: 'number', values: truth }, probability: { kind: 'number', values: probability } },
});

const asScored = (table: Table): Scored => ({
  labels: numberColumn(table, 'truth'),
  scores: numberColumn(table, 'probability'),
});

/** Truth and probability of every held-out row, through the predictor that serves. */
export async function score(
  predictor: Predictor<Input, CreditRisk>,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const inputs = rowInputs(holdout);
  const probabilities = new Float64Array(inputs.length);
  for (let start = 0; start < inputs.length; start += BATCH_ROWS) {
    context.signal.throwIfAborted();
    const outputs = await predictor.predict(inputs.slice(start, start + BATCH_ROWS));
    outputs.forEach(({ probability }, i) => (probabilities[start + i] = probability));
    context.onProgress({ stage: 'scoring', done: start + outputs.length, total: inputs.length });
  }
  return asTable(numberColumn(holdout.table, holdout.schema.label).slice(), probabilities);
}

const badCount = ({ labels }: Scored): number => Array.from(labels).reduce((sum, label) => sum + label, 0);

function smallestClass(scored: Scored): number {
  const bad = badCount(scored);
  return Math.min(bad, scored.labels.length - bad);
}

function aucInterval(scored: Scored, seed: number): Interval {
  if (smallestClass(scored) >= DELONG_ROWS) return delongAuc(scored).interval;
  return bootstrapInterval(scored, { metric: rocAuc, seed });
}

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
    { name: 'expectedCalibrationError', value: expectedCalibrationError(labels, scores), direction: 'lower', n },
  ];
}

function notes(scored: Scored): string[] {
  const n = scored.labels.length;
  const bad = badCount(scored);
  const facts = `${n} held-out loans, ${bad} bad (${((100 * bad) / n).toFixed(1)} %)`;
  if (bad >= FEW_BAD) return [facts];
  return [facts, `only ${bad} bad loans in the holdout: the intervals are wide, read the metrics with them`];
}

/**
 * AUC-ROC first, then Gini, KS, Brier, average precision, log loss and calibration error; slices and plots.
 * @throws PipelineError `SINGLE_CLASS` or `TOO_FEW_ROWS` when the holdout cannot be judged.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const scored = asScored(table);
  return {
    metrics: metrics(scored, context.seed),
    slices: slices(scored, holdout),
    plots: evaluationPlots(scored),
    notes: notes(scored),
  };
}

/** AUC-ROC of two models on the same rows: DeLong's paired interval, or a paired bootstrap when a class is small. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const [ours, theirs] = [asScored(challenger), asScored(other)];
  const small = smallestClass(ours) < DELONG_ROWS;
  const interval = small
    ? pairedBootstrap(ours, theirs, { metric: rocAuc, seed: context.seed }).interval
    : delongDifference(ours, theirs).interval;
  const [first, second] = [rocAuc(ours.labels, ours.scores), rocAuc(theirs.labels, theirs.scores)];
  return {
    against,
    metric: PRIMARY_METRIC,
    challenger: first,
    other: second,
    difference: first - second,
    interval,
    n: ours.labels.length,
  };
}
