import { solveByCholesky } from '../../numeric/matrix/cholesky.js';
import { createRandom } from '../../numeric/random/index.js';
import {
  type Attribution,
  eachOf,
  partsOf,
  type PerturbationOptions,
  type ScoreEach,
  type ScoreTexts,
  toAttributions,
  withoutParts,
} from './occlusion.js';
import { sum } from '../../numeric/statistics/sum.js';

export interface LimeOptions extends PerturbationOptions {
  readonly seed: number;
  /** Texts with random words taken away. @default 200, fewer for a text over 1,000 characters */
  readonly samples?: number;
}

/** Kernel width on 100 times the cosine distance, as in the reference implementation (lime 0.2, text). */
const KERNEL_WIDTH = 25;
/** 1 in the reference; in a text of two words, of which one sample only keeps both, that outweighs their effect. */
const RIDGE = 0.01;

/** Which words are kept: the whole text first, then random halves. */
function drawMasks(parts: number, samples: number, seed: number): Uint8Array[] {
  const random = createRandom(seed).fork('lime');
  return Array.from({ length: samples }, (_, sample) => {
    const mask = new Uint8Array(parts).fill(1);
    const hidden = sample === 0 ? 0 : 1 + random.integer(parts);
    for (const part of random.permutation(parts).subarray(0, hidden)) mask[part] = 0;
    return mask;
  });
}

/** Cosine distance of two binary vectors, one of them all ones: 1 − √(share of words that are kept). */
const nearness = (mask: Uint8Array): number => {
  const kept = sum(mask);
  const distance = 100 * (1 - Math.sqrt(kept / mask.length));
  return Math.sqrt(Math.exp(-(distance * distance) / (KERNEL_WIDTH * KERNEL_WIDTH)));
};

/** The masks as rows of a weighted ridge regression with an unpenalised intercept, which is the last column. */
interface WeightedMasks {
  readonly rows: readonly (readonly number[])[];
  /** (rows,) */
  readonly weights: readonly number[];
  /** XᵀWX with the penalty on its diagonal. */
  readonly gram: Float64Array;
}

function weightMasks(masks: readonly Uint8Array[]): WeightedMasks {
  const n = masks[0]!.length + 1;
  const gram = new Float64Array(n * n);
  const rows = masks.map((mask) => [...mask, 1]);
  const weights = masks.map(nearness);
  rows.forEach((row, sample) => {
    for (let i = 0; i < n; i++) {
      if (row[i] === 0) continue;
      for (let j = 0; j < n; j++) gram[i * n + j]! += weights[sample]! * row[j]!;
    }
  });
  for (let i = 0; i < n; i++) gram[i * n + i]! += i < n - 1 ? RIDGE : 1e-9;
  return { rows, weights, gram };
}

/** @param scores - (rows,).  @returns (words,) coefficients without the intercept. */
function regress({ rows, weights, gram }: WeightedMasks, scores: readonly number[]): Float64Array {
  const n = rows[0]!.length;
  const moment = new Float64Array(n);
  rows.forEach((row, sample) => {
    for (let i = 0; i < n; i++) moment[i]! += weights[sample]! * row[i]! * scores[sample]!;
  });
  return solveByCholesky(gram.slice(), moment).subarray(0, n - 1);
}

const SAMPLES = 200;
/** Characters of all samples together, so that a long text does not cost more than occlusion needs anyway. */
const CHARACTERS = 200_000;

const samplesFor = (text: string, parts: number): number =>
  Math.min(SAMPLES, Math.max(parts + 1, Math.floor(CHARACTERS / text.length)));

/**
 * LIME for texts (Ribeiro et al. 2016): random words are taken away, and a ridge regression on what is left, near texts
 * weighing more, says what each word contributes. Deterministic under the seed. O(samples) evaluations for all numbers.
 * @returns (numbers, words); [] for a text without words.
 */
export async function limeEach(text: string, score: ScoreEach, options: LimeOptions): Promise<Attribution[][]> {
  const { seed, remove = withoutParts } = options;
  const parts = partsOf(text, options);
  if (parts.length === 0) return [];
  const masks = drawMasks(parts.length, options.samples ?? samplesFor(text, parts.length), seed);
  const scores = await score(masks.map((mask) => remove(text, parts, (part) => mask[part] === 1)));
  const weighted = weightMasks(masks);
  return Array.from(scores[0]!, (_, k) => {
    const own = scores.map((row) => row[k]!);
    const weights = regress(weighted, own);
    return toAttributions(parts, (i) => weights[i]!);
  });
}

/** `limeEach` for one number. */
export async function lime(text: string, score: ScoreTexts, options: LimeOptions): Promise<Attribution[]> {
  const [found = []] = await limeEach(text, eachOf(score), options);
  return found;
}
