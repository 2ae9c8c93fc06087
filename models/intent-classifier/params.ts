import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';
import { encoderParams } from '../../learning/text/encoder/index.js';

/** Hyper-parameters under the names of the command line. */
export const params = z.strictObject({
  /** Engine; the encoder tiers fall back to `from-scratch` when the encoder is not available. @default 'from-scratch' */
  engine: z
    .enum(['from-scratch', 'frozen', 'fine-tuned'])
    .default('from-scratch')
    .describe('n-grams; a frozen encoder with a linear head; or the encoder trained along'),
  /** Whether a training on the frozen encoder may end from scratch where that is better on validation. @default 'validated' */
  tierChoice: z
    .enum(['validated', 'asked'])
    .default('validated')
    .describe('frozen: from scratch where that is better on validation, or the frozen encoder in any case'),
  ...encoderParams({ batchUnit: 'messages', ownRate: "the encoder's own, 2e-5 for DistilBERT" }),
  /** Number format of the encoder's graph; int8 has a quarter of the size and half the time. @default 'fp32' */
  precision: z.enum(['fp32', 'int8']).default('fp32').describe("number format of the encoder's graph"),
  /** Inverse strength of the linear model's L2 penalty; null = chosen on validation. @default null */
  inversePenalty: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe('inverse strength of the L2 penalty (C) of the linear model; null = chosen on validation'),
  /** Weight of naive Bayes beside the regression; null = chosen on validation. From scratch, one intent a message. @default null */
  bayesShare: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe('weight of naive Bayes in the from-scratch scores; null = chosen on validation'),
  /** Maximum length of word n-grams. @default 2 */
  wordGrams: z.int().min(1).max(4).default(2).describe('longest run of words'),
  /** Maximum length of letter n-grams; 0 = none. @default 5 */
  letterGrams: z.int().min(0).max(8).default(5).describe('longest run of letters; 0 = words alone'),
  /** Single-label or multi-label; auto = multi-label when some training message has not exactly one intent. @default 'auto' */
  labels: z.enum(['auto', 'single', 'multiple']).default('auto').describe('intents a message: one or any number'),
  /** Augmentation of the training messages, kept only if it gains on validation. From scratch only. @default 'auto' */
  augmentation: z.enum(['auto', 'none']).default('auto').describe('typos and code-switching, kept where they gain'),
  /**
   * Whether the data's own validation part is learned from after temperature and thresholds are chosen on it; `kept` is
   * the protocol of published scores. The encoder tiers always keep it apart, because they gain nothing from it. A
   * validation part drawn by this model is learned from in every tier. @default 'learned'
   */
  ownValidation: z
    .enum(['learned', 'kept'])
    .default('learned')
    .describe("the data's own validation part: learned from in the end (from scratch alone), or kept apart"),
  /** Share of in-scope validation messages above the out-of-scope threshold. @default 0.05 */
  rejectShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe('share of in-scope messages that out-of-scope rejection may cost'),
});
export type IntentParams = z.infer<typeof params>;

/** Ranges of a hyper-parameter search. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  inversePenalty: { minimum: 1, maximum: 200, scale: 'log' },
  wordGrams: { minimum: 1, maximum: 3, scale: 'integer' },
  letterGrams: { minimum: 3, maximum: 6, scale: 'integer' },
};
