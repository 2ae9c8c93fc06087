import { z } from 'zod';

/** Hyper-parameters of the tail score. */
export const tailScoreParams = z.strictObject({
  knots: z
    .int()
    .min(4)
    .max(1000)
    .default(64)
    .describe('Steps that stand for a column’s distribution, denser towards its ends; more follow it more closely'),
});
export type TailScoreParams = z.infer<typeof tailScoreParams>;
