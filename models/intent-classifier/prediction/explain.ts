import { type Attribution, occlude, type ScoreTexts } from '../../../learning/evaluation/explain/index.js';
import { odds } from '../../../learning/numeric/statistics/odds.js';
import type { Decision } from './decision.js';

/** Explanation of an answer by word occlusion. */
export interface IntentExplanation {
  /** The most probable intent, which is explained. */
  readonly intent: string;
  readonly probability: number;
  readonly method: 'occlusion';
  /** Each word with its effect on probability (`weight`) and odds (`oddsFactor`), strongest first. */
  readonly words: readonly (Attribution & { readonly oddsFactor: number; readonly sentence: string })[];
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

/**
 * Attributes the probability of an intent to the message's words by occlusion; one evaluation per word.
 * @param score - gives the intent's probability for texts.
 */
export async function explainIntent(
  text: string,
  { intent, probability }: Pick<IntentExplanation, 'intent' | 'probability'>,
  score: ScoreTexts,
): Promise<IntentExplanation> {
  const words = await occlude(text, score);
  const attributed = words.map((word) => ({
    ...word,
    oddsFactor: oddsOf(probability) / oddsOf(probability - word.weight),
  }));
  const strength = (factor: number): number => Math.abs(Math.log(factor));
  return {
    intent,
    probability,
    method: 'occlusion',
    words: attributed
      .sort((a, b) => strength(b.oddsFactor) - strength(a.oddsFactor) || a.start - b.start)
      .map((word) => ({ ...word, sentence: sentenceOf(word.text, word.oddsFactor) })),
  };
}
