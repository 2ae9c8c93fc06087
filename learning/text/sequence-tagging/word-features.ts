import type { Clusters } from './clusters.js';
import { hashText, mix } from './hash.js';
import { runKind } from './run-kinds.js';
import { nameClass } from './name-classes.js';
import { wordClass } from './word-classes.js';

/** Slots of a word's fixed attributes; each holds a hash, 0 = none. */
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
  /** How well training knows the word. */
  familiarity: 16,
  /** Class known beforehand: month, number word, unit of time, currency, country, form of a company … */
  wordClass: 17,
} as const;
export const ATTRIBUTES = 18;

/** What a word looks like by itself: computed once for each distinct word. */
export interface WordFeatures {
  /** One hash an attribute. */
  readonly attributes: Int32Array;
  /** Hashes of the letter sequences inside the word. */
  readonly letters: Int32Array;
  /** Bits of the kinds of runs that the word can be in. */
  readonly member: number;
  /** Hash of what the word is in a number or a date. */
  readonly measure: number;
}

/** Longer words are described by their ends. */
const LONGEST_FOR_LETTERS = 20;
const LETTERS = [3, 4] as const;

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
  for (let i = 0; i < Math.min(word.length, LONGEST_FOR_LETTERS); i++) shape += shapeOf(word.charCodeAt(i), word[i]!);
  return shape;
}

/** Repeated letters of a shape once: Xxxxx → Xx. */
const shortened = (shape: string): string => shape.replace(/(.)\1+/gsu, '$1');

/** A few coarse kinds that shapes spread over many values. */
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
  if (lower.length > LONGEST_FOR_LETTERS) return new Int32Array(0);
  for (const size of LETTERS)
    for (let i = 0; i + size <= padded.length; i++) hashes.push(hashText(padded, 40 + size, i, i + size));
  return Int32Array.from(hashes);
}

const FAMILIARITY = [1, 2, 4, 10, 30] as const;

/** Level 0 … 5: the word stands in 0, 1, 2–3, 4–9, 10–29, 30 and more sentences of the training text. */
export const familiarity = (sentences: number): number => FAMILIARITY.filter((limit) => sentences >= limit).length;

/** A number of sentences that has this level. @param level - from 1 on. */
export const representativeCount = (level: number): number => FAMILIARITY[level - 1] ?? 0;

/** What is known of a word from elsewhere. */
export interface WordKnowledge {
  readonly clusters: Clusters;
  /** @returns in how many other training sentences the lower-case word stands. */
  readonly sentences: (lower: string) => number;
}

/** What a word is in a number or a date: its class, digits by their spelling, anything else by itself. */
function measureOf(values: Int32Array): number {
  for (const slot of [attribute.wordClass, attribute.digits])
    if (values[slot] !== 0) return values[slot === attribute.digits ? attribute.shortShape : slot]!;
  return values[attribute.lower]!;
}

function memberOf(word: string, values: Int32Array): number {
  const measure = values[attribute.wordClass] !== 0 || values[attribute.digits] !== 0;
  return (measure ? runKind.measure : 0) | (/^\p{Lu}/u.test(word) ? runKind.capital : 0);
}

/** Word, lower case, shapes, affixes, digits, cluster and letter sequences as hashes. Pure: the same word, the same hashes. */
export function wordFeatures(word: string, { clusters, sentences }: WordKnowledge): WordFeatures {
  const lower = word.toLowerCase();
  const shape = wordShape(word);
  const values = new Int32Array(ATTRIBUTES);
  values[attribute.word] = hashText(word, 1);
  values[attribute.lower] = hashText(lower, 2);
  values[attribute.shape] = hashText(shape, 3);
  values[attribute.shortShape] = hashText(shortened(shape), 4);
  values[attribute.kind] = mix(5, kindOf(word, shape));
  for (let size = 1; size <= 4; size++) {
    if (lower.length < size) break;
    values[attribute.prefix1 + size - 1] = hashText(lower, 10 + size, 0, size);
    values[attribute.suffix1 + size - 1] = hashText(lower, 20 + size, lower.length - size);
  }
  if (/\d/.test(word)) values[attribute.digits] = hashText(lower.replace(/\d/g, '0'), 30);
  values[attribute.familiarity] = mix(33, familiarity(sentences(lower)));
  const closed = wordClass(lower);
  if (closed !== null) values[attribute.wordClass] = hashText(closed, 34);
  const run = { member: memberOf(word, values), measure: measureOf(values) };
  const name = closed === null ? nameClass(lower) : null;
  if (name !== null) values[attribute.wordClass] = hashText(name, 34);
  const found = clusters.get(lower);
  if (found) {
    values[attribute.cluster] = mix(31, found[0]);
    values[attribute.coarseCluster] = mix(32, found[1]);
  }
  return { attributes: values, letters: letterHashes(lower), ...run };
}
