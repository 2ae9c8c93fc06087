import type { Random } from '../../numeric/random/index.js';
import { decodeLabels, type LabelSet, type TokenSpan } from './labels.js';
import type { LabelledSentence } from './training-set.js';

interface Mention {
  readonly words: readonly string[];
  readonly labels: Uint8Array;
}

const mentionOf = ({ words, labels }: LabelledSentence, { first, last }: TokenSpan): Mention => ({
  words: words.slice(first, last + 1),
  labels: labels.slice(first, last + 1),
});

function mentionsByType(set: LabelSet, sentences: readonly LabelledSentence[]): Map<string, Mention[]> {
  const mentions = new Map<string, Mention[]>();
  for (const sentence of sentences)
    for (const span of decodeLabels(set, sentence.labels)) {
      const mentionsOfType = mentions.get(span.type);
      if (mentionsOfType) mentionsOfType.push(mentionOf(sentence, span));
      else mentions.set(span.type, [mentionOf(sentence, span)]);
    }
  return mentions;
}

function replaceMentions(
  set: LabelSet,
  sentence: LabelledSentence,
  draw: (type: string) => Mention,
): LabelledSentence | null {
  const spans = decodeLabels(set, sentence.labels);
  if (spans.length === 0) return null;
  const words: string[] = [];
  const labels: number[] = [];
  let next = 0;
  const copyTo = (end: number): void => {
    for (; next < end; next++) {
      words.push(sentence.words[next]!);
      labels.push(sentence.labels[next]!);
    }
  };
  for (const span of spans) {
    copyTo(span.first);
    const mention = draw(span.type);
    words.push(...mention.words);
    labels.push(...mention.labels);
    next = span.last + 1;
  }
  copyTo(sentence.words.length);
  return { words, labels: Uint8Array.from(labels) };
}

/**
 * Copies of the sentences in which each mention is replaced by a random mention of its type (Dai & Adel 2020, "mention
 * replacement"), so that context gains weight over the names themselves. Sentences without mentions have no copy.
 */
export function swapMentions(
  set: LabelSet,
  sentences: readonly LabelledSentence[],
  random: Random,
): LabelledSentence[] {
  const mentions = mentionsByType(set, sentences);
  const draw = (type: string): Mention => {
    const all = mentions.get(type)!;
    return all[random.integer(all.length)]!;
  };
  return sentences.map((sentence) => replaceMentions(set, sentence, draw)).filter((copy) => copy !== null);
}
