import { z } from 'zod';

/** Hyper-parameters of the distance to random references. */
export const referenceDistanceParams = z.strictObject({
  compressed: z
    .boolean()
    .default(false)
    .describe('Measure on sign(z)·ln(1 + |z|) instead of z, so that heavy tails do not drown the other columns'),
  sets: z.int().min(1).max(1000).default(64).describe('Random sets of references; more give steadier scores'),
  references: z
    .int()
    .min(2)
    .max(1024)
    .default(16)
    .describe('References a set: an anomalous cluster stays visible up to about 1 / references of all rows'),
});
export type ReferenceDistanceParams = z.infer<typeof referenceDistanceParams>;

/** Hyper-parameters of the distance to the nearest neighbours. */
export const neighbourDistanceParams = z.strictObject({
  neighbours: z.int().min(1).max(100).default(5).describe('Nearest rows whose mean distance is the score'),
  references: z.int().min(2).max(65_536).default(2048).describe('Random rows among which neighbours are searched'),
});
export type NeighbourDistanceParams = z.infer<typeof neighbourDistanceParams>;
