import {
  fitPoolMembers,
  type MemberScores,
  pooledScores,
  poolMembers,
  type PoolMembers,
  type PoolSettings,
  scoreMembers,
} from '../../../learning/text/linear-text/index.js';
import type { TrainContext } from '../../../contracts/model-definition.js';
import type { Example, Fold, PreparedData } from '../data/examples.js';
import type { IntentParams } from '../params.js';
import { type CrossFit, type CrossFitEngine, type ScoredExample, targetsOf, textsOf } from './engine.js';
import { logitGrowth, measuresGrowth, reversed } from './logit-growth.js';
import { linearParams, scratchFiles } from './scratch-engine.js';
import { validationQuality } from './validation-quality.js';

/** Inverse penalties to choose among, ascending; any of 3 to 100 is within a point of the best on public sets. */
const PENALTIES = [3, 30];
/** Shares of naive Bayes to choose among: none is best with few messages a class, a quarter with many. */
const SHARES = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

/** A fold with the scores of its validation messages by each member of the pool. */
interface ScoredFold {
  readonly validation: readonly Example[];
  readonly scores: MemberScores;
  readonly outOfScope: MemberScores;
}

/** Fits and scores one fold. */
interface FoldFit extends ScoredFold {
  readonly members: PoolMembers;
}

const rowsOf = ({ validation, scores }: ScoredFold, settings: PoolSettings): ScoredExample[] =>
  pooledScores(scores, settings).map((row, i) => ({ scores: row, example: validation[i]! }));

function fitFold(
  context: TrainContext,
  prepared: PreparedData,
  { fit, validation }: Fold,
  params: ReturnType<typeof linearParams> & { readonly penalties: readonly number[] },
): FoldFit {
  const { classes, outOfScopeTraining, outOfScopeValidation } = prepared;
  const targets = { classes: classes.length, values: targetsOf(fit, classes) };
  const members = fitPoolMembers(context, textsOf(fit), targets, params);
  const outOfScope = [...outOfScopeTraining, ...outOfScopeValidation];
  return {
    members,
    validation,
    scores: scoreMembers(members, textsOf(validation)),
    outOfScope: scoreMembers(members, textsOf(outOfScope)),
  };
}

/** `logitGrowth` of the pool with the chosen settings. */
function growthOf(
  scored: readonly ScoredFold[],
  settings: PoolSettings,
  prepared: PreparedData,
  scoresOfFold: (fold: Fold) => ScoredFold,
): number {
  const small = prepared.folds.map((fold) => scoresOfFold(reversed(fold)));
  const rowsUnder = (folds: readonly ScoredFold[]) => folds.flatMap((fold) => rowsOf(fold, settings));
  return logitGrowth({ folds: rowsUnder(scored), reversedFolds: rowsUnder(small) }, prepared);
}

/** The settings with the best validation quality; ties go to the first. */
function bestSettings(
  folds: readonly ScoredFold[],
  candidates: readonly PoolSettings[],
  prepared: PreparedData,
): PoolSettings {
  const rated = candidates.map((settings) => {
    const rows = folds.flatMap((fold) => rowsOf(fold, settings));
    return { settings, quality: validationQuality(rows, prepared) };
  });
  return rated.reduce((best, one) => (one.quality > best.quality ? one : best)).settings;
}

/** Candidates of the pool's settings; the default penalty first, then the fewest changes. */
function candidatesOf({ inversePenalty, bayesShare }: IntentParams, multiLabel: boolean) {
  const shares = multiLabel ? [0] : bayesShare === null ? SHARES : [bayesShare];
  const penalties = inversePenalty === null ? PENALTIES : [inversePenalty];
  return { shares, penalties };
}

const pairs = (penalties: readonly number[], shares: readonly number[]): PoolSettings[] =>
  penalties.flatMap((c) => shares.map((bayesShare) => ({ c, bayesShare })));

const note = ({ c, bayesShare }: PoolSettings): string =>
  `chosen on validation: inverse penalty ${c}, share of naive Bayes ${bayesShare}`;

/**
 * Chooses the inverse penalty on the first fold and the share of naive Bayes on all folds. The members of the pool are
 * fitted once; a share costs no fit, and a penalty about half a fit (`dualAscentPath`).
 */
export const crossFitScratch: CrossFitEngine = async (context, prepared, params): Promise<CrossFit> => {
  const { multiLabel, folds } = prepared;
  const { shares, penalties } = candidatesOf(params, multiLabel);
  const linear = linearParams({ ...params, bayesShare: Math.max(...shares) }, multiLabel);
  const first = fitFold(context, prepared, folds[0], { ...linear, penalties });
  const { c } = bestSettings([first], pairs(penalties, shares), prepared);
  // The other folds' tables of weights are as large as the model, so only their scores are kept.
  const scored: readonly ScoredFold[] = [first, ...folds.slice(1).map((fold) => scoresOfFold(fold, c))];
  const settings = bestSettings(scored, pairs([c], shares), prepared);
  return Promise.resolve({
    params: { ...params, inversePenalty: settings.c, bayesShare: settings.bayesShare },
    growth: measuresGrowth(prepared) ? growthOf(scored, settings, prepared, (fold) => scoresOfFold(fold, c)) : null,
    note: penalties.length * shares.length > 1 ? note(settings) : null,
    rows: scored.flatMap((fold) => rowsOf(fold, settings)),
    outOfScope: scored.flatMap(({ outOfScope }) => pooledScores(outOfScope, settings)),
    firstFit: () => Promise.resolve(scratchFiles(poolMembers(first.members, settings))),
  });

  function scoresOfFold(fold: Fold, penalty: number): ScoredFold {
    const { validation, scores, outOfScope } = fitFold(context, prepared, fold, { ...linear, penalties: [penalty] });
    return { validation, scores, outOfScope };
  }
};
