import { z } from 'zod';
import { calibratedProbability, calibration } from '../../../learning/evaluation/calibration/calibration.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { logOdds } from '../../../learning/numeric/statistics/odds.js';
import { isOutOfScope, OUT_OF_SCOPE_INTENT } from '../data/label-set.js';
import { rejectionScore, rejectionScores } from './out-of-scope.js';

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
  /** The intent; `out_of_scope` for a message outside all intents. Multi-label: the most probable one. */
  intent: z.string(),
  /** Probability that the most probable intent is correct; multi-label: that the whole list is. */
  confidence: z.number().min(0).max(1),
  outOfScope: z.boolean(),
  /** Larger for messages less like the intents; above the threshold of training a message is out of scope. */
  outOfScopeScore: z.number(),
  /** Accepted intents, most probable first: at most one, or any number if multi-label. */
  intents: z.array(rankedIntent),
  /** The three most probable intents, accepted or not. */
  candidates: z.array(rankedIntent),
});
export type Answer = z.infer<typeof answer>;

const CANDIDATES = 3;

/** All intents with their probabilities, most probable first; ties by name. */
export function rankIntents(classes: readonly string[], probabilities: Float64Array): RankedIntent[] {
  const all = classes.map((intent, k) => ({ intent, probability: Math.min(1, probabilities[k]!) }));
  return all.sort((a, b) => b.probability - a.probability || (a.intent < b.intent ? -1 : 1));
}

function acceptIntents(ranked: readonly RankedIntent[], rejected: boolean, settings: Decision): RankedIntent[] {
  if (settings.several) return ranked.filter(({ probability }) => probability >= settings.intentThreshold);
  return rejected ? [] : ranked.slice(0, 1);
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

/** Turns the scores of one message into the answer. @param scores - (classes,) logits. */
export function decide(scores: ArrayLike<number>, settings: Decision): Answer {
  const { classes, several: multiLabel, temperature } = settings;
  const { score, threshold } = settings.rejection;
  const probabilities = probabilitiesAt(scores, temperature, multiLabel ? 'logistic' : 'softmax');
  const outOfScopeScore = rejectionScore(score, scores, probabilities, outOfScopeClass(classes));
  const ranked = rankIntents(classes, probabilities);
  const rejected = isOutOfScope(ranked[0]!.intent) || (threshold !== null && outOfScopeScore > threshold);
  const intents = acceptIntents(ranked, rejected, settings);
  return {
    intent: rejected || intents.length === 0 ? OUT_OF_SCOPE_INTENT : intents[0]!.intent,
    confidence: multiLabel ? listConfidence(ranked, settings) : ranked[0]!.probability,
    outOfScope: rejected || intents.length === 0,
    outOfScopeScore,
    intents: rejected ? [] : intents,
    candidates: ranked.slice(0, CANDIDATES),
  };
}
