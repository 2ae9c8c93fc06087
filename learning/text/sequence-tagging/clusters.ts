import { hashText, mix } from './hash.js';

/** Fine and coarse cluster of each known lower-case word. */
export type Clusters = ReadonlyMap<string, readonly [number, number]>;

/** Dimensions of a word's context vector after random indexing (Kanerva, Kristoferson & Holst 2000). */
const DIMENSIONS = 48;
/** Rarer words have too few contexts to be clustered. */
const MINIMUM_COUNT = 3;
const FINE_CLUSTERS = 64;
const COARSE_CLUSTERS = 16;
const ITERATIONS = 8;

interface ContextVectors {
  readonly words: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** (words, dimensions) of unit length. */
  readonly vectors: Float64Array;
}

function countWords(sentences: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Adds a neighbour's signature: eight signs at positions that depend on the neighbour and its side only. */
function addSignature(vectors: Float64Array, row: number, hash: number, weight: number): void {
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

function contextVectors(sentences: readonly (readonly string[])[]): ContextVectors {
  const counts = countWords(sentences);
  const words = [...counts.keys()].filter((word) => counts.get(word)! >= MINIMUM_COUNT);
  const rowOf = new Map(words.map((word, i) => [word, i]));
  const vectors = new Float64Array(words.length * DIMENSIONS);
  for (const sentence of sentences)
    sentence.forEach((word, i) => {
      const row = rowOf.get(word);
      if (row === undefined) return;
      for (const [offset, seed] of [
        [-1, 1],
        [1, 2],
      ] as const) {
        const neighbour = sentence[i + offset] ?? '';
        // Frequent neighbours carry little information.
        const weight = 1 / Math.sqrt(1 + (counts.get(neighbour) ?? sentences.length));
        addSignature(vectors, row * DIMENSIONS, hashText(neighbour, seed), weight);
      }
    });
  words.forEach((_, i) => normaliseRow(vectors, i * DIMENSIONS));
  return { words, rowOf, vectors };
}

function nearestCentre(vectors: Float64Array, row: number, centres: Float64Array): number {
  let best = -Infinity;
  let nearest = 0;
  for (let c = 0; c * DIMENSIONS < centres.length; c++) {
    let dot = 0;
    for (let d = 0; d < DIMENSIONS; d++) dot += vectors[row + d]! * centres[c * DIMENSIONS + d]!;
    if (dot > best) {
      best = dot;
      nearest = c;
    }
  }
  return nearest;
}

/**
 * Rows of the words with the smallest hashes. Other words of a later training change a few of these rows only; of a
 * random order they would change all.
 */
function initialRows(words: readonly string[], k: number, seed: number): number[] {
  const hashes = words.map((word) => hashText(word, seed));
  const order = [...words.keys()].sort((a, b) => hashes[a]! - hashes[b]! || a - b);
  return Array.from({ length: k }, (_, c) => order[c % order.length]!);
}

/** Spherical k-means; an empty cluster keeps its centre. */
function assignClusters({ words, vectors }: ContextVectors, k: number, seed: number): Int32Array {
  const centres = new Float64Array(k * DIMENSIONS);
  initialRows(words, k, seed).forEach((row, c) => {
    centres.set(vectors.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS), c * DIMENSIONS);
  });
  let clusters = new Int32Array(words.length);
  for (let round = 0; round < ITERATIONS; round++) {
    clusters = Int32Array.from(words, (_, i) => nearestCentre(vectors, i * DIMENSIONS, centres));
    const sums = new Float64Array(centres.length);
    clusters.forEach((c, i) => {
      for (let d = 0; d < DIMENSIONS; d++) sums[c * DIMENSIONS + d]! += vectors[i * DIMENSIONS + d]!;
    });
    for (let c = 0; c < k; c++) {
      if (!clusters.includes(c)) continue;
      normaliseRow(sums, c * DIMENSIONS);
      centres.set(sums.subarray(c * DIMENSIONS, (c + 1) * DIMENSIONS), c * DIMENSIONS);
    }
  }
  return clusters;
}

/**
 * Clusters words by their left and right neighbours: random indexing, then spherical k-means. A cheaper alternative to
 * Brown clusters. Deterministic given the seed; O(tokens + words · clusters · iterations).
 * @param sentences - lower-case words.
 */
export function fitClusters(sentences: readonly (readonly string[])[], seed: number): Clusters {
  const context = contextVectors(sentences);
  if (context.words.length < COARSE_CLUSTERS) return new Map();
  const fine = assignClusters(context, FINE_CLUSTERS, seed);
  const coarse = assignClusters(context, COARSE_CLUSTERS, seed);
  return new Map(context.words.map((word, i) => [word, [fine[i]!, coarse[i]!] as const]));
}
