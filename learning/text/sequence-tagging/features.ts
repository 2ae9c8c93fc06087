import type { Clusters } from './clusters.js';
import { mix } from './hash.js';
import { matchLexicon, type Lexicon } from './lexicon.js';
import { runHashes } from './runs.js';
import { templateName, templates, type Template } from './templates.js';
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

/** A growable list of hashes. */
class HashList {
  private values = new Int32Array(4096);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  toArray(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

const LEXICON_SEED = 900;
const LETTERS_SEED = 800;

function lexiconHashes(lexiconMatches: Int32Array, i: number, buffer: HashList): void {
  for (let offset = -1; offset <= 1; offset++) {
    const value = lexiconMatches[i + offset] ?? 0;
    if (value !== 0) buffer.push(mix(LEXICON_SEED + offset, value));
  }
}

/** Word features, lexicon matches and run hashes of a sentence. */
interface PreparedSentence {
  readonly words: readonly WordFeatures[];
  /** (tokens,) hash of each token's lexicon match; 0 = none. */
  readonly lexiconMatches: Int32Array;
  readonly runs: readonly (readonly number[])[];
}

function tokenHashes({ words, lexiconMatches, runs }: PreparedSentence, i: number, buffer: HashList): void {
  for (let t = 0; t < templates.length; t++) {
    const hash = templateHash(t, templates[t]!, words, i);
    if (hash !== 0) buffer.push(hash);
  }
  for (const letters of words[i]!.letters) buffer.push(mix(LETTERS_SEED, letters));
  for (const hash of runs[i]!) buffer.push(hash);
  lexiconHashes(lexiconMatches, i, buffer);
}

function nameFeatures({ words, lexiconMatches, runs }: PreparedSentence, i: number): NamedFeature[] {
  const window = templates.map((template, t) => ({
    name: templateName(template),
    hash: templateHash(t, template, words, i),
  }));
  const letters = Array.from(words[i]!.letters, (hash) => ({ name: 'letters[0]', hash: mix(LETTERS_SEED, hash) }));
  const lexicon = [-1, 0, 1].flatMap((offset) => {
    const value = lexiconMatches[i + offset] ?? 0;
    return value === 0 ? [] : [{ name: `knownName[${offset}]`, hash: mix(LEXICON_SEED + offset, value) }];
  });
  const around = runs[i]!.map((hash) => ({ name: 'run[0]', hash }));
  return [...window.filter(({ hash }) => hash !== 0), ...letters, ...around, ...lexicon];
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
      const buffer = new HashList();
      const starts = new Int32Array(tokens.length + 1);
      for (let i = 0; i < tokens.length; i++) {
        tokenHashes(prepared, i, buffer);
        starts[i + 1] = buffer.length;
      }
      return { hashes: buffer.toArray(), starts };
    },
    describe(tokens) {
      const prepared = prepare(tokens);
      return (i) => nameFeatures(prepared, i);
    },
  };
}
