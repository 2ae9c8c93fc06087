import { PipelineError } from '../../contracts/errors.js';
import type { Predictor } from '../../contracts/model-definition.js';
import { type Attribution, occlude, type ScoreTexts } from '../../learning/explain/index.js';
import type { Answer } from './decision.js';
import type { IntentPredictor, Message } from './predictor.js';

/** Why a message was understood as it was. */
export interface IntentExplanation {
  /** The most probable intent, whose probability is divided among the words. */
  readonly intent: string;
  readonly probability: number;
  readonly method: 'occlusion';
  /** Each word with what the probability loses without it; most important first. */
  readonly words: readonly (Attribution & { readonly sentence: string })[];
}

const hasProbabilities = (predictor: Predictor<Message, Answer>): predictor is IntentPredictor =>
  'probabilities' in predictor && 'decision' in predictor;

const LEAST_POINTS = 0.1;

/** Points are hundredths of probability. */
function sentenceOf({ text, weight }: Attribution): string {
  const points = Math.round(1000 * Math.abs(weight)) / 10;
  if (points < LEAST_POINTS) return `"${text}" makes no difference`;
  return `"${text}" ${weight > 0 ? 'adds' : 'takes away'} ${points} points of probability`;
}

/** The calibrated probability of one intent for each of several texts. */
export const probabilityOf =
  (predictor: IntentPredictor, intent: string): ScoreTexts =>
  async (texts) => {
    const position = predictor.decision.classes.indexOf(intent);
    return (await predictor.probabilities(texts)).map((row) => row[position]!);
  };

/**
 * Attributes the probability of the most probable intent to the message's words: one evaluation a word more.
 * @throws PipelineError `INVALID_INPUT` for a predictor of another model.
 */
export async function explain(predictor: Predictor<Message, Answer>, input: Message): Promise<IntentExplanation> {
  if (!hasProbabilities(predictor))
    throw new PipelineError('INVALID_INPUT', 'wanted a predictor that openPredictor made');
  const [answer] = await predictor.predict([input]);
  const { intent, probability } = answer!.candidates[0]!;
  const words = await occlude(input.text, probabilityOf(predictor, intent));
  return {
    intent,
    probability,
    method: 'occlusion',
    words: words
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.start - b.start)
      .map((word) => ({ ...word, sentence: sentenceOf(word) })),
  };
}
