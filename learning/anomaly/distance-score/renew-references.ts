import { requireAtLeast } from '../../checks.js';
import { requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { standardise } from '../../numeric/standardisation/index.js';
import type { NeighbourDistanceState } from './neighbour-distance.js';
import { measuredRows, type ReferenceDistanceState } from './reference-distance.js';
import { drawReferences } from './references.js';

type DistanceState = ReferenceDistanceState | NeighbourDistanceState;

/** References that are replaced together: a set, or a single neighbour. */
const groupSize = (state: DistanceState): number =>
  state.kind === 'reference-distance' ? state.references.length / state.standardisation.center.length / state.sets : 1;

/** Rows for `count` groups, without repetition inside a group; neighbours are one group, as far as the window goes. */
function drawGroups(rows: Matrix, count: number, size: number, random: Random): Float32Array {
  if (size === 1) return drawReferences(rows, Math.min(count, rows.rows), random);
  const values = new Float32Array(count * size * rows.cols);
  for (let group = 0; group < count; group++) {
    values.set(drawReferences(rows, size, random), group * size * rows.cols);
  }
  return values;
}

/**
 * The same score with its oldest references replaced by rows of a window: whole sets of references, or single
 * neighbours. The standardisation stays, so distances keep their unit. Deterministic given the seed.
 * @param window - (w, featureCount), finite, w ≥ the references of a set.
 * @param renewal - share of the references that is replaced, in (0, 1].
 * @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS`.
 */
export function renewReferences<State extends DistanceState>(
  state: State,
  window: Matrix,
  { share, seed }: { readonly share: number; readonly seed: number },
): State {
  const cols = state.standardisation.center.length;
  requireWidth(window, cols);
  const size = groupSize(state);
  requireAtLeast('rows in the window', window.rows, size);
  const rows =
    state.kind === 'neighbour-distance' ? standardise(state.standardisation, window) : measuredRows(state, window);
  const groups = state.references.length / cols / size;
  const count = Math.min(groups, Math.max(1, Math.round(share * groups)));
  const added = drawGroups(rows, count, size, createRandom(seed));
  const references = new Float32Array(state.references.length);
  references.set(state.references.subarray(added.length));
  references.set(added, references.length - added.length);
  return { ...state, references };
}
