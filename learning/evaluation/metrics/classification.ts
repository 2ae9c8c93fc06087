import type { Interval } from '../../../contracts/evaluation.js';
import { requireAtLeast, requireLength } from '../../checks.js';

/** Truth and prediction of each row, as names. */
export interface Classified {
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
}

function requireRows({ truth, predicted }: Classified): void {
  requireLength('predicted', predicted.length, truth.length);
  requireAtLeast('rows to measure', truth.length, 1);
}

/** Share of rows with the right name. @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS`. */
export function accuracy(rows: Classified): number {
  requireRows(rows);
  return rows.truth.filter((name, row) => name === rows.predicted[row]).length / rows.truth.length;
}

/** Of one class. */
export interface ClassScore {
  readonly name: string;
  /** Null for a class never predicted. */
  readonly precision: number | null;
  /** Null for a class that no row has. */
  readonly recall: number | null;
  readonly f1: number;
  /** Rows whose truth it is. */
  readonly support: number;
}

interface Counts {
  right: number;
  predicted: number;
  support: number;
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function scoreOf(name: string, { right, predicted, support }: Counts): ClassScore {
  return {
    name,
    precision: ratio(right, predicted),
    recall: ratio(right, support),
    f1: (2 * right) / (predicted + support),
    support,
  };
}

function countSets(truth: readonly (readonly string[])[], predicted: readonly (readonly string[])[]) {
  const counts = new Map<string, Counts>();
  const at = (name: string): Counts => {
    const known = counts.get(name) ?? { right: 0, predicted: 0, support: 0 };
    counts.set(name, known);
    return known;
  };
  truth.forEach((names, row) => {
    const found = new Set(predicted[row]);
    for (const name of names) {
      at(name).support += 1;
      if (found.has(name)) at(name).right += 1;
    }
    for (const name of found) at(name).predicted += 1;
  });
  return counts;
}

/**
 * Precision, recall and F1 of each class that occurs in truth or prediction, by name. A class never predicted has no
 * precision, and F1 0.
 * @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS`.
 */
export function classScores(rows: Classified): ClassScore[] {
  requireRows(rows);
  const counts = countSets(
    rows.truth.map((name) => [name]),
    rows.predicted.map((name) => [name]),
  );
  return [...counts].map(([name, count]) => scoreOf(name, count)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** As `classScores`, of rows with any number of labels: each label is a binary decision. */
export const labelScores = (
  truth: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): ClassScore[] =>
  [...countSets(truth, predicted)]
    .map(([name, count]) => scoreOf(name, count))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Mean F1 of the classes that occur: a rare class counts as much as a frequent one. */
export function macroF1(rows: Classified): number {
  const scores = classScores(rows);
  return scores.reduce((sum, { f1 }) => sum + f1, 0) / scores.length;
}

/** F1 over all (row, label) pairs of rows with any number of labels; null when there is no label anywhere. */
export function microF1(
  truth: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): number | null {
  const all = { right: 0, predicted: 0, support: 0 };
  for (const count of countSets(truth, predicted).values()) {
    all.right += count.right;
    all.predicted += count.predicted;
    all.support += count.support;
  }
  return all.predicted + all.support === 0 ? null : scoreOf('', all).f1;
}

/** A cell of the confusion matrix that is not empty. */
export interface Confusion {
  readonly truth: string;
  readonly predicted: string;
  readonly rows: number;
}

/** All cells with at least one row, most frequent first. */
export function confusions(rows: Classified): Confusion[] {
  requireRows(rows);
  const counts = new Map<string, Map<string, number>>();
  rows.truth.forEach((truth, row) => {
    const line = counts.get(truth) ?? new Map<string, number>();
    counts.set(truth, line);
    const predicted = rows.predicted[row]!;
    line.set(predicted, (line.get(predicted) ?? 0) + 1);
  });
  const cells = [...counts].flatMap(([truth, line]) =>
    [...line].map(([predicted, count]) => ({ truth, predicted, rows: count })),
  );
  const key = ({ truth, predicted }: Confusion): string => `${truth}\0${predicted}`;
  return cells.sort((a, b) => b.rows - a.rows || (key(a) < key(b) ? -1 : 1));
}

/** 1.96: the middle 95 % of a normal distribution. */
const Z = 1.959963984540054;

/**
 * Difference of two accuracies on the same rows with its paired interval (Agresti & Min 2005: half a pseudo-row added
 * to each discordant cell, so that it does not collapse when the two never disagree).
 * @param ours - (n,) 1 = right.
 */
export function pairedAccuracy(ours: ArrayLike<number>, theirs: ArrayLike<number>) {
  const n = ours.length;
  let [won, lost] = [0, 0];
  for (let row = 0; row < n; row++) {
    if (ours[row]! > theirs[row]!) won += 1;
    if (ours[row]! < theirs[row]!) lost += 1;
  }
  const difference = (won - lost) / n;
  const total = n + 2;
  const centre = (won - lost) / total;
  const variance = (won + lost + 1) / total - centre * centre;
  const spread = Z * Math.sqrt(variance / total);
  const interval: Interval = {
    low: centre - spread,
    high: centre + spread,
    level: 0.95,
    method: 'paired, Agresti-Min',
  };
  return {
    difference,
    interval: { ...interval, low: Math.min(interval.low, difference), high: Math.max(interval.high, difference) },
  };
}
