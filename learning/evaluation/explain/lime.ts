import { solveByCholesky } from '../../numeric/matrix/cholesky.js';
import { createRandom } from '../../numeric/random/index.js';
import { type Attribution, type ScoreTexts, textParts, withoutParts } from './occlusion.js';
import { sum } from '../../numeric/statistics/sum.js';

export interface LimeOptions {
  readonly seed: number;
  /** Texts with random words taken away. @default 200 */
  readonly samples?: number;
  /** Words from the start that are considered. @default 64 */
  readonly most?: number;
}

/** Kernel width on the cosine distance, as in the reference implementation (lime 0.2, text). */
const KERNEL_WIDTH = 0.25;
const RIDGE = 1;

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

const nearness = (mask: Uint8Array): number => {
  const kept = sum(mask);
  const distance = 1 - Math.sqrt(kept / mask.length);
  return Math.sqrt(Math.exp(-(distance * distance) / (KERNEL_WIDTH * KERNEL_WIDTH)));
};

/** Weighted ridge regression of the scores on the masks, with an unpenalised intercept (last). */
function regress(masks: readonly Uint8Array[], scores: readonly number[]): Float64Array {
  const n = masks[0]!.length + 1;
  const [gram, moment] = [new Float64Array(n * n), new Float64Array(n)];
  masks.forEach((mask, sample) => {
    const weight = nearness(mask);
    const row = [...mask, 1];
    for (let i = 0; i < n; i++) {
      if (row[i] === 0) continue;
      moment[i]! += weight * scores[sample]!;
      for (let j = 0; j < n; j++) gram[i * n + j]! += weight * row[j]!;
    }
  });
  for (let i = 0; i < n; i++) gram[i * n + i]! += i < n - 1 ? RIDGE : 1e-9;
  return solveByCholesky(gram, moment);
}

/**
 * LIME for texts (Ribeiro et al. 2016): random words are taken away, and a ridge regression on what is left, near texts
 * weighing more, says what each word contributes. Deterministic under the seed. O(samples) evaluations.
 */
export async function lime(text: string, score: ScoreTexts, options: LimeOptions): Promise<Attribution[]> {
  const { seed, samples = 200, most = 64 } = options;
  const parts = textParts(text, most);
  if (parts.length === 0) return [];
  const masks = drawMasks(parts.length, samples, seed);
  const scores = await score(masks.map((mask) => withoutParts(text, parts, (part) => mask[part] === 1)));
  const weights = regress(masks, scores);
  return parts.map((part, i) => ({ ...part, weight: weights[i]! }));
}
