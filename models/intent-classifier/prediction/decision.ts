import { z } from 'zod';
import { calibratedProbability, calibration } from '../../../learning/evaluation/calibration/calibration.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { logOdds } from '../../../learning/numeric/statistics/odds.js';
import { isOutOfScope, joinLabels, OUT_OF_SCOPE_INTENT } from '../data/label-set.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { rejectionScore, rejectionScores } from './out-of-scope.js';
import { summarise } from './summary.js';

/** `decision.json`: how scores become an answer, chosen on the validation part. */
export const decision = z.strictObject({
  schemaVersion: z.literal(1),
  engine: z.enum(['from-scratch', 'frozen', 'fine-tuned']),
  classes: z.array(z.string()).min(2),
  /** The stored name of `multiLabel`: whether a message has any number of intents. */
  several: z.boolean(),
  /** The scores are divided by it before they become probabilities. */
  temperature: z.number().gt(0),
  /** Multi-label only: smallest probability of an answered intent. */
  intentThreshold: z.number().gt(0).lt(1),
  /** Multi-label only: calibrates the product of the intents' probabilities as that of the whole list; null = none. */
  listCalibration: calibration.nullable().default(null),
  rejection: z.strictObject({
    score: z.enum(rejectionScores),
    /** Messages with a higher score are out of scope; null = none is. */
    threshold: z.number().nullable(),
  }),
  /** Sentences about the training that the evaluation repeats. */
  notes: z.array(z.string()),
});
export type Decision = z.infer<typeof decision>;

/** Position of the class for out-of-scope messages; −1 = none. */
export const outOfScopeClass = (classes: readonly string[]): number => classes.findIndex(isOutOfScope);

/** An intent with its calibrated probability. */
const rankedIntent = z.strictObject({ intent: z.string(), probability: z.number().min(0).max(1) });
export type RankedIntent = z.infer<typeof rankedIntent>;

/** An answer of the predictor. */
export const answer = z.strictObject({
  /** The answer in a sentence. */
  summary: z.string(),
  /** The intent; `out_of_scope` for a rejected message. Several intents a message: the most probable accepted one. */
  intent: z.string(),
  /**
   * Probability that the answered intent is right; null for a rejected message. Several intents a message: that the whole
   * list is right, also the empty one.
   */
  confidence: z.number().min(0).max(1).nullable(),
  /** Accepted intents, most probable first: at most one, or any number where messages have several. */
  intents: z.array(rankedIntent),
  /** All known intents, accepted or not, most probable first. With one intent a message the probabilities sum to 1. */
  classes: z.array(rankedIntent),
  /** Whether the message is one of the known intents at all, which is decided apart from which of them it is. */
  outOfScope: z.strictObject({
    rejected: z.boolean(),
    /** Larger for messages less like the intents. */
    score: z.number(),
    /** Messages with a larger score are rejected; null = no message is rejected by its score. */
    threshold: z.number().nullable(),
  }),
  /** How many intents this version can find in one message. */
  intentsPerMessage: z.enum(['one', 'several']),
});
export type Answer = z.infer<typeof answer>;

/** An answer with what evaluation counts. */
export interface Judgement {
  readonly answer: Answer;
  /** The most probable class before rejection by the score, the class for out-of-scope messages included. */
  readonly top: RankedIntent;
}

/** Classes with their probabilities, most probable first; ties by name. */
export function rankIntents(classes: readonly string[], probabilities: Float64Array): RankedIntent[] {
  const all = classes.map((intent, k) => ({ intent, probability: Math.min(1, probabilities[k]!) }));
  return all.sort((a, b) => b.probability - a.probability || (a.intent < b.intent ? -1 : 1));
}

/** Keeps log-odds finite. */
const PROBABILITY_EPSILON = 1e-12;

/** Log-odds that the decisions about all intents are correct, taken as independent. */
export function listMargin(ranked: readonly RankedIntent[], threshold: number): number {
  return logOdds(listProbability(ranked, threshold), PROBABILITY_EPSILON);
}

const listProbability = (ranked: readonly RankedIntent[], threshold: number): number =>
  ranked.reduce((product, { probability: p }) => product * (p >= threshold ? p : 1 - p), 1);

function listConfidence(ranked: readonly RankedIntent[], { intentThreshold, listCalibration }: Decision): number {
  if (listCalibration === null) return listProbability(ranked, intentThreshold);
  return calibratedProbability(listCalibration, listMargin(ranked, intentThreshold));
}

/** The known intents among ranked classes. With one intent a message they sum to 1. */
function knownIntents(ranked: readonly RankedIntent[], multiLabel: boolean): RankedIntent[] {
  const known = ranked.filter(({ intent }) => !isOutOfScope(intent));
  if (multiLabel) return known;
  const total = sum(known.map(({ probability }) => probability));
  const scaled = (probability: number): number => (total > 0 ? Math.min(1, probability / total) : 1 / known.length);
  return known.map(({ intent, probability }) => ({ intent, probability: scaled(probability) }));
}

/** Turns the scores of one message into a judgement. @param scores - (classes,) logits. */
export function judge(scores: ArrayLike<number>, settings: Decision): Judgement {
  const { classes, several: multiLabel, temperature, rejection } = settings;
  const probabilities = probabilitiesAt(scores, temperature, multiLabel ? 'logistic' : 'softmax');
  const score = rejectionScore(rejection.score, scores, probabilities, outOfScopeClass(classes));
  const ranked = rankIntents(classes, probabilities);
  const known = knownIntents(ranked, multiLabel);
  const overThreshold = rejection.threshold !== null && score > rejection.threshold;
  const accepted = multiLabel
    ? known.filter(({ probability }) => probability >= settings.intentThreshold)
    : known.slice(0, 1);
  const isRejected = isOutOfScope(ranked[0]!.intent) || overThreshold || accepted.length === 0;
  const confidence = multiLabel ? listConfidence(ranked, settings) : known[0]!.probability;
  const found = {
    intent: isRejected ? OUT_OF_SCOPE_INTENT : accepted[0]!.intent,
    confidence: isRejected && !multiLabel ? null : confidence,
    intents: isRejected ? [] : accepted,
    classes: known,
    outOfScope: { rejected: isRejected, score, threshold: rejection.threshold },
    intentsPerMessage: multiLabel ? ('several' as const) : ('one' as const),
  };
  const top = multiLabel
    ? { intent: joinLabels(found.intents.map(({ intent }) => intent)), probability: confidence }
    : ranked[0]!;
  return { answer: { summary: summarise(found), ...found }, top };
}

/** Turns the scores of one message into the answer. @param scores - (classes,) logits. */
export const decide = (scores: ArrayLike<number>, settings: Decision): Answer => judge(scores, settings).answer;
