/** Expected counts of the confusion matrix. */
export interface ExpectedConfusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** Rows of a window by rising score. */
export interface ScoredRows {
  /** (n,) ascending. */
  readonly scores: Float64Array;
  /** (n,) probability that the label is 1, or the labels. */
  readonly probabilities: Float64Array;
  /** Scores from here on are predicted 1. */
  readonly threshold: number;
}

export const classifierMetricNames = ['accuracy', 'rocAuc', 'f1', 'precision', 'recall'] as const;
export type ClassifierMetricName = (typeof classifierMetricNames)[number];
/** NaN = not defined. */
export type ClassifierMetrics = Readonly<Record<ClassifierMetricName, number>>;

/** Sorts rows by score. O(n log n). */
export function sortByScore(scores: Float64Array, probabilities: Float64Array, threshold: number): ScoredRows {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  return {
    scores: Float64Array.from(order, (row) => scores[row]!),
    probabilities: Float64Array.from(order, (row) => probabilities[row]!),
    threshold,
  };
}

export function expectedConfusion({ scores, probabilities, threshold }: ScoredRows): ExpectedConfusion {
  let [truePositive, falsePositive, trueNegative, falseNegative] = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const probability = probabilities[i]!;
    if (scores[i]! >= threshold) {
      truePositive += probability;
      falsePositive += 1 - probability;
    } else {
      falseNegative += probability;
      trueNegative += 1 - probability;
    }
  }
  return { truePositive, falsePositive, trueNegative, falseNegative };
}

/** Area under the ROC curve where each row is positive with its probability; equal scores count half. */
function expectedAuc({ scores, probabilities }: ScoredRows): number {
  let [negativesBelow, positives, wins] = [0, 0, 0];
  for (let i = 0; i < scores.length;) {
    let [groupPositives, groupNegatives] = [0, 0];
    const score = scores[i]!;
    for (; i < scores.length && scores[i] === score; i++) {
      groupPositives += probabilities[i]!;
      groupNegatives += 1 - probabilities[i]!;
    }
    wins += groupPositives * (negativesBelow + groupNegatives / 2);
    negativesBelow += groupNegatives;
    positives += groupPositives;
  }
  return wins / (positives * negativesBelow);
}

/**
 * Metrics where each row's label is 1 with its probability (confidence-based performance estimation, as NannyML 0.13.1); with
 * labels as probabilities these are the metrics themselves. O(n).
 */
export function expectedMetrics(rows: ScoredRows): ClassifierMetrics {
  const { truePositive, falsePositive, trueNegative, falseNegative } = expectedConfusion(rows);
  return {
    accuracy: (truePositive + trueNegative) / rows.scores.length,
    rocAuc: expectedAuc(rows),
    f1: (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative),
    precision: truePositive / (truePositive + falsePositive),
    recall: truePositive / (truePositive + falseNegative),
  };
}
