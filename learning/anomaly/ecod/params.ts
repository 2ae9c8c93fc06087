import { z } from 'zod';

/** Hyper-parameters of ECOD. */
export const ecodParams = z.strictObject({
  knots: z
    .int()
    .min(4)
    .max(1000)
    .default(64)
    .describe('Steps that stand for a column’s distribution, denser towards its ends; more follow it more closely'),
});
export type EcodParams = z.infer<typeof ecodParams>;
