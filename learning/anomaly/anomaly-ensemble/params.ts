import { z } from 'zod';

/** Hyper-parameters of the ensemble. */
export const anomalyEnsembleParams = z.strictObject({
  method: z
    .enum(['auto', 'forest', 'ensemble'])
    .default('auto')
    .describe('auto chooses between forest and ensemble from unlabelled rows; the others force one'),
  trees: z.int().min(1).max(10_000).default(200).describe('Trees of the forest'),
  subsampleSize: z.int().min(2).max(65_536).default(256).describe('Rows a tree is grown on'),
  sampleRows: z
    .int()
    .min(50)
    .max(1_000_000)
    .default(8192)
    .describe('Random rows on which members are compared and scaled; more cost time and change little'),
});
export type AnomalyEnsembleParams = z.infer<typeof anomalyEnsembleParams>;
