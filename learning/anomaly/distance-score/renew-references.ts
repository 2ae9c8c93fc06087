import { requireAtLeast } from '../../checks.js';
import { requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { measuredRows, type ReferenceDistanceState } from './reference-distance.js';
import { drawReferences } from './references.js';

/** Rows for `count` sets of `size` references, without repetition inside a set. */
function drawSets(rows: Matrix, count: number, size: number, random: Random): Float32Array {
  const values = new Float32Array(count * size * rows.cols);
  for (let set = 0; set < count; set++) values.set(drawReferences(rows, size, random), set * size * rows.cols);
  return values;
}

/**
 * The same score with its oldest sets of references replaced by rows of a window. The standardisation stays, so distances
 * keep their unit. Deterministic given the seed.
 * @param window - (w, featureCount), finite, w ≥ the references of a set.
 * @param renewal - share of the sets that is replaced, in (0, 1].
 * @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS`.
 */
export function renewReferences(
  state: ReferenceDistanceState,
  window: Matrix,
  { share, seed }: { readonly share: number; readonly seed: number },
): ReferenceDistanceState {
  const cols = state.standardisation.center.length;
  requireWidth(window, cols);
  const size = state.references.length / cols / state.sets;
  requireAtLeast('rows in the window', window.rows, size);
  const count = Math.min(state.sets, Math.max(1, Math.round(share * state.sets)));
  const added = drawSets(measuredRows(state, window), count, size, createRandom(seed));
  const references = new Float32Array(state.references.length);
  references.set(state.references.subarray(added.length));
  references.set(added, references.length - added.length);
  return { ...state, references };
}
