import { defineUnsupervised, requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { fitStandardisation, standardise, type Standardisation } from '../../numeric/standardisation/index.js';
import { neighbourDistanceParams, type NeighbourDistanceParams } from './params.js';
import { drawReferences, SAME_ROW, squaredDistances } from './references.js';

/** Learned references: plain data. */
export interface NeighbourDistanceState {
  readonly schemaVersion: 1;
  readonly kind: 'neighbour-distance';
  readonly standardisation: Standardisation;
  readonly neighbours: number;
  /** (references, featureCount), standardised; more than `neighbours` of them unless there were fewer rows. */
  readonly references: Float32Array;
}

/** How many of `neighbours` there are beside the row itself. */
const neighboursKept = (neighbours: number, references: number): number =>
  Math.max(1, Math.min(neighbours, references - 1));

/** Keeps the smallest values in ascending order; `nearest` is filled with Infinity at first. */
function keepNearest(squared: Float64Array, nearest: Float64Array): void {
  const last = nearest.length - 1;
  nearest.fill(Infinity);
  for (const distance of squared) {
    if (distance >= nearest[last]!) continue;
    let place = last;
    for (; place > 0 && nearest[place - 1]! > distance; place--) nearest[place] = nearest[place - 1]!;
    nearest[place] = distance;
  }
}

/** Mean distance to the nearest, without the first when that is the row itself. */
function meanDistance(nearest: Float64Array): number {
  const first = nearest.length > 1 && nearest[0]! <= SAME_ROW ? 1 : 0;
  const count = Math.max(1, nearest.length - 1);
  let sum = 0;
  for (let k = first; k < first + count; k++) sum += Math.sqrt(nearest[k]!);
  return sum / count;
}

function scoreRows(state: NeighbourDistanceState, x: Matrix): Float64Array {
  const cols = state.standardisation.center.length;
  requireWidth(x, cols);
  const rows = standardise(state.standardisation, x);
  const squared = new Float64Array(state.references.length / cols);
  const kept = neighboursKept(state.neighbours, squared.length);
  const nearest = new Float64Array(Math.min(kept + 1, squared.length));
  return Float64Array.from({ length: x.rows }, (_, i) => {
    squaredDistances(rows.values.subarray(i * cols, (i + 1) * cols), { cols, values: state.references }, squared);
    keepNearest(squared, nearest);
    return meanDistance(nearest);
  });
}

/**
 * Mean distance to the nearest rows of one random sample (k nearest neighbours; Angiulli and Pizzuti, PKDD 2002). Small
 * in clusters, which it serves to recognise; it has no graph, because no artefact scores with it.
 * A row that is among the references is not its own neighbour. Columns are standardised;
 * O(references · p) a row.
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 */
export const neighbourDistance = defineUnsupervised<NeighbourDistanceParams, NeighbourDistanceState>({
  name: 'neighbour-distance',
  params: neighbourDistanceParams,
  /** @param x - (n, p). */
  fit(params, x, { seed }) {
    const standardisation = fitStandardisation(x);
    const count = Math.min(params.references, x.rows);
    const references = drawReferences(standardise(standardisation, x), count, createRandom(seed));
    const { neighbours } = params;
    return { schemaVersion: 1, kind: 'neighbour-distance', standardisation, neighbours, references };
  },
  /** @param x - (m, p).  @returns (m,) distance ≥ 0 in standard deviations, higher = more anomalous. */
  predict: scoreRows,
});
