import { requireAtLeast, requireInteger } from '../../checks.js';
import { quietContext, requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { extendedIsolationForest, isolationForest } from './isolation-forest.js';
import { dropAndAppend, shiftCuts, treeCount } from './packed-trees.js';
import type { CutDirections, ExtendedIsolationForestState, ForestState, IsolationForestState } from './state.js';

function requireReplaceable(state: ForestState, window: Matrix, count: number): void {
  requireWidth(window, state.featureCount);
  const trees = treeCount(state.trees);
  requireInteger('count', count, 1, trees);
  requireAtLeast('rows in the window', window.rows, state.subsampleSize);
}

/** The cuts that trees from `firstCut` on use, followed by the new trees'. */
function joinCuts(kept: CutDirections, added: CutDirections, firstCut: number): CutDirections {
  const start = firstCut * kept.coordinates;
  return {
    coordinates: kept.coordinates,
    feature: Int32Array.from([...kept.feature.subarray(start), ...added.feature]),
    weight: Float32Array.from([...kept.weight.subarray(start), ...added.weight]),
  };
}

function replaceExtended(
  state: ExtendedIsolationForestState,
  added: ExtendedIsolationForestState,
  count: number,
): ExtendedIsolationForestState {
  // Cuts are numbered in the order of their nodes, so the dropped trees own the first ones.
  const dropped = state.trees.feature.subarray(0, state.trees.offset[count]).filter((cut) => cut >= 0).length;
  const keptCuts = state.cuts.feature.length / state.cuts.coordinates - dropped;
  const trees = dropAndAppend(shiftCuts(state.trees, -dropped), count, shiftCuts(added.trees, keptCuts));
  return { ...state, cuts: joinCuts(state.cuts, added.cuts, dropped), trees };
}

/**
 * Online learning: the same forest with its `count` oldest trees replaced by trees grown on a window of recent rows.
 * Deterministic given the seed; the given state is not changed. Fit with different seeds when called repeatedly.
 * @param window - (w, featureCount), w ≥ the forest's `subsampleSize`, finite.
 * @throws PipelineError `TOO_FEW_ROWS`, `INVALID_INPUT` (count), `SHAPE_MISMATCH`, `NOT_FINITE`.
 */
export function replaceOldestTrees<State extends ForestState>(
  state: State,
  window: Matrix,
  count: number,
  seed: number,
): State;
export function replaceOldestTrees(state: ForestState, window: Matrix, count: number, seed: number): ForestState {
  requireReplaceable(state, window, count);
  const params = { trees: count, subsampleSize: state.subsampleSize };
  if (state.kind === 'isolation-forest') {
    const added: IsolationForestState = isolationForest.fit(params, window, quietContext(seed));
    return { ...state, trees: dropAndAppend(state.trees, count, added.trees) };
  }
  const extended = { ...params, coordinates: state.cuts.coordinates };
  return replaceExtended(state, extendedIsolationForest.fit(extended, window, quietContext(seed)), count);
}
