import type { Clusters } from './clusters.js';
import { mix } from './hash.js';
import { matchLexicon, type Lexicon } from './lexicon.js';
import { runHashes } from './runs.js';
import { templateName, templates, type Template } from './templates.js';
import { attribute, wordFeatures, type WordFeatures } from './word-features.js';

/** What feature extraction knows beside the sentence. */
export interface FeatureResources {
  readonly clusters: Clusters;
  readonly lexicon: Lexicon;
  /** In how many training sentences a lower-case word stands. */
  readonly vocabulary: ReadonlyMap<string, number>;
}

/** While training: what a sentence alone knows counts as unknown, so that weights fit names from elsewhere. */
export interface TrainingView {
  /** True for a phrase that a single training sentence knows. */
  readonly single: (phrase: string) => boolean;
}

/** Distinct words kept; a stream of ever new words cannot fill the memory. */
const CACHED_WORDS = 50_000;
/** Attribute of the place before the first and after the last token. */
const BORDER = 0x5bd1e995;

/** Feature hashes of each token of a sentence, one after the other. */
export interface SentenceFeatures {
  readonly hashes: Int32Array;
  /** (tokens + 1,) where each token's hashes start. */
  readonly starts: Int32Array;
}

export interface FeatureExtractor {
  extract(words: readonly string[]): SentenceFeatures;
  /** The same features of one token after the other, with what each looked at. */
  describe(words: readonly string[]): (i: number) => NamedFeature[];
}

/** A feature and what it looked at, such as `lower[-1] & shape[0]`. */
export interface NamedFeature {
  readonly name: string;
  readonly hash: number;
}

/** Hash of one template's attributes around `i`, 0 when one of them is absent. */
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

/** A growing list of hashes. */
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

  taken(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

const LEXICON_SEED = 900;
const LETTERS_SEED = 800;

function lexiconHashes(found: Int32Array, i: number, buffer: HashList): void {
  for (let offset = -1; offset <= 1; offset++) {
    const value = found[i + offset] ?? 0;
    if (value !== 0) buffer.push(mix(LEXICON_SEED + offset, value));
  }
}

/** A sentence as its tokens' features need it. */
interface Prepared {
  readonly words: readonly WordFeatures[];
  /** Matches of the lexicon. */
  readonly found: Int32Array;
  readonly runs: readonly (readonly number[])[];
}

function tokenHashes({ words, found, runs }: Prepared, i: number, buffer: HashList): void {
  for (let t = 0; t < templates.length; t++) {
    const hash = templateHash(t, templates[t]!, words, i);
    if (hash !== 0) buffer.push(hash);
  }
  for (const letters of words[i]!.letters) buffer.push(mix(LETTERS_SEED, letters));
  for (const hash of runs[i]!) buffer.push(hash);
  lexiconHashes(found, i, buffer);
}

function nameFeatures({ words, found, runs }: Prepared, i: number): NamedFeature[] {
  const window = templates.map((template, t) => ({
    name: templateName(template),
    hash: templateHash(t, template, words, i),
  }));
  const letters = Array.from(words[i]!.letters, (hash) => ({ name: 'letters[0]', hash: mix(LETTERS_SEED, hash) }));
  const lexicon = [-1, 0, 1].flatMap((offset) => {
    const value = found[i + offset] ?? 0;
    return value === 0 ? [] : [{ name: `knownName[${offset}]`, hash: mix(LEXICON_SEED + offset, value) }];
  });
  const around = runs[i]!.map((hash) => ({ name: 'run[0]', hash }));
  return [...window.filter(({ hash }) => hash !== 0), ...letters, ...around, ...lexicon];
}

/** Makes an extractor with a cache of words of its own. Deterministic; about 90 features a token. */
export function createFeatureExtractor(resources: FeatureResources, training?: TrainingView): FeatureExtractor {
  const { clusters, lexicon, vocabulary } = resources;
  const own = training ? 1 : 0;
  const knowledge = { clusters, sentences: (lower: string): number => (vocabulary.get(lower) ?? 0) - own };
  const cache = new Map<string, WordFeatures>();
  const lookUp = (word: string): WordFeatures => {
    const known = cache.get(word);
    if (known) return known;
    const made = wordFeatures(word, knowledge);
    if (cache.size >= CACHED_WORDS) cache.clear();
    cache.set(word, made);
    return made;
  };
  const prepare = (tokens: readonly string[]): Prepared => {
    const lower = tokens.map((token) => token.toLowerCase());
    const words = tokens.map(lookUp);
    return { words, found: matchLexicon(lexicon, lower, training?.single), runs: runHashes(words, lower) };
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
      return { hashes: buffer.taken(), starts };
    },
    describe(tokens) {
      const prepared = prepare(tokens);
      return (i) => nameFeatures(prepared, i);
    },
  };
}
