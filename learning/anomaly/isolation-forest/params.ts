import { z } from 'zod';

const trees = z
  .int()
  .min(1)
  .max(10_000)
  .default(100)
  .describe('Trees. More give steadier scores, in proportion to time');
const subsampleSize = z
  .int()
  .min(2)
  .max(65_536)
  .default(256)
  .describe('Rows a tree is grown on, without repetition; more than a few hundred hides anomalies behind each other');

/** Hyper-parameters of the isolation forest; defaults are the paper's. */
export const isolationForestParams = z.strictObject({ trees, subsampleSize });
export type IsolationForestParams = z.infer<typeof isolationForestParams>;

/** Hyper-parameters of the extended isolation forest. */
export const extendedIsolationForestParams = z.strictObject({
  trees,
  subsampleSize,
  coordinates: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Features a cut combines, at most all; 1 cuts along axes, more see joint deviations and cost more time'),
});
export type ExtendedIsolationForestParams = z.infer<typeof extendedIsolationForestParams>;
