import { z } from 'zod';

/** Wording of a model's encoder parameters in the command line's help. */
export interface EncoderParamTexts {
  /** What a training step counts, such as `messages`. */
  readonly batchUnit: string;
  /** The encoder's own learning rate, such as `the encoder's own`. */
  readonly ownRate: string;
}

/** The hyper-parameters that a model with an encoder adds to its own; they are inputs of `fineTuningParams`. */
export const encoderParams = ({ batchUnit, ownRate }: EncoderParamTexts) => ({
  /** Hub name of the encoder; the folder in ENCODER_PATH takes precedence. @default 'distilbert-base-uncased' */
  encoder: z.string().min(1).default('distilbert-base-uncased').describe('pretrained encoder (hub name)'),
  /** Fine-tuning only: passes over the training part. @default 5 */
  epochs: z.int().min(1).max(100).default(5).describe('fine-tuning: passes over the training part'),
  /** Fine-tuning only: texts per step. @default 32 */
  batchSize: z.int().min(1).max(1024).default(32).describe(`fine-tuning: ${batchUnit} a step`),
  /** Fine-tuning only: null = `encoderDefaults`, 2e-5 for DistilBERT and 1e-4 for smaller encoders. @default null */
  learningRate: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .default(null)
    .describe(`fine-tuning: highest learning rate; null = ${ownRate}`),
});
