import { PipelineError } from '../../../contracts/errors.js';
import { renewReferences } from '../distance-score/index.js';
import { requireFeatures, requireWidth } from '../../estimator.js';
import { replaceOldestTrees, scoreForest } from '../isolation-forest/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { calibrate } from './anomaly-ensemble.js';
import { isFitted, scoreMember, type MemberState } from './member.js';
import type { AnomalyEnsembleState, EnsembleMember } from './state.js';

export interface Renewal {
  /** Share of trees and references that the window replaces, in (0, 1]. */
  readonly share: number;
  /** A different one for each renewal. */
  readonly seed: number;
}

/** Distances replace references; an autoencoder has no replaceable parts and stays. */
function renewMember(state: MemberState, window: Matrix, { share, seed }: Renewal): MemberState {
  if (state.kind === 'autoencoder') return state;
  return renewReferences(state, window, {
    share,
    seed: createRandom(seed)
      .fork(state.kind)
      .integer(2 ** 31),
  });
}

/**
 * Online learning: the same detector with its oldest trees and references replaced from a window of recent rows, and
 * its scores standardised anew on the window. Choice and members stay, but those of an earlier ensemble that are no longer
 * fitted (nearest neighbours, ECOD) are left out. The given state is not changed. Deterministic.
 * @param window - (w, featureCount), w ≥ the forest's `subsampleSize`, finite.
 * @throws PipelineError `TOO_FEW_ROWS`, `INVALID_INPUT` (share), `SHAPE_MISMATCH`, `NOT_FINITE`.
 */
export function renewEnsemble(state: AnomalyEnsembleState, window: Matrix, renewal: Renewal): AnomalyEnsembleState {
  const { share, seed } = renewal;
  if (!(share > 0 && share <= 1)) throw new PipelineError('INVALID_INPUT', `share is ${share}, wanted one in (0, 1]`);
  requireFeatures(window, false);
  requireWidth(window, state.forest.featureCount);
  const trees = state.forest.trees.offset.length - 1;
  const forest = replaceOldestTrees(state.forest, window, Math.max(1, Math.round(share * trees)), seed);
  const members = state.members
    .filter((member) => isFitted(member.state))
    .map((member): EnsembleMember => {
      const renewed = renewMember(member.state, window, renewal);
      return { ...member, ...calibrate(scoreMember(renewed, window)), state: renewed };
    });
  return { ...state, forest, forestCalibration: calibrate(scoreForest(forest, window)), members };
}
