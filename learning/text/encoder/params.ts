import { z } from 'zod';

/** Hyper-parameters of fine-tuning an encoder. */
export const fineTuningParams = z.strictObject({
  epochs: z.number().int().min(1).max(100).default(5).describe('Passes over the training part'),
  batchSize: z.number().int().min(1).max(1024).default(32).describe('Texts per step'),
  learningRate: z
    .number()
    .positive()
    .max(1)
    .nullable()
    .default(null)
    .describe(
      "Highest learning rate of the encoder; null = by the encoder's size: 2e-5 for DistilBERT, 1e-4 for MiniLM",
    ),
  headFactor: z
    .number()
    .positive()
    .default(10)
    .describe("Learning rate of the head over the encoder's; 10 for a random initial head, 1 for a fitted one"),
  layerDecay: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('Factor of the learning rate from each layer to the one below it; below 1 changes lower layers less'),
  warmup: z.number().min(0).max(1).default(0.1).describe('Share of the steps in which the learning rate rises from 0'),
  weightDecay: z.number().nonnegative().default(0.01).describe('Weight decay of matrices, as in AdamW'),
  clipNorm: z.number().positive().default(1).describe('Maximum norm of the gradient; longer ones are scaled down'),
  dropout: z.number().min(0).max(0.9).default(0.1).describe('Share of values set to 0 in training'),
  labelSmoothing: z.number().min(0).max(0.5).default(0).describe('Share of the target spread over all classes'),
  accumulate: z.number().int().min(1).default(1).describe('Batches per step, whose gradients are summed'),
  maximumLength: z
    .number()
    .int()
    .min(8)
    .max(512)
    .default(64)
    .describe('Maximum length of a text in pieces; the rest is cut off'),
  patience: z
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('Epochs without a better validation score before training stops'),
  checkpointSteps: z.number().int().min(1).default(250).describe('Steps between two checkpoints'),
});
export type FineTuningParams = z.infer<typeof fineTuningParams>;
