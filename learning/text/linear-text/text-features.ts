import { z } from 'zod';
import { hashLetterGrams, hashWordGrams, normaliseText, splitWords } from './ngrams.js';

export const textFeatureParams = z.strictObject({
  /** Longest run of words. @default 2 */
  wordGrams: z.int().min(1).max(4).default(2),
  /** Shortest run of letters. @default 2 */
  shortestLetterGram: z.int().min(1).max(6).default(2),
  /** Longest run of letters; 0 = words alone. @default 5 */
  longestLetterGram: z.int().min(0).max(8).default(5),
  /** An n-gram in fewer training texts is left out; 2 halves the weights, and what it costs is within noise. @default 1 */
  fewestTexts: z.int().min(1).default(1),
  /** Length of the block of letters beside the block of words, whose length is 1. @default 1.4 */
  letterWeight: z.number().gt(0).default(1.4),
});
export type TextFeatureParams = z.infer<typeof textFeatureParams>;

/** Learned: the n-grams that were seen, by hash, and how rare each is. Column = position; words before letters. */
export interface TextFeatures {
  readonly schemaVersion: 1;
  readonly params: TextFeatureParams;
  /** Ascending within each of the two families. */
  readonly hashes: Int32Array;
  readonly wordCount: number;
  /** ln((1 + texts) / (1 + texts with it)) + 1. */
  readonly rarity: Float32Array;
}

/** Texts as sparse rows: row i holds `indices` and `values` from starts[i] to starts[i + 1]. */
export interface SparseRows {
  readonly rows: number;
  readonly cols: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

interface Counts {
  readonly words: Map<number, number>;
  readonly letters: Map<number, number>;
}

function countGrams(text: string, params: TextFeatureParams): Counts {
  const words = splitWords(normaliseText(text));
  const counts: Counts = { words: new Map(), letters: new Map() };
  const into = (map: Map<number, number>) => (hash: number) => void map.set(hash, (map.get(hash) ?? 0) + 1);
  hashWordGrams(words, { shortest: 1, longest: params.wordGrams }, into(counts.words));
  const range = { shortest: params.shortestLetterGram, longest: params.longestLetterGram };
  if (range.longest > 0) hashLetterGrams(words, range, into(counts.letters));
  return counts;
}

function addSeen(seen: Map<number, number>, counts: Map<number, number>): void {
  for (const hash of counts.keys()) seen.set(hash, (seen.get(hash) ?? 0) + 1);
}

const kept = (seen: Map<number, number>, fewest: number): [number, number][] =>
  [...seen].filter(([, texts]) => texts >= fewest).sort(([a], [b]) => a - b);

/** Learns which n-grams exist and how rare they are. Deterministic; the order of texts does not matter. */
export function fitTextFeatures(texts: readonly string[], params: TextFeatureParams): TextFeatures {
  const seen: Counts = { words: new Map(), letters: new Map() };
  for (const text of texts) {
    const counts = countGrams(text, params);
    addSeen(seen.words, counts.words);
    addSeen(seen.letters, counts.letters);
  }
  const words = kept(seen.words, params.fewestTexts);
  const all = [...words, ...kept(seen.letters, params.fewestTexts)];
  return {
    schemaVersion: 1,
    params,
    hashes: Int32Array.from(all, ([hash]) => hash),
    wordCount: words.length,
    rarity: Float32Array.from(all, ([, count]) => Math.log((1 + texts.length) / (1 + count)) + 1),
  };
}

/** One text's columns and values, in ascending columns. */
export interface SparseRow {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Looks texts up; made once, used for many. */
export type Vectorise = (text: string) => SparseRow;

const indexOf = (hashes: Int32Array, from: number, to: number): Map<number, number> => {
  const index = new Map<number, number>();
  for (let column = from; column < to; column++) index.set(hashes[column]!, column);
  return index;
};

type Entry = [column: number, value: number];

/** Sublinear count × rarity, scaled to the wanted length. */
function weigh(counts: Map<number, number>, index: Map<number, number>, rarity: Float32Array, length: number): Entry[] {
  const entries: Entry[] = [];
  let square = 0;
  for (const [hash, count] of counts) {
    const column = index.get(hash);
    if (column === undefined) continue;
    const value = (1 + Math.log(count)) * rarity[column]!;
    square += value * value;
    entries.push([column, value]);
  }
  const scale = square > 0 ? length / Math.sqrt(square) : 0;
  for (const entry of entries) entry[1] *= scale;
  return entries.sort(([a], [b]) => a - b);
}

/**
 * Turns texts into TF-IDF rows: words and letters are blocks of fixed length (1 and `letterWeight`), so that a long
 * message weighs as much as a short one. Unknown n-grams are left out; a text of unknown ones is an empty row.
 */
export function createVectoriser({ params, hashes, wordCount, rarity }: TextFeatures): Vectorise {
  const words = indexOf(hashes, 0, wordCount);
  const letters = indexOf(hashes, wordCount, hashes.length);
  return (text) => {
    const counts = countGrams(text, params);
    const entries = weigh(counts.words, words, rarity, 1);
    entries.push(...weigh(counts.letters, letters, rarity, params.letterWeight));
    return {
      indices: Int32Array.from(entries, ([column]) => column),
      values: Float32Array.from(entries, ([, value]) => value),
    };
  };
}

/** All texts as one sparse matrix. */
export function vectoriseTexts(features: TextFeatures, texts: readonly string[]): SparseRows {
  const rows = texts.map(createVectoriser(features));
  const starts = new Int32Array(rows.length + 1);
  rows.forEach(({ indices }, i) => (starts[i + 1] = starts[i]! + indices.length));
  const indices = new Int32Array(starts[rows.length]!);
  const values = new Float32Array(indices.length);
  rows.forEach((row, i) => {
    indices.set(row.indices, starts[i]);
    values.set(row.values, starts[i]);
  });
  return { rows: rows.length, cols: features.hashes.length, starts, indices, values };
}
