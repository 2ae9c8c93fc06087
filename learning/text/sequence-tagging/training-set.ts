import { sum } from '../../numeric/statistics/sum.js';
import { createFeatureExtractor, type FeatureResources, type SentenceFeatures, type TrainingView } from './features.js';
import { FeatureIndex } from './feature-index.js';
import { decodeLabels, type LabelSet } from './labels.js';
import { MAXIMUM_PHRASE_TOKENS, type Lexicon } from './lexicon.js';
import type { ChainData, Pairs } from './objective.js';
import { BlockIndex } from './block-index.js';
import { IntegerList } from './integer-list.js';
import { BLOCKS } from './templates.js';

/** A sentence with one label per token. */
export interface LabelledSentence {
  readonly words: readonly string[];
  readonly labels: Uint8Array;
}

interface PhraseCount {
  /** Bit mask of types. */
  types: number;
  /** Number of sentences that contain the phrase. */
  sentences: number;
}

const lowerPhrase = (words: readonly string[], first: number, last: number): string =>
  words
    .slice(first, last + 1)
    .map((word) => word.toLowerCase())
    .join(' ');

/** Mentions of the training sentences with the number of sentences that contain each. */
function countPhrases(set: LabelSet, sentences: readonly LabelledSentence[]): Map<string, PhraseCount> {
  const phrases = new Map<string, PhraseCount>();
  for (const { words, labels } of sentences) {
    const own = new Map<string, number>();
    for (const { type, first, last } of decodeLabels(set, labels)) {
      if (last - first >= MAXIMUM_PHRASE_TOKENS) continue;
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

/** Lexicon of training mentions and given names. */
export interface TrainingLexicon extends TrainingView {
  readonly lexicon: Lexicon;
}

/** Number of distinct sentences that contain each lower-case word. */
export function countWords(sentences: readonly LabelledSentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sentence } of distinctSentences(sentences))
    for (const word of new Set(sentence.words.map((w) => w.toLowerCase())))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Builds the lexicon of the training sentences. @param given - further names, such as the backend's merchants. */
export function trainingLexicon(
  set: LabelSet,
  sentences: readonly LabelledSentence[],
  given: ReadonlyMap<string, number>,
): TrainingLexicon {
  const phrases = countPhrases(set, sentences);
  const lexicon = new Map<string, number>(given);
  for (const [phrase, { types }] of phrases) lexicon.set(phrase, (lexicon.get(phrase) ?? 0) | types);
  return { lexicon, onlyInOneSentence: (phrase) => !given.has(phrase) && phrases.get(phrase)?.sentences === 1 };
}

/** Distinct labelled sentences, each with its number of copies as weight. */
function distinctSentences(
  sentences: readonly LabelledSentence[],
): { readonly sentence: LabelledSentence; weight: number }[] {
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

interface ExtractedSentence extends Omit<SentenceFeatures, 'starts'> {
  readonly labels: Uint8Array;
  readonly weight: number;
}

function countHashes(extracted: readonly ExtractedSentence[]): { index: FeatureIndex; counts: Int32Array } {
  const index = new FeatureIndex(1 << 16);
  const total = sum(extracted.map(({ hashes }) => hashes.length));
  const counts = new Int32Array(total + 1);
  for (const { hashes } of extracted) for (const hash of hashes) counts[index.add(hash)]! += 1;
  return { index, counts };
}

/** Features with at least `minimumCount` occurrences, renumbered from 1 in order of appearance. */
function selectFeatures(extracted: readonly ExtractedSentence[], minimumCount: number): FeatureIndex {
  const { index, counts } = countHashes(extracted);
  const hashes = index.hashes().filter((_, i) => counts[i + 1]! >= minimumCount);
  return FeatureIndex.from(hashes);
}

/** The block of selected features at each place of `blockStarts`. */
function numberBlocks(
  { hashes, blockStarts }: ExtractedSentence,
  index: FeatureIndex,
  blockIndex: BlockIndex,
): Int32Array {
  const selected = new IntegerList();
  return Int32Array.from({ length: blockStarts.length - 1 }, (_, place) => {
    selected.clear();
    for (let k = blockStarts[place]!; k < blockStarts[place + 1]!; k++) {
      const feature = index.find(hashes[k]!);
      if (feature > 0) selected.push(feature);
    }
    return blockIndex.add(selected);
  });
}

function flatten(extracted: readonly ExtractedSentence[], index: FeatureIndex): ChainData {
  const tokenTotal = sum(extracted.map(({ labels }) => labels.length));
  const blockIndex = new BlockIndex();
  const sentences = new Int32Array(extracted.length + 1);
  const blocks = new Int32Array(tokenTotal * BLOCKS);
  const labels = new Uint8Array(tokenTotal);
  let token = 0;
  extracted.forEach((sentence, s) => {
    blocks.set(numberBlocks(sentence, index, blockIndex), token * BLOCKS);
    labels.set(sentence.labels, token);
    token += sentence.labels.length;
    sentences[s + 1] = token;
  });
  const { starts, features } = blockIndex.toArrays();
  const weights = Float64Array.from(extracted, ({ weight }) => weight);
  return { sentences, blocks, blocksPerToken: BLOCKS, blockStarts: starts, features, labels, weights };
}

/** Marks the (feature, label) pairs of a block's features and one label. */
function markPairs(
  { blockStarts, features }: ChainData,
  block: number,
  target: { readonly seen: Uint8Array; readonly labelCount: number; readonly label: number },
): void {
  const { seen, labelCount, label } = target;
  for (let k = blockStarts[block]!; k < blockStarts[block + 1]!; k++) seen[features[k]! * labelCount + label] = 1;
}

/** The (feature, label) pairs that occur in the training data. */
function observedPairs(data: ChainData, featureCount: number, labelCount: number): Pairs {
  const { blocks, blocksPerToken, labels } = data;
  const seen = new Uint8Array((featureCount + 1) * labelCount);
  for (let place = 0; place < blocks.length; place++) {
    const label = labels[Math.floor(place / blocksPerToken)]!;
    markPairs(data, blocks[place]!, { seen, labelCount, label });
  }
  const starts = new Int32Array(featureCount + 2);
  const pairs: number[] = [];
  for (let feature = 1; feature <= featureCount; feature++) {
    starts[feature] = pairs.length;
    for (let l = 0; l < labelCount; l++) if (seen[feature * labelCount + l] === 1) pairs.push(l);
  }
  starts[featureCount + 1] = pairs.length;
  return { starts, labels: Uint8Array.from(pairs) };
}

/** Training data of a field with its feature numbering and its (feature, label) pairs. */
export interface TrainingSet {
  readonly data: ChainData;
  readonly index: FeatureIndex;
  readonly pairs: Pairs;
}

/**
 * Extracts and numbers the features of the training sentences.
 * @param minimumCount - features with fewer occurrences are dropped; from 2 on, a word seen once is represented by its
 *   form only, as an unknown word is at serving time.
 */
export function trainingSet(
  set: LabelSet,
  sentences: readonly LabelledSentence[],
  resources: FeatureResources & TrainingView,
  minimumCount: number,
): TrainingSet {
  const extractor = createFeatureExtractor(resources, resources);
  const extracted = distinctSentences(sentences).map(({ sentence, weight }): ExtractedSentence => {
    const { hashes, blockStarts } = extractor.extract(sentence.words);
    return { hashes, blockStarts, labels: sentence.labels, weight };
  });
  const index = selectFeatures(extracted, minimumCount);
  const data = flatten(extracted, index);
  return { data, index, pairs: observedPairs(data, index.size, set.labels.length) };
}
