import type { ComputeContext } from '../../../contracts/model-definition.js';
import {
  anomalyEnsembleWith,
  type AnomalyEnsembleState,
  type Renewal,
  renewEnsemble,
  toOnnx as ensembleToOnnx,
} from '../../../learning/anomaly/anomaly-ensemble/index.js';
import { loadAutoencoder } from '../../../learning/anomaly/autoencoder/index.js';
import {
  attributePathLength,
  extendedIsolationForest,
  type ForestState,
  isolationForest,
  replaceOldestTrees,
  toOnnx,
} from '../../../learning/anomaly/isolation-forest/index.js';
import { type Matrix, matrix, selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import type { AnomalyParams } from '../params.js';

/** A detector without labels: the pooled one, or a category's. */
export type MemberState = ForestState | AnomalyEnsembleState;

/** Distances, tails and an autoencoder look at every row they are given; more rows than this cost time only. */
const ENSEMBLE_ROWS = 20_000;

/** @param values - (rows, cols) as the graphs see them. */
export const asMatrix = (values: Float32Array, cols: number): Matrix =>
  matrix(values.length / cols, cols, Float64Array.from(values));

/** A forest of the kind asked for; the one beside or inside an ensemble is a plain one. @throws PipelineError `TOO_FEW_ROWS`. */
export function fitForest(params: AnomalyParams, x: Matrix, context: ComputeContext): ForestState {
  const shape = { trees: params.nEstimators, subsampleSize: params.subsampleSize };
  if (params.detector === 'extended-isolation-forest') return extendedIsolationForest.fit(shape, x, context);
  return isolationForest.fit(shape, x, context);
}

/** Chooses its members by itself: a forest alone, or with what it finds agreeing. */
async function fitEnsemble(params: AnomalyParams, x: Matrix, context: ComputeContext): Promise<AnomalyEnsembleState> {
  const { estimator } = await loadAutoencoder();
  const drawn = createRandom(context.seed).fork('ensemble').permutation(x.rows).subarray(0, ENSEMBLE_ROWS).sort();
  const rows = selectMatrixRows(x, drawn);
  const shape = { trees: params.nEstimators, subsampleSize: params.subsampleSize };
  return anomalyEnsembleWith(estimator).fit(shape, rows, context);
}

/** The model of all categories together. @throws PipelineError `TOO_FEW_ROWS`. */
export const fitPooled = async (params: AnomalyParams, x: Matrix, context: ComputeContext): Promise<MemberState> =>
  params.detector === 'ensemble' ? fitEnsemble(params, x, context) : fitForest(params, x, context);

/** Trees that isolate rows: the member itself, or the forest in an ensemble. */
const forestOf = (state: MemberState): ForestState => (state.kind === 'anomaly-ensemble' ? state.forest : state);

/**
 * The member with its oldest trees replaced by trees of the window, an ensemble with everything it holds renewed; as it is
 * when the window is too small for one tree.
 */
export function updateMember(state: MemberState, window: Matrix, renewal: Renewal): MemberState {
  if (window.rows < forestOf(state).subsampleSize) return state;
  if (state.kind === 'anomaly-ensemble') return renewEnsemble(state, window, renewal);
  const trees = state.trees.offset.length - 1;
  return replaceOldestTrees(state, window, Math.max(1, Math.round(renewal.share * trees)), renewal.seed);
}

/** A graph with input `features` (rows, cols) and output `score` (rows, 1). */
export const memberGraph = (state: MemberState): Uint8Array =>
  state.kind === 'anomaly-ensemble' ? ensembleToOnnx(state) : toOnnx(state);

/** Contribution of each signal of each row, positive = made it easier to isolate. */
export const attributeMember = (state: MemberState, x: Matrix): Matrix => attributePathLength(forestOf(state), x);
