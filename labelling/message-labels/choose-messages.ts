import type { LabelSuggestion } from '../../contracts/labelling.js';
import { chooseInformative } from '../../learning/text/active-learning/index.js';
import { createVectoriser, fitTextFeatures, linearTextParams } from '../../learning/text/linear-text/index.js';
import type { ReviewedMessage } from '../reviews.js';
import type { UnlabelledMessage } from './unlabelled-messages.js';

/**
 * The most informative of the messages, most informative first; of equal texts one.
 * @param suggestions - of `messages`, in their order.
 */
export function chooseMessages(
  messages: readonly UnlabelledMessage[],
  suggestions: readonly LabelSuggestion[],
  count: number,
): ReviewedMessage[] {
  const texts = messages.map(({ text }) => text);
  const vectorise = createVectoriser(fitTextFeatures(texts, linearTextParams.parse({})));
  const candidates = texts.map((text, i) => ({ margin: suggestions[i]!.margin, row: vectorise(text) }));
  return chooseInformative(candidates, { count }).map((row) => {
    const { suggestion, second, confidence } = suggestions[row]!;
    return { ...messages[row]!, suggestion, second, confidence };
  });
}
