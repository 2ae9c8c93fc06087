import { requireFinite, requireLength } from '../../../checks.js';
import { createRandom } from '../../../numeric/random/index.js';
import { logOdds } from '../../../numeric/statistics/odds.js';
import { calibratedProbability, type Calibration, fitCalibration } from '../../calibration/calibration.js';
import { chooseCalibration } from '../../calibration/choose-calibration.js';
import { calibrationNoise, expectedCalibrationError } from '../../calibration/expected-calibration-error.js';
import { foldRows, stratifiedFolds } from '../../split/folds.js';
import {
  ASSUMES_NO_CONCEPT_DRIFT,
  type Assumption,
  bandFactor,
  type EstimatedMetric,
  FEWEST_ROWS,
  originAssumption,
  type ReferenceOrigin,
  Z,
} from './estimate.js';
import {
  classifierMetricNames,
  type ClassifierMetrics,
  type ExpectedConfusion,
  expectedConfusion,
  expectedMetrics,
  type ScoredRows,
  sortByScore,
} from './classifier-metrics.js';

const FOLDS = 5;
/** Probabilities are kept this far from 0 and 1 when their log-odds are taken. */
const EPSILON = 1e-7;
/** Rows of each label that a calibration needs. */
const FEWEST_OF_A_LABEL = 10;
/** Calibration error that is too small to matter, whatever the noise. */
const NEGLIGIBLE_ERROR = 0.02;
/** Share of a window's scores that may lie outside the scores of the reference. */
const MOST_OUTSIDE = 0.01;
/** Label drawings for a band, and rows they are drawn for; the spread falls with the root of the rows. */
const DRAWS = 200;
const MOST_DRAWN = 5000;

/** Scored rows with known labels that the model was not trained on. */
export interface ClassifierReference {
  /** (n,) predicted probability of label 1. */
  readonly scores: Float64Array;
  /** (n,) 0 or 1. */
  readonly labels: Float64Array;
  /** @default 'unknown' */
  readonly origin?: ReferenceOrigin;
  /** Scores from here on are predicted 1. @default 0.5 */
  readonly threshold?: number;
  /** Of folds and drawings. @default 0 */
  readonly seed?: number;
}

/** What a reference teaches, once for each model version: plain data, a few kB whatever the rows. */
export interface ClassifierEstimator {
  readonly schemaVersion: 1;
  readonly rows: number;
  readonly threshold: number;
  readonly origin: ReferenceOrigin;
  readonly seed: number;
  readonly calibration: Calibration;
  /** Expected calibration error of the scores, of the recalibrated scores on rows left out, and of perfect ones. */
  readonly calibrationError: { readonly before: number; readonly after: number; readonly noise: number };
  readonly lowest: number;
  readonly highest: number;
  /** Measured on the labels; null = not defined. */
  readonly realised: Readonly<Record<keyof ClassifierMetrics, number | null>>;
  /** Why nothing can be estimated. */
  readonly undecided: string | null;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const realisedOf = (metrics: ClassifierMetrics): ClassifierEstimator['realised'] => ({
  accuracy: finite(metrics.accuracy),
  rocAuc: finite(metrics.rocAuc),
  f1: finite(metrics.f1),
  precision: finite(metrics.precision),
  recall: finite(metrics.recall),
});

/** Calibrated probabilities of rows by calibrations that were fitted on the others. */
function crossCalibrated(kind: Calibration['kind'], margins: Float64Array, labels: Float64Array, folds: Int32Array) {
  const probabilities = new Float64Array(margins.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const { train, test } = foldRows(folds, fold);
    const fitted = fitCalibration(
      kind,
      Float64Array.from(train, (row) => margins[row]!),
      Float64Array.from(train, (row) => labels[row]!),
    );
    for (const row of test) probabilities[row] = calibratedProbability(fitted, margins[row]!);
  }
  return probabilities;
}

const marginsOf = (scores: Float64Array): Float64Array => scores.map((score) => logOdds(score, EPSILON));

function learnCalibration({ scores, labels }: ClassifierReference, seed: number) {
  const margins = marginsOf(scores);
  const folds = stratifiedFolds(labels, FOLDS, seed);
  const { kind } = chooseCalibration({ margins, labels, folds, count: FOLDS });
  const after = kind === 'none' ? scores : crossCalibrated(kind, margins, labels, folds);
  return {
    calibration: fitCalibration(kind, margins, labels),
    calibrationError: {
      before: expectedCalibrationError(labels, scores),
      after: expectedCalibrationError(labels, after),
      noise: calibrationNoise(after, seed),
    },
  };
}

function whyNotEstimated({ labels }: ClassifierReference): string | null {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (labels.length < FEWEST_ROWS) return `the reference has ${labels.length} labelled rows, wanted ${FEWEST_ROWS}`;
  const rarer = Math.min(positives, labels.length - positives);
  if (rarer >= FEWEST_OF_A_LABEL) return null;
  return `the reference has ${rarer} rows of its rarer label, wanted ${FEWEST_OF_A_LABEL}`;
}

/**
 * Learns from labelled rows how far scores can be trusted as probabilities: they are recalibrated where that lowers the
 * cross-fitted log loss (`chooseCalibration`).
 * @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`.
 */
export function fitClassifierEstimator(reference: ClassifierReference): ClassifierEstimator {
  const { scores, labels, origin = 'unknown', threshold = 0.5, seed = 0 } = reference;
  requireLength('labels', labels.length, scores.length);
  requireFinite('scores', scores);
  const undecided = whyNotEstimated(reference);
  const learned =
    undecided === null
      ? learnCalibration(reference, seed)
      : { calibration: { kind: 'none' } as const, calibrationError: { before: 0, after: 0, noise: 0 } };
  return {
    schemaVersion: 1,
    rows: scores.length,
    threshold,
    origin,
    seed,
    ...learned,
    lowest: scores.reduce((lowest, score) => Math.min(lowest, score), scores[0] ?? 0),
    highest: scores.reduce((highest, score) => Math.max(highest, score), scores[0] ?? 0),
    realised: realisedOf(expectedMetrics(sortByScore(scores, labels, threshold))),
    undecided,
  };
}

export interface ClassifierEstimate {
  readonly rows: number;
  /** accuracy, rocAuc, f1, precision, recall; [] when undecided. */
  readonly metrics: readonly EstimatedMetric[];
  /** Expected counts; null when undecided. */
  readonly confusion: ExpectedConfusion | null;
  readonly assumptions: readonly Assumption[];
  /** Why nothing is estimated. */
  readonly undecided: string | null;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function calibrationAssumption({ calibration, calibrationError }: ClassifierEstimator): Assumption {
  const { before, after, noise } = calibrationError;
  const limit = Math.max(NEGLIGIBLE_ERROR, 2 * noise);
  const how =
    calibration.kind === 'none'
      ? 'as they are'
      : `after ${calibration.kind} recalibration (${before.toFixed(4)} before)`;
  const finding = `calibration error ${after.toFixed(4)} ${how}, wanted at most ${limit.toFixed(4)}`;
  return { name: 'calibrated-scores', holds: after <= limit, finding };
}

function coverageAssumption({ lowest, highest }: ClassifierEstimator, scores: Float64Array): Assumption {
  const outside = scores.reduce((count, score) => count + Number(score < lowest || score > highest), 0) / scores.length;
  return {
    name: 'covered-window',
    holds: outside <= MOST_OUTSIDE,
    finding: `${percent(outside)} of the scores lie outside the reference, wanted at most ${percent(MOST_OUTSIDE)}`,
  };
}

/** Standard deviation of each metric over drawn labels, for a window of n rows. */
function drawnSpread(rows: ScoredRows, seed: number): ClassifierMetrics {
  const random = createRandom(seed).fork('drawn-labels');
  const step = Math.max(1, rows.scores.length / MOST_DRAWN);
  const picked = Int32Array.from({ length: Math.min(rows.scores.length, MOST_DRAWN) }, (_, i) => Math.floor(i * step));
  const [scores, promised] = [rows.scores, rows.probabilities].map((all) => Float64Array.from(picked, (i) => all[i]!));
  const draws = Array.from({ length: DRAWS }, () =>
    expectedMetrics({ ...rows, scores: scores!, probabilities: promised!.map((p) => Number(random.uniform() < p)) }),
  );
  const spread = (name: keyof ClassifierMetrics): number => {
    const values = draws.map((draw) => draw[name]).filter(Number.isFinite);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return Math.sqrt((variance * picked.length) / rows.scores.length);
  };
  return {
    accuracy: spread('accuracy'),
    rocAuc: spread('rocAuc'),
    f1: spread('f1'),
    precision: spread('precision'),
    recall: spread('recall'),
  };
}

function estimateMetrics(fitted: ClassifierEstimator, rows: ScoredRows): EstimatedMetric[] {
  const [values, spreads] = [expectedMetrics(rows), drawnSpread(rows, fitted.seed)];
  const factor = Z * bandFactor(rows.scores.length, fitted.rows);
  return classifierMetricNames.map((name) => {
    const value = finite(values[name]);
    const [low, high] = [values[name] - factor * spreads[name], values[name] + factor * spreads[name]];
    const band = value === null ? { low: null, high: null } : { low: Math.max(0, low), high: Math.min(1, high) };
    return { name, value, ...band, reference: fitted.realised[name] };
  });
}

/**
 * Estimates what labels of a window would show, from its scores alone (confidence-based performance estimation, CBPE). It sees a
 * shift of the features, and not that their meaning changes.
 * @param scores - (n,) predicted probability of label 1, uncalibrated as the model gave them.
 * @throws PipelineError `NOT_FINITE`.
 */
export function estimateClassifierPerformance(fitted: ClassifierEstimator, scores: Float64Array): ClassifierEstimate {
  requireFinite('scores', scores);
  const undecided = fitted.undecided ?? (scores.length === 0 ? 'the window has no rows' : null);
  const origin = originAssumption(fitted.origin);
  if (undecided !== null)
    return {
      rows: scores.length,
      metrics: [],
      confusion: null,
      assumptions: [origin, ASSUMES_NO_CONCEPT_DRIFT],
      undecided,
    };
  const probabilities = marginsOf(scores).map((margin) => calibratedProbability(fitted.calibration, margin));
  const rows = sortByScore(scores, probabilities, fitted.threshold);
  return {
    rows: scores.length,
    metrics: estimateMetrics(fitted, rows),
    confusion: expectedConfusion(rows),
    assumptions: [origin, calibrationAssumption(fitted), coverageAssumption(fitted, scores), ASSUMES_NO_CONCEPT_DRIFT],
    undecided: null,
  };
}
