import type { PerformanceEstimate } from '../../contracts/drift.js';
import type { ProbabilityOfAnswers } from '../../contracts/monitored-columns.js';
import type { Table } from '../../contracts/table.js';
import {
  type ClassifierEstimator,
  estimateClassifierPerformance,
  fitClassifierEstimator,
} from '../../learning/evaluation/drift/performance/classifier.js';

/** Rows that an estimator learns from, at most; more say little more. */
const MOST_JUDGED = 20_000;

/** Every answer counts as the statement that it is right. */
const ALWAYS = 0;

/** What held-out rows teach about a version's probabilities: plain data without rows. */
export function fitEstimator({ kind, ofHeldOut }: ProbabilityOfAnswers, scored: Table): ClassifierEstimator {
  const { truth, probability } = ofHeldOut(scored);
  const known = [...truth.keys()].filter((row) => !Number.isNaN(truth[row]!) && !Number.isNaN(probability[row]!));
  const step = Math.max(1, known.length / MOST_JUDGED);
  const chosen = Array.from({ length: Math.floor(known.length / step) }, (_, i) => known[Math.floor(i * step)]!);
  return fitClassifierEstimator({
    scores: Float64Array.from(chosen, (row) => probability[row]!),
    labels: Float64Array.from(chosen, (row) => truth[row]!),
    origin: 'held-out',
    ...(kind === 'confidence' && { threshold: ALWAYS }),
  });
}

const metricNames = { aucRoc: 'rocAuc', accuracy: 'accuracy' } as const;

/** Performance on a window by its probabilities alone. */
export function estimatePerformance(
  { metric }: ProbabilityOfAnswers,
  fitted: ClassifierEstimator,
  probabilities: readonly number[],
): PerformanceEstimate {
  const { metrics, assumptions, undecided } = estimateClassifierPerformance(fitted, Float64Array.from(probabilities));
  const found = metrics.find(({ name }) => name === metricNames[metric]);
  const stated = assumptions.map(({ name, holds, finding }) => `${name} (${wordOf(holds)}): ${finding}`);
  return {
    ...{ method: 'CBPE', metric, direction: 'higher' },
    ...{ estimated: found?.value ?? null, low: found?.low ?? null, high: found?.high ?? null },
    reference: found?.reference ?? null,
    assumptions: undecided === null ? stated : [undecided, ...stated],
  };
}

const wordOf = (holds: boolean | null): string => (holds === null ? 'not checked' : holds ? 'holds' : 'does not hold');
