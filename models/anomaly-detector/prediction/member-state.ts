import type { AnomalyEnsembleState } from '../../../learning/anomaly/anomaly-ensemble/index.js';
import { attributePathLength, type ForestState } from '../../../learning/anomaly/isolation-forest/index.js';
import { type Matrix, matrix } from '../../../learning/numeric/matrix/index.js';

/** An unsupervised detector: the pooled one, or a category's. */
export type MemberState = ForestState | AnomalyEnsembleState;

/** @param values - (rows, cols), row-major float32, as the graphs read them. */
export const asMatrix = (values: Float32Array, cols: number): Matrix =>
  matrix(values.length / cols, cols, Float64Array.from(values));

/** The isolation trees of a member: the member itself, or the forest of an ensemble. */
export const forestOf = (state: MemberState): ForestState => (state.kind === 'anomaly-ensemble' ? state.forest : state);

/** The forest whose score is the member's; null for an ensemble of more than its forest. */
export function servedForestOf(state: MemberState): ForestState | null {
  if (state.kind !== 'anomaly-ensemble') return state;
  return state.choice === 'forest' ? state.forest : null;
}

/** Contribution of each signal of each row; positive = made the row easier to isolate. */
export const attributeMember = (state: MemberState, x: Matrix): Matrix => attributePathLength(forestOf(state), x);
