import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';
import { encoderParams } from '../../learning/text/encoder/index.js';

/** Hyper-parameters under the names of the command line. */
export const params = z.strictObject({
  /** Engine; `fine-tuned` falls back to `from-scratch` when the encoder is not available. @default 'from-scratch' */
  engine: z
    .enum(['from-scratch', 'fine-tuned'])
    .default('from-scratch')
    .describe('conditional random field, or a pretrained encoder trained along'),
  /** Maximum iterations of the optimiser; it stops earlier when the objective stalls. @default 30 */
  iterations: z.int().min(1).max(1000).default(30).describe('most steps of the optimiser; it may stop earlier'),
  /** L2 penalty on the field's weights; smaller values fit the training texts more closely. @default 0.2 */
  l2: z.number().gt(0).max(100).default(0.2).describe("L2 penalty on the field's weights"),
  /** Features with fewer occurrences are dropped; from 2 on a word seen once is represented by its form. @default 2 */
  minimumCount: z.int().min(1).max(100).default(2).describe('features seen more rarely are left out'),
  /** Copies of the sentences with swapped mentions; −1 = chosen by cross-validation. @default -1 */
  swaps: z.int().min(-1).max(5).default(-1).describe('copies with names swapped; -1 = chosen by cross-validation'),
  /** Folds of the cross-validation inside training; null = three, or two for large sets. @default null */
  folds: z
    .int()
    .min(2)
    .max(10)
    .nullable()
    .default(null)
    .describe('parts of the cross-validation inside training; null = three, of large sets two'),
  /**
   * Number format of the encoder's graph; int8 has a quarter of the size and half the time. `both` keeps int8 as a variant
   * beside fp32, with pool, threshold and calibration of its own. @default 'fp32'
   */
  precision: z
    .enum(['fp32', 'int8', 'both'])
    .default('fp32')
    .describe("number format of the encoder's graph; both = int8 as a variant beside fp32"),
  ...encoderParams({ batchUnit: 'texts', ownRate: "the encoder's own" }),
});
export type NerParams = z.infer<typeof params>;

/** Ranges of a hyper-parameter search. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  l2: { minimum: 0.02, maximum: 3, scale: 'log' },
  minimumCount: { minimum: 1, maximum: 3, scale: 'integer' },
};
