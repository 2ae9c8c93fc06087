import type { AttributionMethod } from '../../../contracts/model-definition.js';
import { type Attribution, lime, occlude, type ScoreTexts } from '../../../learning/evaluation/explain/index.js';
import { odds } from '../../../learning/numeric/statistics/odds.js';
import type { Decision } from './decision.js';

/** A word with its effect on the probability (`weight`). */
export interface ExplainedWord extends Attribution {
  /** Effect on the odds. Absent for LIME, whose weight is an average over texts with other words missing. */
  readonly oddsFactor?: number;
  readonly sentence: string;
}

/** What each word contributes to an answer. */
export interface IntentExplanation {
  /** The most probable intent, which is explained. */
  readonly intent: string;
  readonly probability: number;
  readonly method: AttributionMethod;
  /** Strongest first. */
  readonly words: readonly ExplainedWord[];
}

/** Smaller effects on the odds are reported as no difference. */
const MINIMUM_FACTOR = 1.05;
const MAXIMUM_FACTOR = 1e6;
const PROBABILITY_EPSILON = 1e-12;

const oddsOf = (probability: number): number => odds(probability, PROBABILITY_EPSILON);

const factorText = (factor: number): string =>
  factor >= MAXIMUM_FACTOR ? 'over a million' : String(Number(factor.toPrecision(factor < 10 ? 2 : 3)));

/** Describes the effect of a word on the odds, because probabilities near 1 hardly change. */
function sentenceOf(text: string, factor: number): string {
  const size = Math.max(factor, 1 / factor);
  if (size < MINIMUM_FACTOR) return `"${text}" makes no difference`;
  return `"${text}" makes the odds ${factorText(size)} times as ${factor > 1 ? 'high' : 'low'}`;
}

/** The part of a predictor that gives probabilities. */
interface ClassProbabilities {
  readonly decision: Pick<Decision, 'classes'>;
  /** In the order of `decision.classes`. */
  probabilities(texts: readonly string[]): Promise<Float64Array[]>;
}

/** A function that gives the calibrated probability of one intent for texts. */
export const probabilityOf =
  (predictor: ClassProbabilities, intent: string): ScoreTexts =>
  async (texts) => {
    const position = predictor.decision.classes.indexOf(intent);
    return (await predictor.probabilities(texts)).map((row) => row[position]!);
  };

/** LIME draws the same words to be taken away each time. */
const LIME_SEED = 1;
/** Smaller effects on the probability are reported as no difference. */
const MINIMUM_POINTS = 0.1;

function limeSentence({ text, weight }: Attribution): string {
  const points = Math.abs(100 * weight);
  if (points < MINIMUM_POINTS) return `"${text}" makes no difference`;
  return `"${text}" ${weight > 0 ? 'raises' : 'lowers'} the probability by ${points.toPrecision(2)} points`;
}

async function wordsByLime(text: string, score: ScoreTexts): Promise<ExplainedWord[]> {
  const words = await lime(text, score, { seed: LIME_SEED });
  return words
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.start - b.start)
    .map((word) => ({ ...word, sentence: limeSentence(word) }));
}

async function wordsByOcclusion(text: string, probability: number, score: ScoreTexts): Promise<ExplainedWord[]> {
  const words = await occlude(text, score);
  const attributed = words.map((word) => ({
    ...word,
    oddsFactor: oddsOf(probability) / oddsOf(probability - word.weight),
  }));
  const strength = (factor: number): number => Math.abs(Math.log(factor));
  return attributed
    .sort((a, b) => strength(b.oddsFactor) - strength(a.oddsFactor) || a.start - b.start)
    .map((word) => ({ ...word, sentence: sentenceOf(word.text, word.oddsFactor) }));
}

/** What is explained, and how. */
type ExplainedIntent = Pick<IntentExplanation, 'intent' | 'probability' | 'method'>;

/**
 * Attributes the probability of an intent to the message's words; one evaluation a word by occlusion, at most 200 or one
 * a word by LIME. Deterministic.
 * @param score - gives the intent's probability for texts.
 */
export async function explainIntent(
  text: string,
  explained: ExplainedIntent,
  score: ScoreTexts,
): Promise<IntentExplanation> {
  const { probability, method } = explained;
  const words = method === 'lime' ? wordsByLime(text, score) : wordsByOcclusion(text, probability, score);
  return { ...explained, words: await words };
}
