import type { ComputeContext } from '../../../contracts/model-definition.js';
import { betaMargin, fitBeta, type BetaCalibration } from '../../evaluation/calibration/beta.js';
import { hashFraction } from '../../numeric/hash/murmur.js';
import { bestCandidates, candidateSpans, type Candidate } from './candidates.js';
import { marginOf, type ScoredTokenSpan } from './confidence.js';
import type { SentenceScorer } from './crf.js';
import { decodeLabels, type LabelSet, type TokenSpan } from './labels.js';
import { passAlong, type ChainModel } from './forward-backward.js';
import type { LabelledSentence } from './training-set.js';

/** A fitted model with its scorer. */
export interface FittedScorer {
  readonly chain: ChainModel;
  readonly score: SentenceScorer;
}

/** Sentences with what holds them together: those of one group are never on both sides. */
export interface GroupedSentences {
  readonly sentences: readonly LabelledSentence[];
  readonly groups: readonly string[];
}

/** What cross-validation inside the training part chose and measured. */
export interface CrossValidated {
  /** Taken off the score of O when decoding: entities are found more readily than likelihood alone would. */
  readonly bias: number;
  /** Smallest probability of an entity that is worth reporting. */
  readonly threshold: number;
  readonly calibration: BetaCalibration;
  /** Out-of-fold entities of each sentence. */
  readonly entities: readonly (readonly ScoredTokenSpan[])[];
  /** Out-of-fold micro F1 so decoded. */
  readonly f1: number;
}

const BIASES = [0, 0.5, 1, 1.5] as const;
const THRESHOLDS = [0.3, 0.4, 0.5, 0.6] as const;
/** Fewer entities say nothing about calibration. */
const FEWEST_TO_CALIBRATE = 30;
const UNCHANGED: BetaCalibration = { kind: 'beta', a: 1, b: 1, c: 0 };

/** Lowers the score of O in place. */
export function favourEntities(scores: Float64Array, labels: number, bias: number): Float64Array {
  for (let row = 0; row < scores.length; row += labels) scores[row]! -= bias;
  return scores;
}

const keyOf = ({ type, first, last }: { type: string; first: number; last: number }): string =>
  `${first}-${last} ${type}`;

/** The entities that are annotated just so. */
function truths(set: LabelSet, { labels }: LabelledSentence): Set<string> {
  return new Set(decodeLabels(set, labels).map(keyOf));
}

/** A sentence with the scores of a model that did not see its group. */
export interface HeldSentence {
  readonly chain: ChainModel;
  readonly scores: Float64Array;
  readonly tokens: number;
}

/** What may be in each sentence at a bias. */
const candidatesAt = (held: readonly HeldSentence[], bias: number): Candidate[][] =>
  held.map(({ chain, scores, tokens }) => {
    if (tokens === 0) return [];
    const favoured = favourEntities(scores.slice(), chain.set.labels.length, bias);
    return candidateSpans(passAlong(chain, favoured, tokens), THRESHOLDS[0]);
  });

/** Micro F1 of entities against truths, sentence by sentence. */
function microF1(found: readonly (readonly TokenSpan[])[], wanted: readonly ReadonlySet<string>[]): number {
  let [right, predicted, annotated] = [0, 0, 0];
  found.forEach((spans, i) => {
    right += spans.filter((span) => wanted[i]!.has(keyOf(span))).length;
    predicted += spans.length;
    annotated += wanted[i]!.size;
  });
  return predicted + annotated === 0 ? 0 : (2 * right) / (predicted + annotated);
}

function calibrate(
  entities: readonly (readonly ScoredTokenSpan[])[],
  wanted: readonly ReadonlySet<string>[],
): BetaCalibration {
  const margins: number[] = [];
  const labels: number[] = [];
  entities.forEach((spans, i) => {
    for (const span of spans) {
      margins.push(span.margin);
      labels.push(wanted[i]!.has(keyOf(span)) ? 1 : 0);
    }
  });
  const right = labels.reduce((sum, label) => sum + label, 0);
  if (labels.length < FEWEST_TO_CALIBRATE || right === 0 || right === labels.length) return UNCHANGED;
  return fitBeta(margins, labels, new Float64Array(labels.length).fill(1));
}

/** Probability that an entity is exactly right. */
export const calibratedConfidence = (calibration: BetaCalibration, margin: number): number =>
  1 / (1 + Math.exp(-betaMargin(calibration, margin)));

/** @returns (sentences,) the fold in which each is tested. */
export function groupFolds(groups: readonly string[], folds: number, seed: number): Int32Array {
  return Int32Array.from(groups, (group) => Math.floor(hashFraction(`folds-${seed}`, group) * folds));
}

interface Judged {
  readonly bias: number;
  readonly threshold: number;
  readonly entities: readonly (readonly Candidate[])[];
  readonly f1: number;
}

/** F1 of each pair of bias and threshold; the first of the best. */
function bestDecoding(held: readonly HeldSentence[], wanted: readonly ReadonlySet<string>[]): Judged {
  let best: Judged | null = null;
  for (const bias of BIASES) {
    const candidates = candidatesAt(held, bias);
    for (const threshold of THRESHOLDS) {
      const entities = candidates.map((own, i) => bestCandidates(own, held[i]!.tokens, threshold));
      const f1 = microF1(entities, wanted);
      if (best === null || f1 > best.f1) best = { bias, threshold, entities, f1 };
    }
  }
  return best!;
}

/**
 * Picks the bias and the threshold with the best F1 on sentences that the scores' models did not see, and fits the
 * calibration of confidences on the entities found with them.
 * @param held - one a sentence.
 */
export function chooseDecoding(
  set: LabelSet,
  held: readonly HeldSentence[],
  sentences: readonly LabelledSentence[],
): CrossValidated {
  const wanted = sentences.map((sentence) => truths(set, sentence));
  const { entities: found, ...chosen } = bestDecoding(held, wanted);
  const entities = found.map((own) =>
    own.map(({ probability, ...span }) => ({ ...span, margin: marginOf(probability) })),
  );
  return { ...chosen, entities, calibration: calibrate(entities, wanted) };
}

/**
 * Tests each sentence by a model that did not see its group, at several biases and thresholds; picks those with the best F1 and
 * fits the calibration of confidences on those same out-of-fold entities.
 * @param fit - fits on some of the sentences.
 */
export async function crossValidate(
  { sentences, groups }: GroupedSentences,
  { set, folds }: { readonly set: LabelSet; readonly folds: number },
  fit: (train: readonly LabelledSentence[], fold: number) => FittedScorer | Promise<FittedScorer>,
  context: ComputeContext,
): Promise<CrossValidated> {
  const fold = groupFolds(groups, folds, context.seed);
  const held = new Array<HeldSentence>(sentences.length);
  for (let k = 0; k < folds; k++) {
    context.signal.throwIfAborted();
    const part = sentences.filter((_, i) => fold[i] !== k);
    const { chain, score } = await fit(part, k);
    sentences.forEach(({ words }, i) => {
      if (fold[i] === k) held[i] = { chain, scores: score(words), tokens: words.length };
    });
  }
  return chooseDecoding(set, held, sentences);
}
