import { type Attribution, occlude, type ScoreTexts } from '../../../learning/evaluation/explain/index.js';
import type { Decision } from './decision.js';

/** Why a message was understood as it was. */
export interface IntentExplanation {
  /** The most probable intent, whose probability is divided among the words. */
  readonly intent: string;
  readonly probability: number;
  readonly method: 'occlusion';
  /** Each word with what the probability loses without it (`weight`) and what it does to the odds; most important first. */
  readonly words: readonly (Attribution & { readonly oddsFactor: number; readonly sentence: string })[];
}

/** Below this nobody would call it a difference. */
const LEAST_FACTOR = 1.05;
const LARGEST_FACTOR = 1e6;
const SMALLEST = 1e-12;

function oddsOf(probability: number): number {
  const inside = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
  return inside / (1 - inside);
}

const figure = (factor: number): string =>
  factor >= LARGEST_FACTOR ? 'over a million' : String(Number(factor.toPrecision(factor < 10 ? 2 : 3)));

/** Odds, because a probability near 1 hardly moves whatever word is taken away. */
function sentenceOf(text: string, factor: number): string {
  const size = Math.max(factor, 1 / factor);
  if (size < LEAST_FACTOR) return `"${text}" makes no difference`;
  return `"${text}" makes the odds ${figure(size)} times as ${factor > 1 ? 'high' : 'low'}`;
}

/** What a predictor of this model tells of every class. */
interface ClassProbabilities {
  readonly decision: Pick<Decision, 'classes'>;
  /** In the order of `decision.classes`. */
  probabilities(texts: readonly string[]): Promise<Float64Array[]>;
}

/** The calibrated probability of one intent for each of several texts. */
export const probabilityOf =
  (predictor: ClassProbabilities, intent: string): ScoreTexts =>
  async (texts) => {
    const position = predictor.decision.classes.indexOf(intent);
    return (await predictor.probabilities(texts)).map((row) => row[position]!);
  };

/**
 * Attributes the probability of the most probable intent to the message's words: one evaluation a word more.
 * @param score - the intent's probability for each of several texts.
 */
export async function explainIntent(
  text: string,
  { intent, probability }: Pick<IntentExplanation, 'intent' | 'probability'>,
  score: ScoreTexts,
): Promise<IntentExplanation> {
  const words = await occlude(text, score);
  const weighed = words.map((word) => ({
    ...word,
    oddsFactor: oddsOf(probability) / oddsOf(probability - word.weight),
  }));
  const strength = (factor: number): number => Math.abs(Math.log(factor));
  return {
    intent,
    probability,
    method: 'occlusion',
    words: weighed
      .sort((a, b) => strength(b.oddsFactor) - strength(a.oddsFactor) || a.start - b.start)
      .map((word) => ({ ...word, sentence: sentenceOf(word.text, word.oddsFactor) })),
  };
}
