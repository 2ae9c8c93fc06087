import type { ComputeContext } from '../../../contracts/model-definition.js';
import { betaMargin, fitBeta, type BetaCalibration } from '../../evaluation/calibration/beta.js';
import { hashFraction } from '../../numeric/hash/murmur.js';
import { sum } from '../../numeric/statistics/sum.js';
import { bestCandidates, candidateSpans, type Candidate } from './candidates.js';
import { marginOf, type ScoredTokenSpan } from './confidence.js';
import type { SentenceScorer } from './crf.js';
import { decodeLabels, type LabelSet, type TokenSpan } from './labels.js';
import { forwardBackward, type ChainModel } from './forward-backward.js';
import type { LabelledSentence } from './training-set.js';

/** A fitted model with its scorer. */
export interface FittedScorer {
  readonly chain: ChainModel;
  readonly score: SentenceScorer;
}

/** Sentences with their groups; a group is never split between training and test folds. */
export interface GroupedSentences {
  readonly sentences: readonly LabelledSentence[];
  readonly groups: readonly string[];
}

/** Decoding settings chosen by cross-validation inside the training part, with out-of-fold results. */
export interface CrossValidated {
  /** Subtracted from the score of label O when decoding; a larger bias finds more entities. */
  readonly bias: number;
  /** Smallest probability of a reported entity. */
  readonly threshold: number;
  readonly calibration: BetaCalibration;
  /** Out-of-fold entities of each sentence. */
  readonly entities: readonly (readonly ScoredTokenSpan[])[];
  /** Out-of-fold micro F1 with this bias and threshold. */
  readonly f1: number;
}

const BIASES = [0, 0.5, 1, 1.5] as const;
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6] as const;
/** With fewer entities calibration is not fitted. */
const MINIMUM_CALIBRATION_ENTITIES = 30;
const IDENTITY_CALIBRATION: BetaCalibration = { kind: 'beta', a: 1, b: 1, c: 0 };

/** Subtracts the bias from the score of label O of each token, in place. @param scores - (tokens, labels). */
export function subtractOutsideBias(scores: Float64Array, labels: number, bias: number): Float64Array {
  for (let row = 0; row < scores.length; row += labels) scores[row]! -= bias;
  return scores;
}

const keyOf = ({ type, first, last }: { type: string; first: number; last: number }): string =>
  `${first}-${last} ${type}`;

/** Keys of the annotated entities of a sentence. */
function annotatedKeys(set: LabelSet, { labels }: LabelledSentence): Set<string> {
  return new Set(decodeLabels(set, labels).map(keyOf));
}

/** A sentence with the scores of a model that was fitted without its group. */
export interface HeldOutSentence {
  readonly chain: ChainModel;
  readonly scores: Float64Array;
  readonly tokens: number;
}

/** Entity candidates of each sentence at one bias. */
const candidatesAt = (heldOut: readonly HeldOutSentence[], bias: number): Candidate[][] =>
  heldOut.map(({ chain, scores, tokens }) => {
    if (tokens === 0) return [];
    const biased = subtractOutsideBias(scores.slice(), chain.set.labels.length, bias);
    return candidateSpans(forwardBackward(chain, biased, tokens), THRESHOLDS[0]);
  });

/** Micro F1 of predicted against annotated entities. */
function microF1(found: readonly (readonly TokenSpan[])[], annotated: readonly ReadonlySet<string>[]): number {
  let [truePositives, predictedCount, annotatedCount] = [0, 0, 0];
  found.forEach((spans, i) => {
    truePositives += spans.filter((span) => annotated[i]!.has(keyOf(span))).length;
    predictedCount += spans.length;
    annotatedCount += annotated[i]!.size;
  });
  const total = predictedCount + annotatedCount;
  return total === 0 ? 0 : (2 * truePositives) / total;
}

function calibrate(
  entities: readonly (readonly ScoredTokenSpan[])[],
  annotated: readonly ReadonlySet<string>[],
): BetaCalibration {
  const margins: number[] = [];
  const labels: number[] = [];
  entities.forEach((spans, i) => {
    for (const span of spans) {
      margins.push(span.margin);
      labels.push(annotated[i]!.has(keyOf(span)) ? 1 : 0);
    }
  });
  const correct = sum(labels);
  if (labels.length < MINIMUM_CALIBRATION_ENTITIES || correct === 0 || correct === labels.length)
    return IDENTITY_CALIBRATION;
  return fitBeta(margins, labels, new Float64Array(labels.length).fill(1));
}

/** Calibrated probability that span and type of an entity are correct. @param margin - as in `ScoredTokenSpan`. */
export const calibratedConfidence = (calibration: BetaCalibration, margin: number): number =>
  1 / (1 + Math.exp(-betaMargin(calibration, margin)));

/** With fewer groups a fold, a hash would leave folds empty or put most sentences into one. */
const MINIMUM_GROUPS_A_FOLD = 10;

/** Few groups in folds of about the same number of sentences: the largest first, each into the smallest fold. */
function balancedFolds(sizes: ReadonlyMap<string, number>, folds: number): Map<string, number> {
  const loads = new Array<number>(folds).fill(0);
  const largestFirst = [...sizes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const found = new Map<string, number>();
  for (const [group, size] of largestFirst) {
    const fold = loads.indexOf(Math.min(...loads));
    found.set(group, fold);
    loads[fold]! += size;
  }
  return found;
}

/**
 * Assigns groups to test folds, by hash or, of fewer than ten groups a fold, by size. A fold is empty only where there are
 * more folds than groups; a single group is divided.
 * @returns (sentences,) the fold in which each sentence is tested.
 */
export function groupFolds(groups: readonly string[], folds: number, seed: number): Int32Array {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  if (sizes.size >= MINIMUM_GROUPS_A_FOLD * folds)
    return Int32Array.from(groups, (group) => Math.floor(hashFraction(`folds-${seed}`, group) * folds));
  // One document: nothing can be kept apart.
  if (sizes.size < 2) return Int32Array.from(groups, (_, i) => i % folds);
  const balanced = balancedFolds(sizes, folds);
  return Int32Array.from(groups, (group) => balanced.get(group)!);
}

interface ScoredDecoding {
  readonly bias: number;
  readonly threshold: number;
  readonly entities: readonly (readonly Candidate[])[];
  readonly f1: number;
}

/** The pair of bias and threshold with the highest F1; ties go to the smaller values. */
function bestDecoding(heldOut: readonly HeldOutSentence[], annotated: readonly ReadonlySet<string>[]): ScoredDecoding {
  let best: ScoredDecoding | null = null;
  for (const bias of BIASES) {
    const candidates = candidatesAt(heldOut, bias);
    for (const threshold of THRESHOLDS) {
      const entities = candidates.map((own, i) => bestCandidates(own, heldOut[i]!.tokens, threshold));
      const f1 = microF1(entities, annotated);
      if (best === null || f1 > best.f1) best = { bias, threshold, entities, f1 };
    }
  }
  return best!;
}

/**
 * Chooses the bias and the threshold with the best F1 on held-out sentences and fits the confidence calibration on the
 * entities found with them.
 * @param heldOut - one entry per sentence.
 */
export function chooseDecoding(
  set: LabelSet,
  heldOut: readonly HeldOutSentence[],
  sentences: readonly LabelledSentence[],
): CrossValidated {
  const annotated = sentences.map((sentence) => annotatedKeys(set, sentence));
  const { entities: found, ...chosen } = bestDecoding(heldOut, annotated);
  const entities = found.map((own) =>
    own.map(({ probability, ...span }) => ({ ...span, margin: marginOf(probability) })),
  );
  return { ...chosen, entities, calibration: calibrate(entities, annotated) };
}

/**
 * Grouped cross-validation: scores each sentence with a model fitted without its group, then chooses the decoding as
 * `chooseDecoding` does on these out-of-fold scores.
 * @param fit - fits a model on the sentences of the other folds.
 */
export async function crossValidate(
  { sentences, groups }: GroupedSentences,
  { set, folds }: { readonly set: LabelSet; readonly folds: number },
  fit: (train: readonly LabelledSentence[], fold: number) => FittedScorer | Promise<FittedScorer>,
  context: ComputeContext,
): Promise<CrossValidated> {
  const fold = groupFolds(groups, folds, context.seed);
  const heldOut = new Array<HeldOutSentence>(sentences.length);
  for (let k = 0; k < folds; k++) {
    context.signal.throwIfAborted();
    if (!fold.includes(k)) continue;
    const part = sentences.filter((_, i) => fold[i] !== k);
    const { chain, score } = await fit(part, k);
    sentences.forEach(({ words }, i) => {
      if (fold[i] === k) heldOut[i] = { chain, scores: score(words), tokens: words.length };
    });
  }
  return chooseDecoding(set, heldOut, sentences);
}
