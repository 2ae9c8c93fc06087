import { z } from 'zod';
import { calibratedProbability, calibration } from '../../../learning/evaluation/calibration/calibration.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { logOdds } from '../../../learning/numeric/statistics/odds.js';
import { isOutOfScope, joinLabels, OUT_OF_SCOPE_INTENT } from '../data/label-set.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { Answer, RankedIntent } from './answer.js';
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
    /**
     * `score`: the threshold alone decides. `class or score`: a message whose most probable class is the one for
     * out-of-scope messages is rejected too, so that more than the set share of in-scope messages is.
     */
    rule: z.enum(['score', 'class or score']).default('class or score'),
  }),
  /** Sentences about the training that the evaluation repeats. */
  notes: z.array(z.string()),
});
export type Decision = z.infer<typeof decision>;

/** Position of the class for out-of-scope messages; −1 = none. */
export const outOfScopeClass = (classes: readonly string[]): number => classes.findIndex(isOutOfScope);

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

/** The intents that would be accepted if the message is in scope. */
const acceptable = (known: readonly RankedIntent[], { several: multiLabel, intentThreshold }: Decision) =>
  multiLabel ? known.filter(({ probability }) => probability >= intentThreshold) : known.slice(0, 1);

interface Ranked {
  /** All classes. */
  readonly ranked: readonly RankedIntent[];
  readonly known: readonly RankedIntent[];
  readonly score: number;
}

/** Whether a message is out of scope. @param top - its most probable class. */
function isOutside(top: string, score: number, { threshold, rule }: Decision['rejection']): boolean {
  if (threshold === null) return isOutOfScope(top);
  return score > threshold || (rule === 'class or score' && isOutOfScope(top));
}

function toAnswer({ ranked, known, score }: Ranked, settings: Decision): Answer {
  const { several: multiLabel, rejection } = settings;
  const accepted = acceptable(known, settings);
  const isRejected = isOutside(ranked[0]!.intent, score, rejection) || accepted.length === 0;
  const single = isRejected ? null : known[0]!.probability;
  const found = {
    intent: isRejected ? OUT_OF_SCOPE_INTENT : accepted[0]!.intent,
    confidence: multiLabel ? listConfidence(ranked, settings) : single,
    intents: isRejected ? [] : accepted,
    classes: [...known],
    outOfScope: { rejected: isRejected, score, threshold: rejection.threshold },
    intentsPerMessage: multiLabel ? ('several' as const) : ('one' as const),
  };
  return { summary: summarise(found), ...found };
}

/** Turns the scores of one message into a judgement. @param scores - (classes,) logits. */
export function judge(scores: ArrayLike<number>, settings: Decision): Judgement {
  const { classes, several: multiLabel, temperature, rejection } = settings;
  const probabilities = probabilitiesAt(scores, temperature, multiLabel ? 'logistic' : 'softmax');
  const score = rejectionScore(rejection.score, scores, probabilities, outOfScopeClass(classes));
  const ranked = rankIntents(classes, probabilities);
  const answer = toAnswer({ ranked, known: knownIntents(ranked, multiLabel), score }, settings);
  if (!multiLabel) return { answer, top: ranked[0]! };
  const list = joinLabels(answer.intents.map(({ intent }) => intent));
  return { answer, top: { intent: list, probability: answer.confidence! } };
}
