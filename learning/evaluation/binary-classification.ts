import type { TrainingData } from '../../contracts/dataset.js';
import type { Comparison, Evaluation, Metric } from '../../contracts/evaluation.js';
import type { ComputeContext } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { sum } from '../numeric/statistics/sum.js';
import { numberColumn } from '../table.js';
import {
  CALIBRATION_BINS,
  calibrationErrorInterval,
  calibrationNoise,
  expectedCalibrationError,
} from './calibration/expected-calibration-error.js';
import { aucUncertainty, compareAuc, smallestClass } from './compare-auc.js';
import {
  averagePrecision,
  bootstrapInterval,
  brier,
  gini,
  kolmogorovSmirnov,
  logLoss,
  resampledUncertainty,
  rocAuc,
  type Scored,
  type ScoreMetric,
  type Uncertainty,
} from './metrics/index.js';

/** Name of the metric that comes first and that comparisons read. */
export const AUC_ROC = 'aucRoc';

/** Below this many rows of label 1 a note warns that the intervals are wide. */
const FEW_POSITIVES = 50;
/** Fewer resamples on large sets keep an evaluation within seconds; their interval is narrow anyway. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 200 : 1000);

/** What `score` and `baseline` return: the label of each row (NaN = unknown) with its probability or any score. */
export function binaryTable({ schema, table }: TrainingData, probability: ArrayLike<number>): Table {
  const truth = numberColumn(table, schema.label).slice();
  const numbers = (values: Float64Array) => ({ kind: 'number' as const, values });
  return {
    rowCount: truth.length,
    columns: { truth: numbers(truth), probability: numbers(Float64Array.from(probability)) },
  };
}

/** Rows with a known label. @throws PipelineError `MISSING_COLUMN`. */
export function readBinary(table: Table): Scored {
  const [labels, scores] = [numberColumn(table, 'truth'), numberColumn(table, 'probability')];
  const known = (_: number, row: number): boolean => !Number.isNaN(labels[row]);
  return { labels: labels.filter(known), scores: scores.filter(known) };
}

/** Gini = 2·AUC − 1, hence its interval follows from the AUC's. */
const giniUncertainty = ({ interval, remark }: Uncertainty): Uncertainty =>
  interval === undefined
    ? { ...(remark !== undefined && { remark }) }
    : { interval: { ...interval, low: 2 * interval.low - 1, high: 2 * interval.high - 1 } };

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

/**
 * AUC-ROC with its interval, where the rows carry one.
 * @throws PipelineError `SINGLE_CLASS`, `TOO_FEW_ROWS` (none), `INVALID_VALUE`, `NOT_FINITE`.
 */
export function aucMetric(scored: Scored, seed: number): Metric {
  const uncertainty = aucUncertainty(scored, seed);
  const { labels, scores } = scored;
  return { name: AUC_ROC, value: rocAuc(labels, scores), direction: 'higher', n: labels.length, ...uncertainty };
}

/**
 * AUC-ROC first, then Gini, KS, Brier, average precision, log loss and calibration error, all but the log loss with an
 * interval where the rows carry one (see `Uncertainty`). Deterministic under the seed.
 * @throws PipelineError `SINGLE_CLASS`, `TOO_FEW_ROWS` (none), `INVALID_VALUE`, `NOT_FINITE`.
 */
export function binaryMetrics(scored: Scored, seed: number): Metric[] {
  const { labels, scores } = scored;
  const n = labels.length;
  const auc = aucMetric(scored, seed);
  const rarer = { size: smallestClass(scored), of: 'rows of the rarer class' };
  const options = { seed, resamples: resamplesFor(n) };
  return [
    auc,
    { name: 'gini', value: gini(labels, scores), direction: 'higher', n, ...giniUncertainty(auc) },
    ...resampled.map(({ name, metric, direction }) => {
      const uncertainty = resampledUncertainty(rarer, () => bootstrapInterval(scored, { metric, ...options }));
      return { name, value: metric(labels, scores), direction, n, ...uncertainty };
    }),
    { name: 'logLoss', value: logLoss(labels, scores), direction: 'lower', n },
    {
      name: 'expectedCalibrationError',
      value: expectedCalibrationError(labels, scores),
      direction: 'lower',
      n,
      ...resampledUncertainty({ size: n }, () => calibrationErrorInterval(scored, options)),
    },
  ];
}

/** What rows and rows of label 1 are called: `loans` and `bad` make "400 held-out loans, 30 bad". */
export interface BinaryNouns {
  readonly rows: string;
  readonly positives: string;
}

/** Notes for the reader of `binaryMetrics`: how many rows and positives, and how exact the calibration error is. */
export function binaryNotes({ labels, scores }: Scored, seed: number, { rows, positives }: BinaryNouns): string[] {
  const n = labels.length;
  const found = sum(labels);
  const facts = `${n} held-out ${rows}, ${found} ${positives} (${((100 * found) / n).toFixed(1)} %)`;
  const few = `only ${found} ${positives} ${rows} in the holdout: the intervals are wide, read the metrics with them`;
  const noise = calibrationNoise(scores, seed).toFixed(4);
  const calibration =
    `calibration error over ${CALIBRATION_BINS} bins of equal size; a perfectly calibrated model with these scores ` +
    `would show ${noise} by chance`;
  return [facts, ...(found < FEW_POSITIVES ? [few] : []), calibration];
}

/** What `evaluate` returns where metrics and notes are enough. @throws PipelineError as {@link binaryMetrics}. */
export function evaluateBinary(table: Table, { seed }: Pick<ComputeContext, 'seed'>, nouns: BinaryNouns): Evaluation {
  const scored = readBinary(table);
  return { metrics: binaryMetrics(scored, seed), slices: [], plots: [], notes: binaryNotes(scored, seed, nouns) };
}

/**
 * A model's `compare` by AUC-ROC: DeLong's paired interval, or a paired bootstrap when a class is small.
 * @throws PipelineError `SINGLE_CLASS`, `SHAPE_MISMATCH` when the rows differ.
 */
export const compareBinary = (
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  { seed }: Pick<ComputeContext, 'seed'>,
): Comparison => compareAuc(readBinary(challenger), readBinary(other), { against, metric: AUC_ROC, seed });
