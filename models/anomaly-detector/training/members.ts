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
  extendedIsolationForest,
  type ForestState,
  isolationForest,
  replaceOldestTrees,
  toOnnx,
} from '../../../learning/anomaly/isolation-forest/index.js';
import { type Matrix, selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import type { AnomalyParams } from '../params.js';
import { forestOf, type MemberState } from '../prediction/member-state.js';

/** Rows that an ensemble is fitted on; more only cost time. */
const ENSEMBLE_ROWS = 20_000;

/** A forest of the chosen kind; beside or inside an ensemble it is a plain isolation forest. @throws PipelineError `TOO_FEW_ROWS`. */
export function fitForest(params: AnomalyParams, x: Matrix, context: ComputeContext): ForestState {
  const shape = { trees: params.nEstimators, subsampleSize: params.subsampleSize };
  if (params.detector === 'extended-isolation-forest') return extendedIsolationForest.fit(shape, x, context);
  return isolationForest.fit(shape, x, context);
}

/** An ensemble that chooses its members: a forest alone, or with the candidates that agree with it. */
async function fitEnsemble(params: AnomalyParams, x: Matrix, context: ComputeContext): Promise<AnomalyEnsembleState> {
  const autoencoder = params.detector === 'ensemble-with-autoencoder' ? (await loadAutoencoder()).estimator : null;
  const drawn = createRandom(context.seed).fork('ensemble').permutation(x.rows).subarray(0, ENSEMBLE_ROWS).sort();
  const rows = selectMatrixRows(x, drawn);
  const shape = { trees: params.nEstimators, subsampleSize: params.subsampleSize };
  return anomalyEnsembleWith(autoencoder).fit(shape, rows, context);
}

/** The model of all categories together. @throws PipelineError `TOO_FEW_ROWS`. */
export const fitPooled = async (params: AnomalyParams, x: Matrix, context: ComputeContext): Promise<MemberState> =>
  params.detector === 'ensemble' || params.detector === 'ensemble-with-autoencoder'
    ? fitEnsemble(params, x, context)
    : fitForest(params, x, context);

/**
 * The member with its oldest trees replaced by trees grown on the window; of an ensemble every member is renewed.
 * Unchanged when the window has fewer rows than a tree needs.
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
