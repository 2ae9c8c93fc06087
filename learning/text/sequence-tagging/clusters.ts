import { createRandom, type Random } from '../../numeric/random/index.js';
import { hashText, mix } from './hash.js';

/** Fine and coarse class of the known lower-case words. */
export type Clusters = ReadonlyMap<string, readonly [number, number]>;

/** Dimensions of a word's context vector after random indexing (Kanerva, Kristoferson & Holst 2000). */
const DIMENSIONS = 48;
/** Rarer words have no context to speak of. */
const FEWEST = 3;
const FINE = 64;
const COARSE = 16;
const ROUNDS = 8;

interface Counted {
  readonly words: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  /** (words, dimensions) of unit length. */
  readonly vectors: Float64Array;
}

function countWords(sentences: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Adds a neighbour's signature: eight signs at places that only the neighbour and its side decide. */
function addNeighbour(vectors: Float64Array, row: number, hash: number, weight: number): void {
  let h = hash;
  for (let i = 0; i < 8; i++) {
    h = mix(h, i);
    vectors[row + ((h >>> 1) % DIMENSIONS)]! += (h & 1) === 0 ? weight : -weight;
  }
}

function normaliseRow(vectors: Float64Array, row: number): void {
  let sum = 0;
  for (let d = 0; d < DIMENSIONS; d++) sum += vectors[row + d]! ** 2;
  const inverse = 1 / Math.sqrt(Math.max(sum, 1e-12));
  for (let d = 0; d < DIMENSIONS; d++) vectors[row + d]! *= inverse;
}

function contextVectors(sentences: readonly (readonly string[])[]): Counted {
  const counts = countWords(sentences);
  const words = [...counts.keys()].filter((word) => counts.get(word)! >= FEWEST);
  const numbers = new Map(words.map((word, i) => [word, i]));
  const vectors = new Float64Array(words.length * DIMENSIONS);
  for (const sentence of sentences)
    sentence.forEach((word, i) => {
      const number = numbers.get(word);
      if (number === undefined) return;
      for (const [offset, seed] of [
        [-1, 1],
        [1, 2],
      ] as const) {
        const neighbour = sentence[i + offset] ?? '';
        // A frequent neighbour says little.
        const weight = 1 / Math.sqrt(1 + (counts.get(neighbour) ?? sentences.length));
        addNeighbour(vectors, number * DIMENSIONS, hashText(neighbour, seed), weight);
      }
    });
  words.forEach((_, i) => normaliseRow(vectors, i * DIMENSIONS));
  return { words, numbers, vectors };
}

function nearest(vectors: Float64Array, row: number, centres: Float64Array): number {
  let best = -Infinity;
  let chosen = 0;
  for (let c = 0; c * DIMENSIONS < centres.length; c++) {
    let dot = 0;
    for (let d = 0; d < DIMENSIONS; d++) dot += vectors[row + d]! * centres[c * DIMENSIONS + d]!;
    if (dot > best) {
      best = dot;
      chosen = c;
    }
  }
  return chosen;
}

/** Spherical k-means; an empty class keeps its centre. */
function assign({ words, vectors }: Counted, k: number, random: Random): Int32Array {
  const centres = new Float64Array(k * DIMENSIONS);
  const order = random.permutation(words.length);
  for (let c = 0; c < k; c++) {
    const row = order[c % words.length]! * DIMENSIONS;
    centres.set(vectors.subarray(row, row + DIMENSIONS), c * DIMENSIONS);
  }
  let classes = new Int32Array(words.length);
  for (let round = 0; round < ROUNDS; round++) {
    classes = Int32Array.from(words, (_, i) => nearest(vectors, i * DIMENSIONS, centres));
    const sums = new Float64Array(centres.length);
    classes.forEach((c, i) => {
      for (let d = 0; d < DIMENSIONS; d++) sums[c * DIMENSIONS + d]! += vectors[i * DIMENSIONS + d]!;
    });
    for (let c = 0; c < k; c++) {
      if (!classes.includes(c)) continue;
      normaliseRow(sums, c * DIMENSIONS);
      centres.set(sums.subarray(c * DIMENSIONS, (c + 1) * DIMENSIONS), c * DIMENSIONS);
    }
  }
  return classes;
}

/**
 * Classes of words that stand between the same neighbours: random indexing of left and right neighbours, then k-means.
 * A cheap relative of Brown clusters. Deterministic given the seed; O(tokens + words · classes · rounds).
 * @param sentences - lower-case words.
 */
export function fitClusters(sentences: readonly (readonly string[])[], seed: number): Clusters {
  const counted = contextVectors(sentences);
  if (counted.words.length < COARSE) return new Map();
  const random = createRandom(seed).fork('clusters');
  const fine = assign(counted, FINE, random);
  const coarse = assign(counted, COARSE, random);
  return new Map(counted.words.map((word, i) => [word, [fine[i]!, coarse[i]!] as const]));
}
