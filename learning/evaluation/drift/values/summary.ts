import type { DriftColumn } from '../types.js';
import { categoryCounts, type CategoryCounts, type PairedCounts } from './categories.js';
import { createSortSpace } from './sort-values.js';
import { type Distribution, distributionOf, type DistributionSpace } from './distribution.js';
import { type TextCounts, textCounts } from './text-counts.js';

/** What the tests of mode `default` need of one side of a column; of rows, or of a sketch of them. */
export type ColumnSummary =
  | { readonly kind: 'numeric'; readonly distribution: Distribution }
  | { readonly kind: 'categorical'; readonly categories: CategoryCounts }
  | { readonly kind: 'text'; readonly texts: TextCounts };

export interface SideCounts {
  /** Rows with a value. */
  readonly count: number;
  /** Rows without a finite value. */
  readonly missing: number;
  readonly infinite: number;
}

/** Memory for one side, shared by its columns. */
export const createSpace = (): DistributionSpace => ({ sort: createSortSpace(), weights: new Float64Array(0) });

/** Summarises the rows of a column. The arrays of a numeric one are views into the space, valid until its next use. */
export function summarize(column: DriftColumn, space: DistributionSpace): ColumnSummary {
  if (column.kind === 'numeric') return { kind: 'numeric', distribution: distributionOf(column.values, space) };
  if (column.kind === 'categorical') return { kind: 'categorical', categories: categoryCounts(column.values) };
  return { kind: 'text', texts: textCounts(column.values) };
}

export function sideCounts(summary: ColumnSummary): SideCounts {
  if (summary.kind === 'numeric') {
    const { rows, missing, infinite } = summary.distribution;
    return { count: rows, missing: missing + infinite, infinite };
  }
  const { rows, missing } = summary.kind === 'categorical' ? summary.categories : summary.texts;
  return { count: rows, missing, infinite: 0 };
}

/** Weights of both sides at each distinct value of either, ascending. O(k). */
export function pairDistributions(a: Distribution, b: Distribution): PairedCounts {
  const [reference, current]: [number[], number[]] = [[], []];
  let [i, j] = [0, 0];
  while (i < a.values.length || j < b.values.length) {
    const [nextA, nextB] = [a.values[i] ?? Infinity, b.values[j] ?? Infinity];
    const value = Math.min(nextA, nextB);
    reference.push(nextA === value ? a.weights[i++]! : 0);
    current.push(nextB === value ? b.weights[j++]! : 0);
  }
  return { reference, current };
}
