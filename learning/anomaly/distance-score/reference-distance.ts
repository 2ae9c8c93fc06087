import { defineUnsupervised, requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { fitStandardisation, standardise, type Standardisation } from '../../numeric/standardisation/index.js';
import { referenceDistanceParams, type ReferenceDistanceParams } from './params.js';
import { drawReferences, SAME_ROW, squaredDistances } from './references.js';

/** Learned references: plain data. */
export interface ReferenceDistanceState {
  readonly schemaVersion: 1;
  /** Compressed: measured on sign(z)·ln(1 + |z|). */
  readonly kind: 'reference-distance' | 'compressed-reference-distance';
  readonly standardisation: Standardisation;
  readonly sets: number;
  /** (sets · references, featureCount), standardised, and compressed where the kind says so. */
  readonly references: Float32Array;
}

/** Distance to the nearest reference of a set other than the row itself; 0 when all are the row itself. */
function nearest(squared: Float64Array): number {
  let least = Infinity;
  for (const distance of squared) if (distance > SAME_ROW && distance < least) least = distance;
  return least === Infinity ? 0 : Math.sqrt(least);
}

function drawSets(x: Matrix, params: ReferenceDistanceParams, seed: number): Float32Array {
  const count = Math.min(params.references, x.rows);
  const result = new Float32Array(params.sets * count * x.cols);
  const chance = createRandom(seed);
  for (let set = 0; set < params.sets; set++) {
    result.set(drawReferences(x, count, chance.fork(`set ${set}`)), set * count * x.cols);
  }
  return result;
}

/** Rows as distances are measured on them. */
export function measuredRows(
  { kind, standardisation }: Pick<ReferenceDistanceState, 'kind' | 'standardisation'>,
  x: Matrix,
): Matrix {
  const rows = standardise(standardisation, x);
  if (kind === 'reference-distance') return rows;
  return { ...rows, values: rows.values.map((z) => Math.sign(z) * Math.log(1 + Math.abs(z))) };
}

function scoreRows(state: ReferenceDistanceState, x: Matrix): Float64Array {
  const cols = state.standardisation.center.length;
  requireWidth(x, cols);
  const rows = measuredRows(state, x);
  const total = state.references.length / cols;
  const squared = new Float64Array(total);
  return Float64Array.from({ length: x.rows }, (_, i) => {
    squaredDistances(rows.values.subarray(i * cols, (i + 1) * cols), { cols, values: state.references }, squared);
    let sum = 0;
    for (let at = 0; at < total; at += total / state.sets)
      sum += nearest(squared.subarray(at, at + total / state.sets));
    return sum / state.sets;
  });
}

/**
 * Mean distance to the nearest row of small random samples. Sugiyama and Borgwardt, "Rapid Distance-Based Outlier
 * Detection via Sampling" (NIPS 2013), averaged over many samples. A sample so small seldom contains a row of a rare
 * cluster, so clustered anomalies keep a large distance, unlike with nearest neighbours.
 * Columns are standardised; O(sets · references · p) a row.
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 */
export const referenceDistance = defineUnsupervised<ReferenceDistanceParams, ReferenceDistanceState>({
  name: 'reference-distance',
  params: referenceDistanceParams,
  /** @param x - (n, p). */
  fit(params, x, { seed }) {
    const standardisation = fitStandardisation(x);
    const kind = params.compressed ? 'compressed-reference-distance' : 'reference-distance';
    const references = drawSets(measuredRows({ kind, standardisation }, x), params, seed);
    return { schemaVersion: 1, kind, standardisation, sets: params.sets, references };
  },
  /** @param x - (m, p).  @returns (m,) distance ≥ 0 in standard deviations, higher = more anomalous. */
  predict: scoreRows,
});
