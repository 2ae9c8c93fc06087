import type { Clusters } from './clusters.js';
import { hashText, mix } from './hash.js';
import { runKind } from './run-kinds.js';
import { nameClass } from './name-classes.js';
import { wordClass } from './word-classes.js';

/** Positions of a word's attributes; each value is a hash, 0 = absent. */
export const attribute = {
  word: 0,
  lower: 1,
  shape: 2,
  shortShape: 3,
  kind: 4,
  prefix1: 5,
  prefix2: 6,
  prefix3: 7,
  prefix4: 8,
  suffix1: 9,
  suffix2: 10,
  suffix3: 11,
  suffix4: 12,
  digits: 13,
  cluster: 14,
  coarseCluster: 15,
  /** Level of the number of training sentences that contain the word. */
  familiarity: 16,
  /** Class from the built-in word lists: month, number word, unit of time, currency, country, company form … */
  wordClass: 17,
} as const;
/** Number of attributes. */
export const ATTRIBUTES = 18;

/** Features of a word without its context, computed once per distinct word. */
export interface WordFeatures {
  /** (ATTRIBUTES,) one hash per attribute. */
  readonly attributes: Int32Array;
  /** Hashes of the word's letter n-grams. */
  readonly letters: Int32Array;
  /** Bits of `runKind`: the kinds of runs that the word can belong to. */
  readonly runKinds: number;
  /** Hash of the word's role in a number or a date. */
  readonly numericHash: number;
}

/** Longer words have no letter n-grams, and their shape is cut. */
const MAXIMUM_WORD_LENGTH = 20;
const LETTER_NGRAM_SIZES = [3, 4] as const;

function shapeOf(code: number, character: string): string {
  if (code >= 48 && code <= 57) return 'd';
  if (code < 128) {
    if (code >= 97 && code <= 122) return 'x';
    if (code >= 65 && code <= 90) return 'X';
    return character;
  }
  const lower = character.toLowerCase();
  if (lower !== character) return 'X';
  return character.toUpperCase() === character ? 'o' : 'x';
}

function wordShape(word: string): string {
  let shape = '';
  for (let i = 0; i < Math.min(word.length, MAXIMUM_WORD_LENGTH); i++) shape += shapeOf(word.charCodeAt(i), word[i]!);
  return shape;
}

/** Collapses repeated characters of a shape: Xxxxx → Xx. */
const collapseRepeats = (shape: string): string => shape.replace(/(.)\1+/gsu, '$1');

/** Coarse shape: bits for digits, capitals, letters and symbols, with the length up to 7. */
function kindOf(word: string, shape: string): number {
  let kind = 0;
  if (/\d/.test(word)) kind |= 1;
  if (/^\d+$/.test(word)) kind |= 2;
  if (shape.startsWith('X')) kind |= 4;
  if (/^X+$/.test(shape)) kind |= 8;
  if (/[xXo]/.test(shape)) kind |= 16;
  if (/[-/.@&]/.test(word)) kind |= 32;
  return kind | (Math.min(word.length, 7) << 6);
}

function letterHashes(lower: string): Int32Array {
  const padded = `^${lower}$`;
  const hashes: number[] = [];
  if (lower.length > MAXIMUM_WORD_LENGTH) return new Int32Array(0);
  for (const size of LETTER_NGRAM_SIZES)
    for (let i = 0; i + size <= padded.length; i++) hashes.push(hashText(padded, 40 + size, i, i + size));
  return Int32Array.from(hashes);
}

const FAMILIARITY_LIMITS = [1, 2, 4, 10, 30] as const;

/** Familiarity level 0 … 5 of a word in 0, 1, 2–3, 4–9, 10–29, at least 30 training sentences. */
export const familiarity = (sentences: number): number =>
  FAMILIARITY_LIMITS.filter((limit) => sentences >= limit).length;

/** The smallest number of sentences with this familiarity level. @param level - from 1 to 5. */
export const representativeCount = (level: number): number => FAMILIARITY_LIMITS[level - 1] ?? 0;

/** Corpus statistics that word features read. */
export interface WordContext {
  readonly clusters: Clusters;
  /** @returns the number of (other) training sentences that contain the lower-case word. */
  readonly sentences: (lower: string) => number;
}

/** Hash of a word's role in a number or a date: its class, the short shape of digits, otherwise the word itself. */
function numericHashOf(values: Int32Array): number {
  for (const slot of [attribute.wordClass, attribute.digits])
    if (values[slot] !== 0) return values[slot === attribute.digits ? attribute.shortShape : slot]!;
  return values[attribute.lower]!;
}

function runKindsOf(word: string, values: Int32Array): number {
  const numeric = values[attribute.wordClass] !== 0 || values[attribute.digits] !== 0;
  return (numeric ? runKind.numeric : 0) | (/^\p{Lu}/u.test(word) ? runKind.capitalised : 0);
}

/** Hashes of word, lower case, shapes, affixes, digits, word class, cluster and letter n-grams. Deterministic. */
export function wordFeatures(word: string, { clusters, sentences }: WordContext): WordFeatures {
  const lower = word.toLowerCase();
  const shape = wordShape(word);
  const values = new Int32Array(ATTRIBUTES);
  values[attribute.word] = hashText(word, 1);
  values[attribute.lower] = hashText(lower, 2);
  values[attribute.shape] = hashText(shape, 3);
  values[attribute.shortShape] = hashText(collapseRepeats(shape), 4);
  values[attribute.kind] = mix(5, kindOf(word, shape));
  for (let size = 1; size <= 4; size++) {
    if (lower.length < size) break;
    values[attribute.prefix1 + size - 1] = hashText(lower, 10 + size, 0, size);
    values[attribute.suffix1 + size - 1] = hashText(lower, 20 + size, lower.length - size);
  }
  if (/\d/.test(word)) values[attribute.digits] = hashText(lower.replace(/\d/g, '0'), 30);
  values[attribute.familiarity] = mix(33, familiarity(sentences(lower)));
  const closedClass = wordClass(lower);
  if (closedClass !== null) values[attribute.wordClass] = hashText(closedClass, 34);
  // Read before name classes share the slot: those belong to no numeric run.
  const runKinds = runKindsOf(word, values);
  const numericHash = numericHashOf(values);
  const name = closedClass === null ? nameClass(lower) : null;
  if (name !== null) values[attribute.wordClass] = hashText(name, 34);
  const found = clusters.get(lower);
  if (found) {
    values[attribute.cluster] = mix(31, found[0]);
    values[attribute.coarseCluster] = mix(32, found[1]);
  }
  return { attributes: values, letters: letterHashes(lower), runKinds, numericHash };
}
