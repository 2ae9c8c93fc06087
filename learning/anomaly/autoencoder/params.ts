import { z } from 'zod';

/** Hyper-parameters of the autoencoder. */
export const autoencoderParams = z.strictObject({
  epochs: z.int().min(1).max(1000).default(20).describe('Passes over the training rows'),
  batchSize: z.int().min(1).max(8192).default(128).describe('Rows a step learns from'),
  learningRate: z.number().gt(0).max(1).default(0.01).describe('Step size of Adam'),
  trainingRows: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(2048)
    .describe('Random rows to learn from; a net this small learns little from more'),
});
export type AutoencoderParams = z.infer<typeof autoencoderParams>;
