import { fitTemperature, probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { microF1 } from '../../../learning/evaluation/metrics/index.js';
import { argmax } from '../../../learning/numeric/statistics/argmax.js';
import type { PreparedData } from '../data/examples.js';
import type { ScoredExample } from './engine.js';

const THRESHOLDS = Array.from({ length: 37 }, (_, i) => 0.05 + i * 0.025);
const DEFAULT_THRESHOLD = 0.5;

/** A threshold of probabilities with the micro F1 that it has. */
interface RatedThreshold {
  readonly threshold: number;
  readonly f1: number;
}

/** The intent threshold with the best micro F1; ties go to the default. */
export function bestThreshold(
  rows: readonly ScoredExample[],
  classes: readonly string[],
  temperature: number,
): RatedThreshold {
  const truth = rows.map(({ example }) => example.intents);
  const probabilities = rows.map(({ scores }) => probabilitiesAt(scores, temperature, 'logistic'));
  const predictedAt = (threshold: number): string[][] =>
    probabilities.map((row) => classes.filter((_, k) => row[k]! >= threshold));
  const rate = (threshold: number): RatedThreshold => {
    return { threshold, f1: microF1(truth, predictedAt(threshold)) ?? 1 }; // nothing to find, nothing found
  };
  if (rows.length === 0) return { threshold: DEFAULT_THRESHOLD, f1: 0 };
  return THRESHOLDS.map(rate).reduce((best, one) => (one.f1 > best.f1 ? one : best), rate(DEFAULT_THRESHOLD));
}

/** The temperature of validation scores. */
export function temperatureOf(
  rows: readonly ScoredExample[],
  { classes, multiLabel }: Pick<PreparedData, 'classes' | 'multiLabel'>,
): number {
  const position = new Map(classes.map((name, k) => [name, k]));
  const labelled = rows.map(({ scores, example }) => ({
    scores,
    right: example.intents.map((name) => position.get(name)!),
  }));
  return fitTemperature(labelled, multiLabel ? 'logistic' : 'softmax');
}

/** Quality of validation scores: accuracy of the most probable class, or micro F1 where a message has several intents. */
export function validationQuality(
  rows: readonly ScoredExample[],
  prepared: Pick<PreparedData, 'classes' | 'multiLabel'>,
): number {
  const { classes, multiLabel } = prepared;
  if (multiLabel) return bestThreshold(rows, classes, temperatureOf(rows, prepared)).f1;
  const right = rows.filter(({ scores, example }) => example.intents.includes(classes[argmax(scores)]!));
  return right.length / Math.max(1, rows.length);
}
