import { createFeatureExtractor, type FeatureResources, type TrainingView } from './features.js';
import { FeatureIndex } from './feature-index.js';
import { decodeLabels, type LabelSet } from './labels.js';
import { LONGEST_PHRASE, type Lexicon } from './lexicon.js';
import type { ChainData, Pairs } from './objective.js';

/** A sentence with one label a token. */
export interface LabelledSentence {
  readonly words: readonly string[];
  readonly labels: Uint8Array;
}

interface Phrase {
  types: number;
  /** Distinct sentences that hold it. */
  sentences: number;
}

const lowerPhrase = (words: readonly string[], first: number, last: number): string =>
  words
    .slice(first, last + 1)
    .map((word) => word.toLowerCase())
    .join(' ');

/** Entities of the training sentences with the number of sentences that know each. */
function countPhrases(set: LabelSet, sentences: readonly LabelledSentence[]): Map<string, Phrase> {
  const phrases = new Map<string, Phrase>();
  for (const { words, labels } of sentences) {
    const own = new Map<string, number>();
    for (const { type, first, last } of decodeLabels(set, labels)) {
      if (last - first >= LONGEST_PHRASE) continue;
      const phrase = lowerPhrase(words, first, last);
      own.set(phrase, (own.get(phrase) ?? 0) | (1 << (set.types.indexOf(type) % 30)));
    }
    for (const [phrase, types] of own) {
      const known = phrases.get(phrase);
      if (known) {
        known.types |= types;
        known.sentences += 1;
      } else phrases.set(phrase, { types, sentences: 1 });
    }
  }
  return phrases;
}

/** Names of the training text, with those given from outside. */
export interface TrainingLexicon extends TrainingView {
  readonly lexicon: Lexicon;
}

/** In how many distinct sentences each lower-case word stands. */
export function countWords(sentences: readonly LabelledSentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sentence } of distinct(sentences))
    for (const word of new Set(sentence.words.map((w) => w.toLowerCase())))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** @param given - further names by type, such as the backend's merchants. */
export function trainingLexicon(
  set: LabelSet,
  sentences: readonly LabelledSentence[],
  given: ReadonlyMap<string, number>,
): TrainingLexicon {
  const phrases = countPhrases(set, sentences);
  const lexicon = new Map<string, number>(given);
  for (const [phrase, { types }] of phrases) lexicon.set(phrase, (lexicon.get(phrase) ?? 0) | types);
  return { lexicon, single: (phrase) => !given.has(phrase) && phrases.get(phrase)?.sentences === 1 };
}

/** Equal sentences with equal labels once, with their number as weight. */
function distinct(sentences: readonly LabelledSentence[]): { readonly sentence: LabelledSentence; weight: number }[] {
  const byText = new Map<string, { sentence: LabelledSentence; weight: number }>();
  for (const sentence of sentences) {
    if (sentence.words.length === 0) continue;
    const key = `${sentence.words.join('\u0001')}\u0002${sentence.labels.join(',')}`;
    const known = byText.get(key);
    if (known) known.weight += 1;
    else byText.set(key, { sentence, weight: 1 });
  }
  return [...byText.values()];
}

interface Extracted {
  readonly hashes: Int32Array;
  readonly starts: Int32Array;
  readonly labels: Uint8Array;
  readonly weight: number;
}

function countHashes(extracted: readonly Extracted[]): { index: FeatureIndex; counts: Int32Array } {
  const index = new FeatureIndex(1 << 16);
  const total = extracted.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const counts = new Int32Array(total + 1);
  for (const { hashes } of extracted) for (const hash of hashes) counts[index.add(hash)]! += 1;
  return { index, counts };
}

/** Features seen often enough, numbered anew from 1 in order of appearance. */
function keptFeatures(extracted: readonly Extracted[], minimumCount: number): FeatureIndex {
  const { index, counts } = countHashes(extracted);
  const hashes = index.hashes().filter((_, i) => counts[i + 1]! >= minimumCount);
  return FeatureIndex.from(hashes);
}

function flatten(extracted: readonly Extracted[], index: FeatureIndex): ChainData {
  const tokenTotal = extracted.reduce((sum, { labels }) => sum + labels.length, 0);
  const featureTotal = extracted.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const sentences = new Int32Array(extracted.length + 1);
  const tokens = new Int32Array(tokenTotal + 1);
  const features = new Int32Array(featureTotal);
  const labels = new Uint8Array(tokenTotal);
  let [token, filled] = [0, 0];
  extracted.forEach(({ hashes, starts, labels: own }, s) => {
    for (let i = 0; i < own.length; i++) {
      for (let k = starts[i]!; k < starts[i + 1]!; k++) {
        const feature = index.find(hashes[k]!);
        if (feature > 0) features[filled++] = feature;
      }
      labels[token] = own[i]!;
      tokens[++token] = filled;
    }
    sentences[s + 1] = token;
  });
  const weights = Float64Array.from(extracted, ({ weight }) => weight);
  return { sentences, tokens, features: features.slice(0, filled), labels, weights };
}

/** The (feature, label) pairs that occur. */
function seenPairs({ tokens, features, labels }: ChainData, featureCount: number, labelCount: number): Pairs {
  const seen = new Uint8Array((featureCount + 1) * labelCount);
  for (let token = 0; token < labels.length; token++)
    for (let k = tokens[token]!; k < tokens[token + 1]!; k++) seen[features[k]! * labelCount + labels[token]!] = 1;
  const starts = new Int32Array(featureCount + 2);
  const pairs: number[] = [];
  for (let feature = 1; feature <= featureCount; feature++) {
    starts[feature] = pairs.length;
    for (let l = 0; l < labelCount; l++) if (seen[feature * labelCount + l] === 1) pairs.push(l);
  }
  starts[featureCount + 1] = pairs.length;
  return { starts, labels: Uint8Array.from(pairs) };
}

export interface TrainingSet {
  readonly data: ChainData;
  readonly index: FeatureIndex;
  readonly pairs: Pairs;
}

/**
 * Sentences as numbers.
 * @param minimumCount - rarer features are dropped; from 2 on, a word seen once is described by its form alone, as an
 *   unknown word will be.
 */
export function trainingSet(
  set: LabelSet,
  sentences: readonly LabelledSentence[],
  resources: FeatureResources & TrainingView,
  minimumCount: number,
): TrainingSet {
  const extractor = createFeatureExtractor(resources, resources);
  const extracted = distinct(sentences).map(({ sentence, weight }): Extracted => {
    const { hashes, starts } = extractor.extract(sentence.words);
    return { hashes, starts, labels: sentence.labels, weight };
  });
  const index = keptFeatures(extracted, minimumCount);
  const data = flatten(extracted, index);
  return { data, index, pairs: seenPairs(data, index.size, set.labels.length) };
}
