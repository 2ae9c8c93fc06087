import { z } from 'zod';
import {
  calibratedProbability,
  type Calibration,
  calibration,
  fitCalibration,
} from '../../../learning/evaluation/calibration/calibration.js';
import { fitTemperature, probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { microF1 } from '../../../learning/evaluation/metrics/index.js';
import type { Example, Prepared } from '../data/examples.js';
import { isOutOfScope, OUT_OF_SCOPE_INTENT } from '../data/label-set.js';
import { rejection, rejectionAuc, rejectionScores, thresholdFor } from './out-of-scope.js';

/** How scores become an answer: chosen on validation, kept in the artefact as decision.json. */
export const decision = z.strictObject({
  schemaVersion: z.literal(1),
  engine: z.enum(['from-scratch', 'frozen', 'fine-tuned']),
  classes: z.array(z.string()).min(2),
  /** Any number of intents a message. */
  several: z.boolean(),
  /** Divides the scores before they become probabilities. */
  temperature: z.number().gt(0),
  /** Least probability of an intent that is answered, when there may be several. */
  intentThreshold: z.number().gt(0).lt(1),
  /** From the product of the intents' probabilities to that of the whole list, where there may be several; null = as it is. */
  listCalibration: calibration.nullable().default(null),
  rejection: z.strictObject({
    score: z.enum(rejectionScores),
    /** Above it a message is out of scope; null = never. */
    threshold: z.number().nullable(),
  }),
  /** Sentences about the training that the evaluation repeats. */
  notes: z.array(z.string()),
});
export type Decision = z.infer<typeof decision>;

/** Scores of a message and what is right. */
interface Judged {
  readonly scores: ArrayLike<number>;
  readonly example: Example;
}

/** Position of the class that stands for out of scope; −1 = none. */
export const strangerClass = (classes: readonly string[]): number => classes.findIndex(isOutOfScope);

const THRESHOLDS = Array.from({ length: 37 }, (_, i) => 0.05 + i * 0.025);
const USUAL_THRESHOLD = 0.5;

/** The probability above which an intent is answered: best micro-F1 on validation. */
function bestThreshold(rows: readonly Judged[], classes: readonly string[], temperature: number): number {
  const truth = rows.map(({ example }) => example.intents);
  const probabilities = rows.map(({ scores }) => probabilitiesAt(scores, temperature, 'logistic'));
  const quality = (threshold: number): number =>
    microF1(truth, probabilities.map((row) => classes.filter((_, k) => row[k]! >= threshold))); // prettier-ignore
  return THRESHOLDS.reduce((best, one) => (quality(one) > quality(best) ? one : best), USUAL_THRESHOLD);
}

/** Fewer messages than this cannot tell how sure a list is. */
const FEWEST_CALIBRATED = 30;

/** Intents of one message do not come independently of each other, so their probabilities' product says too little. */
function fitListCalibration(
  rows: readonly Judged[],
  classes: readonly string[],
  { temperature, intentThreshold }: Pick<Decision, 'temperature' | 'intentThreshold'>,
): Decision['listCalibration'] {
  if (rows.length < FEWEST_CALIBRATED) return null;
  const lists = rows.map(({ scores }) => rankedIntents(classes, probabilitiesAt(scores, temperature, 'logistic')));
  const margins = lists.map((list) => logitOf(independent(list, intentThreshold)));
  const right = rows.map(({ example }, row) => {
    const found = lists[row]!.filter(({ probability }) => probability >= intentThreshold);
    return Number(
      found.length === example.intents.length && found.every(({ intent }) => example.intents.includes(intent)),
    );
  });
  return fitSmoothed(margins, right);
}

/** Platt's (1999) targets, (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2): where all lists are right, the next one need not be. */
function fitSmoothed(margins: readonly number[], right: readonly number[]): Calibration {
  const hits = right.filter((one) => one === 1).length;
  const doubt = right.map((one) => 1 / ((one === 1 ? hits : right.length - hits) + 2));
  const both = [...right, ...right.map((one) => 1 - one)];
  return fitCalibration('beta', [...margins, ...margins], both, [...doubt.map((share) => 1 - share), ...doubt]);
}

interface Chosen {
  readonly engine: Decision['engine'];
  readonly prepared: Prepared;
  readonly rejectShare: number;
}

/** The score that tells strangers best on validation; without strangers to look at, the highest probability. */
function chooseRejection(
  rows: readonly Judged[],
  strangers: readonly ArrayLike<number>[],
  temperature: number,
  { prepared, rejectShare }: Chosen,
): Decision['rejection'] {
  const stranger = strangerClass(prepared.classes);
  const kindOf = prepared.several ? 'logistic' : 'softmax';
  const isStranger = ({ example }: Judged): boolean => example.outOfScope;
  const all = [...strangers, ...rows.filter(isStranger).map(({ scores }) => scores)];
  const candidates = (prepared.several ? (['probability'] as const) : rejectionScores).map((score) => {
    const of = (scores: ArrayLike<number>): number =>
      rejection(score, scores, probabilitiesAt(scores, temperature, kindOf), stranger);
    const inScope = rows.filter((row) => !isStranger(row)).map(({ scores }) => of(scores));
    return { score, inScope, auc: rejectionAuc({ inScope, strangers: all.map(of) }) ?? 0 };
  });
  const best = candidates.reduce((a, b) => (b.auc > a.auc ? b : a));
  // A message with no intent at all is an answer where several are allowed, not a stranger.
  const threshold = prepared.several ? null : thresholdFor(best.inScope, rejectShare);
  return { score: best.score, threshold };
}

/**
 * Fits temperature, thresholds and the rejection score.
 * @param scores - of `prepared.validation`.  @param strangers - of `prepared.strangers`.
 */
export function fitDecision(
  scores: readonly ArrayLike<number>[],
  strangers: readonly ArrayLike<number>[],
  chosen: Chosen,
  notes: readonly string[],
): Decision {
  const { classes, several, validation } = chosen.prepared;
  const position = new Map(classes.map((name, k) => [name, k]));
  const rows = validation.map((example, i) => ({ example, scores: scores[i]! }));
  const scored = rows.map((row) => ({ scores: row.scores, right: row.example.intents.map((name) => position.get(name)!) })); // prettier-ignore
  const temperature = fitTemperature(scored, several ? 'logistic' : 'softmax');
  const intentThreshold = several && rows.length > 0 ? bestThreshold(rows, classes, temperature) : USUAL_THRESHOLD;
  return {
    schemaVersion: 1,
    engine: chosen.engine,
    classes: [...classes],
    several,
    temperature,
    intentThreshold,
    listCalibration: several ? fitListCalibration(rows, classes, { temperature, intentThreshold }) : null,
    rejection: chooseRejection(rows, strangers, temperature, chosen),
    notes: [...notes],
  };
}

/** One intent with its calibrated probability. */
const ranked = z.strictObject({ intent: z.string(), probability: z.number().min(0).max(1) });

/** What the predictor answers. */
export const answer = z.strictObject({
  /** The intent; `out_of_scope` when the message is none of them. With several intents the most probable one. */
  intent: z.string(),
  /** Probability that the most probable intent is right; with several intents, that the whole list is. */
  confidence: z.number().min(0).max(1),
  outOfScope: z.boolean(),
  /** The larger, the less like the intents; above the threshold chosen in training a message is out of scope. */
  outOfScopeScore: z.number(),
  /** Accepted intents, most probable first: at most one, or any number when the model was trained with several. */
  intents: z.array(ranked),
  /** The three most probable intents, accepted or not. */
  candidates: z.array(ranked),
});
export type Answer = z.infer<typeof answer>;

const CANDIDATES = 3;

function rankedIntents(classes: readonly string[], probabilities: Float64Array): z.infer<typeof ranked>[] {
  const all = classes.map((intent, k) => ({ intent, probability: Math.min(1, probabilities[k]!) }));
  return all.sort((a, b) => b.probability - a.probability || (a.intent < b.intent ? -1 : 1));
}

function accept(rows: readonly z.infer<typeof ranked>[], rejected: boolean, settings: Decision) {
  if (settings.several) return rows.filter(({ probability }) => probability >= settings.intentThreshold);
  return rejected ? [] : rows.slice(0, 1);
}

/** Probability that every decision about every intent is right, taken as independent. */
const independent = (rows: readonly z.infer<typeof ranked>[], threshold: number): number =>
  rows.reduce((product, { probability: p }) => product * (p >= threshold ? p : 1 - p), 1);

const SMALLEST = 1e-12;
function logitOf(probability: number): number {
  const inside = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
  return Math.log(inside / (1 - inside));
}

function listConfidence(rows: readonly z.infer<typeof ranked>[], settings: Decision): number {
  const product = independent(rows, settings.intentThreshold);
  return settings.listCalibration === null
    ? product
    : calibratedProbability(settings.listCalibration, logitOf(product));
}

/** Turns the scores of one message into the answer. */
export function decide(scores: ArrayLike<number>, settings: Decision): Answer {
  const { classes, several, temperature } = settings;
  const probabilities = probabilitiesAt(scores, temperature, several ? 'logistic' : 'softmax');
  const stranger = strangerClass(classes);
  const outOfScopeScore = rejection(settings.rejection.score, scores, probabilities, stranger);
  const { threshold } = settings.rejection;
  const rows = rankedIntents(classes, probabilities);
  const strange = isOutOfScope(rows[0]!.intent) || (threshold !== null && outOfScopeScore > threshold);
  const intents = accept(rows, strange, settings);
  return {
    intent: strange || intents.length === 0 ? OUT_OF_SCOPE_INTENT : intents[0]!.intent,
    confidence: several ? listConfidence(rows, settings) : rows[0]!.probability,
    outOfScope: strange || intents.length === 0,
    outOfScopeScore,
    intents: strange ? [] : intents,
    candidates: rows.slice(0, CANDIDATES),
  };
}
