import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them; defaults of epochs, batch size and learning rate are the specification's. */
export const params = z.strictObject({
  /** What computes the scores; the encoder tiers fall back to `from-scratch` where no encoder is to be had. @default 'from-scratch' */
  engine: z
    .enum(['from-scratch', 'frozen', 'fine-tuned'])
    .default('from-scratch')
    .describe('n-grams; a frozen encoder with a linear head; or the encoder trained along'),
  /** Hub name of the encoder; the folder in ENCODER_PATH comes first. @default 'distilbert-base-uncased' */
  encoder: z.string().min(1).default('distilbert-base-uncased').describe('pretrained encoder (hub name)'),
  /** Fine-tuning alone: passes over the training part. @default 5 */
  epochs: z.int().min(1).max(100).default(5).describe('fine-tuning: passes over the training part'),
  /** Fine-tuning alone. @default 32 */
  batchSize: z.int().min(1).max(1024).default(32).describe('fine-tuning: messages a step'),
  /** Fine-tuning alone: null = the encoder's own (2e-5 for DistilBERT-size, 1e-4 for small ones). @default null */
  learningRate: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .default(null)
    .describe("fine-tuning: highest learning rate; null = the encoder's own, 2e-5 for DistilBERT"),
  /** Number format of the encoder's served graph; int8 is a quarter as large and about twice as fast. @default 'fp32' */
  precision: z.enum(['fp32', 'int8']).default('fp32').describe("number format of the encoder's graph"),
  /** Inverse strength of the linear model's L2 penalty. @default 30 */
  inversePenalty: z.number().gt(0).default(30).describe('inverse strength of the L2 penalty (C) of the linear model'),
  /** Longest run of words that counts. @default 2 */
  wordGrams: z.int().min(1).max(4).default(2).describe('longest run of words'),
  /** Longest run of letters that counts; 0 = words alone. @default 5 */
  letterGrams: z.int().min(0).max(8).default(5).describe('longest run of letters; 0 = words alone'),
  /** Whether a message has one intent or any number; auto = several when some training message has. @default 'auto' */
  labels: z.enum(['auto', 'single', 'multiple']).default('auto').describe('intents a message: one or any number'),
  /** Variants of the training messages, kept only where they gain on validation. From scratch alone. @default 'auto' */
  augmentation: z.enum(['auto', 'none']).default('auto').describe('typos and code-switching, kept where they gain'),
  /**
   * What becomes of a validation part that the data bring, once temperature and thresholds are chosen on it; `kept` is the
   * protocol of published scores. The encoder tiers always keep it apart: they gain nothing from it. Messages that this
   * model sets aside itself are learned from in every tier. @default 'learned'
   */
  ownValidation: z
    .enum(['learned', 'kept'])
    .default('learned')
    .describe("the data's own validation part: learned from in the end (from scratch alone), or kept apart"),
  /** Share of in-scope validation messages that the out-of-scope threshold turns away. @default 0.05 */
  rejectShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe('share of in-scope messages that out-of-scope rejection may cost'),
});
export type IntentParams = z.infer<typeof params>;

/** Where a search looks. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  inversePenalty: { minimum: 1, maximum: 200, scale: 'log' },
  wordGrams: { minimum: 1, maximum: 3, scale: 'integer' },
  letterGrams: { minimum: 3, maximum: 6, scale: 'integer' },
};
