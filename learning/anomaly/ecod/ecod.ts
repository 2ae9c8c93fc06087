import { defineUnsupervised, requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { ecodParams, type EcodParams } from './params.js';
import { cellOf, summariseColumns, type TailColumn } from './tail-columns.js';

/** Learned tails: plain data. */
export interface EcodState {
  readonly schemaVersion: 1;
  readonly kind: 'tail-score';
  readonly columns: readonly TailColumn[];
}

/** Score of one row: the largest of the sums of −ln P over the low tails, the high tails, and each column's longer tail. */
function scoreRow(columns: readonly TailColumn[], row: Float64Array): number {
  let [low, high, leaning] = [0, 0, 0];
  columns.forEach((column, j) => {
    const cell = cellOf(column.knots, Math.fround(row[j]!));
    low += column.low[cell]!;
    high += column.high[cell]!;
    leaning += column.leansLow ? column.low[cell]! : column.high[cell]!;
  });
  return Math.max(low, high, leaning);
}

function scoreRows({ columns }: EcodState, x: Matrix): Float64Array {
  requireWidth(x, columns.length);
  return Float64Array.from({ length: x.rows }, (_, i) =>
    scoreRow(columns, x.values.subarray(i * x.cols, (i + 1) * x.cols)),
  );
}

/**
 * How far out in its columns' tails a row lies, in nats: Li, Zhao, Hu, Botta, Ionescu and Chen, "ECOD: Unsupervised
 * Outlier Detection Using Empirical Cumulative Distribution Functions" (IEEE TKDE 2022), with each distribution held as
 * steps, exact at the ends. Looks at one column at a time; units do not matter; deterministic.
 * O(n · p · log n) to fit, O(p · log knots) a row to score.
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 */
export const ecod = defineUnsupervised<EcodParams, EcodState>({
  name: 'tail-score',
  params: ecodParams,
  /** @param x - (n, p). */
  fit: ({ knots }, x) => ({ schemaVersion: 1, kind: 'tail-score', columns: summariseColumns(x, knots) }),
  /** @param x - (m, p).  @returns (m,) ≥ 0, higher = more anomalous. */
  predict: scoreRows,
});
