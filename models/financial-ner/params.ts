import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them; `iterations` is the specification's. */
export const params = z.strictObject({
  /** What scores words; `fine-tuned` falls back to `from-scratch` where no encoder is to be had. @default 'from-scratch' */
  engine: z
    .enum(['from-scratch', 'fine-tuned'])
    .default('from-scratch')
    .describe('conditional random field, or a pretrained encoder trained along'),
  /** Most steps of the optimiser; it stops earlier when nothing more is gained. @default 30 */
  iterations: z.int().min(1).max(1000).default(30).describe('most steps of the optimiser; it may stop earlier'),
  /** L2 penalty on the field's weights; smaller remembers more. @default 0.2 */
  l2: z.number().gt(0).max(100).default(0.2).describe("L2 penalty on the field's weights"),
  /** Features seen more rarely are left out. From 2 on a word seen once is known by its form alone. @default 2 */
  minimumCount: z.int().min(1).max(100).default(2).describe('features seen more rarely are left out'),
  /** Copies of the sentences with other names of the same type; −1 = none or two, by cross-validation. @default -1 */
  swaps: z.int().min(-1).max(5).default(-1).describe('copies with names swapped; -1 = chosen by cross-validation'),
  /** Parts of the cross-validation inside training that chooses and calibrates; null = three, of large sets two. @default null */
  folds: z
    .int()
    .min(2)
    .max(10)
    .nullable()
    .default(null)
    .describe('parts of the cross-validation inside training; null = three, of large sets two'),
  /** Hub name of the encoder; the folder in ENCODER_PATH comes first. @default 'distilbert-base-uncased' */
  encoder: z.string().min(1).default('distilbert-base-uncased').describe('pretrained encoder (hub name)'),
  /** Fine-tuning alone: passes over the training part. @default 5 */
  epochs: z.int().min(1).max(100).default(5).describe('fine-tuning: passes over the training part'),
  /** Fine-tuning alone. @default 32 */
  batchSize: z.int().min(1).max(1024).default(32).describe('fine-tuning: texts a step'),
  /** Fine-tuning alone: null = the encoder's own. @default null */
  learningRate: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .default(null)
    .describe("fine-tuning: highest learning rate; null = the encoder's own"),
});
export type NerParams = z.infer<typeof params>;

/** Where a search looks. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  l2: { minimum: 0.02, maximum: 3, scale: 'log' },
  minimumCount: { minimum: 1, maximum: 3, scale: 'integer' },
};
