import type { Clusters } from './clusters.js';
import { mix } from './hash.js';
import { matchLexicon, type Lexicon } from './lexicon.js';
import { runHashes } from './runs.js';
import { IntegerList } from './integer-list.js';
import { blockTemplates, blocks, BLOCKS, templateName, type Template } from './templates.js';
import { attribute, wordFeatures, type WordFeatures } from './word-features.js';

/** Resources of feature extraction beside the sentence itself. */
export interface FeatureResources {
  readonly clusters: Clusters;
  readonly lexicon: Lexicon;
  /** Number of training sentences that contain each lower-case word. */
  readonly vocabulary: ReadonlyMap<string, number>;
}

/** Options during training: phrases known from one sentence only count as unknown, as names at serving time often are. */
export interface TrainingView {
  /** Whether exactly one training sentence contains the phrase. */
  readonly onlyInOneSentence: (phrase: string) => boolean;
}

/** Maximum number of cached words; the cache is cleared when it is full. */
const CACHED_WORDS = 50_000;
/** Hash that stands for the position before the first and after the last token. */
const BORDER = 0x5bd1e995;

/** Feature hashes of the tokens of a sentence in one array. */
export interface SentenceFeatures {
  readonly hashes: Int32Array;
  /** (tokens + 1,) offset of each token's first hash. */
  readonly starts: Int32Array;
  /** (tokens · BLOCKS + 1,) offset of the first hash of each token's blocks (see `blocks`). */
  readonly blockStarts: Int32Array;
}

export interface FeatureExtractor {
  extract(words: readonly string[]): SentenceFeatures;
  /** The same features with their names, for one token at a time. */
  describe(words: readonly string[]): (i: number) => NamedFeature[];
}

/** A feature with its name, such as `lower[-1] & shape[0]`. */
export interface NamedFeature {
  readonly name: string;
  readonly hash: number;
}

/** Hash of one template's attributes around token `i`; 0 when one of them is absent. */
function templateHash(number: number, template: Template, words: readonly WordFeatures[], i: number): number {
  let hash = number + 1;
  for (const { offset, attribute: slot } of template) {
    const word = words[i + offset];
    const value = word ? word.attributes[slot]! : slot === attribute.lower ? BORDER : 0;
    if (value === 0) return 0;
    hash = mix(hash, value);
  }
  return hash;
}

const LEXICON_SEED = 900;
const LETTERS_SEED = 800;

function lexiconHashes(lexiconMatches: Int32Array, i: number, hashes: IntegerList): void {
  for (let offset = -1; offset <= 1; offset++) {
    const value = lexiconMatches[i + offset] ?? 0;
    if (value !== 0) hashes.push(mix(LEXICON_SEED + offset, value));
  }
}

/** Word features, lexicon matches and run hashes of a sentence. */
interface PreparedSentence {
  readonly words: readonly WordFeatures[];
  /** (tokens,) hash of each token's lexicon match; 0 = none. */
  readonly lexiconMatches: Int32Array;
  readonly runs: readonly (readonly number[])[];
}

/** Appends the hashes of one block of a token's features. */
function blockHashes(sentence: PreparedSentence, i: number, block: number, hashes: IntegerList): void {
  for (const { number, template } of blockTemplates[block]!) {
    const hash = templateHash(number, template, sentence.words, i);
    if (hash !== 0) hashes.push(hash);
  }
  if (block === blocks.word) for (const letters of sentence.words[i]!.letters) hashes.push(mix(LETTERS_SEED, letters));
  if (block === blocks.around) lexiconHashes(sentence.lexiconMatches, i, hashes);
  if (block === blocks.run) for (const hash of sentence.runs[i]!) hashes.push(hash);
}

/** Names of the hashes of `blockHashes`, in the same order. */
function blockNames({ words, lexiconMatches, runs }: PreparedSentence, i: number, block: number): string[] {
  const named = blockTemplates[block]!.filter(({ number, template }) => templateHash(number, template, words, i) !== 0);
  const names = named.map(({ template }) => templateName(template));
  if (block === blocks.word) names.push(...Array.from(words[i]!.letters, () => 'letters[0]'));
  if (block === blocks.around)
    names.push(...[-1, 0, 1].filter((o) => (lexiconMatches[i + o] ?? 0) !== 0).map((o) => `knownName[${o}]`));
  if (block === blocks.run) names.push(...runs[i]!.map(() => 'run[0]'));
  return names;
}

function nameFeatures(sentence: PreparedSentence, i: number): NamedFeature[] {
  return Object.values(blocks).flatMap((block) => {
    const hashes = new IntegerList();
    blockHashes(sentence, i, block, hashes);
    return blockNames(sentence, i, block).map((name, k) => ({ name, hash: hashes.at(k) }));
  });
}

/** Creates an extractor with its own word cache. Deterministic; about 90 features per token. */
export function createFeatureExtractor(resources: FeatureResources, training?: TrainingView): FeatureExtractor {
  const { clusters, lexicon, vocabulary } = resources;
  // In training the word's own sentence does not count.
  const own = training ? 1 : 0;
  const wordContext = { clusters, sentences: (lower: string): number => (vocabulary.get(lower) ?? 0) - own };
  const cache = new Map<string, WordFeatures>();
  const featuresOf = (word: string): WordFeatures => {
    const cached = cache.get(word);
    if (cached) return cached;
    const computed = wordFeatures(word, wordContext);
    if (cache.size >= CACHED_WORDS) cache.clear();
    cache.set(word, computed);
    return computed;
  };
  const prepare = (tokens: readonly string[]): PreparedSentence => {
    const lower = tokens.map((token) => token.toLowerCase());
    const words = tokens.map(featuresOf);
    return {
      words,
      lexiconMatches: matchLexicon(lexicon, lower, training?.onlyInOneSentence),
      runs: runHashes(words, lower),
    };
  };
  return {
    extract(tokens) {
      const prepared = prepare(tokens);
      const hashes = new IntegerList();
      const blockStarts = new Int32Array(tokens.length * BLOCKS + 1);
      for (let i = 0; i < tokens.length; i++)
        for (let block = 0; block < BLOCKS; block++) {
          blockHashes(prepared, i, block, hashes);
          blockStarts[i * BLOCKS + block + 1] = hashes.length;
        }
      const starts = Int32Array.from({ length: tokens.length + 1 }, (_, i) => blockStarts[i * BLOCKS]!);
      return { hashes: hashes.toArray(), starts, blockStarts };
    },
    describe(tokens) {
      const prepared = prepare(tokens);
      return (i) => nameFeatures(prepared, i);
    },
  };
}
