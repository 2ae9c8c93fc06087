import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { AutoencoderEstimator } from '../autoencoder/index.js';
import { neighbourDistance, referenceDistance } from '../distance-score/index.js';
import { defineUnsupervised, requireWidth, type UnsupervisedEstimator } from '../../estimator.js';
import { isolationForest, scoreForest } from '../isolation-forest/index.js';
import { selectMatrixRows, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { agreement, AGREEMENT_NEEDED, crowding, CROWDING_LIMIT } from './evidence.js';
import { memberWeights, scoreMember, type MemberState } from './member.js';
import { anomalyEnsembleParams, type AnomalyEnsembleParams } from './params.js';
import type { AnomalyEnsembleState, Calibration, EnsembleMember } from './state.js';
import { mean } from '../../numeric/statistics/mean.js';

/** So few references that a cluster of a few percent of the rows seldom contains one. */
const FARNESS_REFERENCES = 4;

/** Relative size of what float32 in a graph may add to a score. */
const ROUNDING = 1e-6;

/** @returns mean and deviation of raw scores; one that varies only by rounding is left unscaled. */
export function calibrate(scores: Float64Array): Calibration {
  const center = mean(scores);
  const variance = scores.reduce((sum, score) => sum + (score - center) ** 2, 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return { center, scale: deviation > ROUNDING * Math.abs(center) ? deviation : 1 };
}

/** Adds weight · standardised score in place. */
function addStandardised(total: Float64Array, scores: Float64Array, by: Calibration & { readonly weight: number }) {
  for (let i = 0; i < total.length; i++) total[i]! += (by.weight * (scores[i]! - by.center)) / by.scale;
}

/** Rows of the sample on which crowding is measured; its cost grows with rows times references. */
const CROWDING_ROWS = 2048;

/** Of each of the two distances to references. */
const REFERENCE_SETS = 32;

interface Candidate {
  readonly state: MemberState;
  readonly scores: Float64Array;
}

/** Fits estimators on all rows and scores a sample, each with its own seed. */
class Workbench {
  readonly sample: Matrix;

  constructor(
    private readonly x: Matrix,
    private readonly context: ComputeContext,
    sampleRows: number,
  ) {
    const drawn = createRandom(context.seed).fork('sample').permutation(x.rows).subarray(0, sampleRows);
    this.sample = selectMatrixRows(x, drawn.sort());
  }

  fit<Params, State>(estimator: UnsupervisedEstimator<Params, State>, params: unknown, name = estimator.name): State {
    const seed = createRandom(this.context.seed)
      .fork(name)
      .integer(2 ** 31);
    return estimator.fit(params, this.x, { ...this.context, seed });
  }

  candidate(state: MemberState): Candidate {
    return { state, scores: scoreMember(state, this.sample) };
  }
}

/** Candidates in the order of admission. */
const fitCandidates = (bench: Workbench, autoencoder: AutoencoderEstimator | null): Candidate[] =>
  [
    bench.fit(referenceDistance, { sets: REFERENCE_SETS }),
    bench.fit(referenceDistance, { sets: REFERENCE_SETS, compressed: true }, 'compressed'),
    ...(autoencoder === null ? [] : [bench.fit(autoencoder, {})]),
  ].map((state) => bench.candidate(state));

/** Admits candidates one after the other, each by its agreement with those admitted before. */
function admit(candidates: readonly Candidate[], consensus: Float64Array, needed: number) {
  const members: EnsembleMember[] = [];
  const agreements: AnomalyEnsembleState['evidence']['agreement'] = Object.fromEntries(
    candidates.map(({ state, scores }) => {
      const agreed = agreement(consensus, scores);
      if (agreed >= needed) {
        const member = { ...calibrate(scores), weight: memberWeights[state.kind], state };
        addStandardised(consensus, scores, member);
        members.push(member);
      }
      return [state.kind, agreed];
    }),
  );
  return { members, agreements };
}

function measureCrowding(bench: Workbench): number {
  const every = Math.max(1, Math.floor(bench.sample.rows / CROWDING_ROWS));
  const count = Math.ceil(bench.sample.rows / every);
  const rows = selectMatrixRows(
    bench.sample,
    Int32Array.from({ length: count }, (_, i) => i * every),
  );
  const farness = bench.fit(referenceDistance, { references: FARNESS_REFERENCES }, 'farness');
  const neighbours = bench.fit(neighbourDistance, {});
  return crowding(referenceDistance.predict(farness, rows), neighbourDistance.predict(neighbours, rows));
}

function fitEnsemble(
  params: AnomalyEnsembleParams,
  x: Matrix,
  context: ComputeContext,
  autoencoder: AutoencoderEstimator | null,
): AnomalyEnsembleState {
  const bench = new Workbench(x, context, params.sampleRows);
  const { trees, subsampleSize, method } = params;
  const forest = isolationForest.fit({ trees, subsampleSize }, x, context);
  const forestScores = scoreForest(forest, bench.sample);
  const forestCalibration = calibrate(forestScores);
  const common = { schemaVersion: 1, kind: 'anomaly-ensemble', forest, forestCalibration } as const;
  if (method === 'forest')
    return { ...common, choice: 'forest', evidence: { crowding: 0, agreement: {} }, members: [] };

  const consensus = new Float64Array(forestScores.length);
  addStandardised(consensus, forestScores, { ...forestCalibration, weight: 1 });
  const crowded = measureCrowding(bench);
  const candidates = fitCandidates(bench, autoencoder);
  const { members, agreements } = admit(candidates, consensus, method === 'ensemble' ? 0 : AGREEMENT_NEEDED);
  const alone = method === 'auto' && (crowded > CROWDING_LIMIT || members.length === 0);
  const evidence = { crowding: crowded, agreement: agreements };
  return { ...common, choice: alone ? 'forest' : 'ensemble', evidence, members: alone ? [] : members };
}

/** Maps the real numbers to (0, 1), 0 to one half; its tails decay slowly, so that extreme scores differ in float32. */
const squash = (z: number): number => 0.5 + (0.5 * z) / (1 + Math.abs(z));

/** Sum of weights, the forest's 1 included. */
export const totalWeight = (state: AnomalyEnsembleState): number =>
  state.members.reduce((sum, { weight }) => sum + weight, 1);

function scoreEnsemble(state: AnomalyEnsembleState, x: Matrix): Float64Array {
  requireWidth(x, state.forest.featureCount);
  const forestScores = scoreForest(state.forest, x);
  if (state.choice === 'forest') return forestScores;
  const total = new Float64Array(x.rows);
  addStandardised(total, forestScores, { ...state.forestCalibration, weight: 1 });
  for (const member of state.members) addStandardised(total, scoreMember(member.state, x), member);
  const weight = totalWeight(state);
  return total.map((sum) => squash(sum / weight));
}

/**
 * The ensemble with an autoencoder as its last candidate.
 * @param autoencoder - from `loadAutoencoder`, whose loading is asynchronous; null leaves it out.
 */
export const anomalyEnsembleWith = (
  autoencoder: AutoencoderEstimator | null,
): UnsupervisedEstimator<AnomalyEnsembleParams, AnomalyEnsembleState> =>
  defineUnsupervised<AnomalyEnsembleParams, AnomalyEnsembleState>({
    name: 'anomaly-ensemble',
    params: anomalyEnsembleParams,
    /** @param x - (n, p). */
    fit: (params, x, context) => fitEnsemble(params, x, context, autoencoder),
    /** @param x - (m, p).  @returns (m,) score in (0, 1). */
    predict: scoreEnsemble,
  });

/**
 * Isolation forest, alone or with members that were admitted without labels: see this folder's index and
 * docs/experiments/anomaly.md. Weighted sum of standardised scores, so that a member to which a row is ordinary cannot
 * outweigh one to which it is extreme, as it can in an average of ranks. Deterministic given the seed.
 * @throws PipelineError `TOO_FEW_ROWS` (fewer than 2), `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 * @example
 * const state = anomalyEnsemble.fit({}, x, quietContext(42));
 * const score = anomalyEnsemble.predict(state, x); // (0, 1), higher = more anomalous
 */
export const anomalyEnsemble = anomalyEnsembleWith(null);
