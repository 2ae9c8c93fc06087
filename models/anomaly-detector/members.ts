import type { ComputeContext } from '../../contracts/model-definition.js';
import {
  attributePathLength,
  extendedIsolationForest,
  type ForestState,
  isolationForest,
  replaceOldestTrees,
  toOnnx,
} from '../../learning/isolation-forest/index.js';
import { type Matrix, matrix } from '../../learning/matrix/index.js';
import type { AnomalyParams } from './params.js';

/** A detector without labels: the pooled one, or a category's. */
export type MemberState = ForestState;

/** @param values - (rows, cols) as the graphs see them. */
export const asMatrix = (values: Float32Array, cols: number): Matrix =>
  matrix(values.length / cols, cols, Float64Array.from(values));

/** Labels are not read. */
const unlabelled = ({ rows }: Matrix): Uint8Array => new Uint8Array(rows);

/** @throws PipelineError `TOO_FEW_ROWS`. */
export function fitMember(params: AnomalyParams, x: Matrix, context: ComputeContext): MemberState {
  const shape = { trees: params.nEstimators, subsampleSize: params.subsampleSize };
  if (params.detector === 'isolation-forest') return isolationForest.fit(shape, x, unlabelled(x), context);
  return extendedIsolationForest.fit(shape, x, unlabelled(x), context);
}

/** The member with its oldest trees replaced by trees of the window; as it is when the window is too small for one. */
export function updateMember(
  state: MemberState,
  window: Matrix,
  { share, seed }: { readonly share: number; readonly seed: number },
): MemberState {
  if (window.rows < state.subsampleSize) return state;
  const trees = state.trees.offset.length - 1;
  return replaceOldestTrees(state, window, Math.max(1, Math.round(share * trees)), seed);
}

/** A graph with input `features` (rows, cols) and output `score` (rows, 1). */
export const memberGraph = (state: MemberState): Uint8Array => toOnnx(state);

/** Contribution of each signal of each row, positive = made it easier to isolate. */
export const attributeMember = (state: MemberState, x: Matrix): Matrix => attributePathLength(state, x);
