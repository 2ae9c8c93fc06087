import { z } from 'zod';

/** A message whose label would teach the model, with what the model would answer. */
export const reviewedMessage = z.strictObject({
  id: z.string(),
  text: z.string(),
  suggestion: z.string(),
  /** The runner-up; empty where messages have several names. */
  second: z.string(),
  confidence: z.number(),
});
export type ReviewedMessage = z.infer<typeof reviewedMessage>;

/** A message whose annotations are probably wrong; spans as a cell of a review holds them. */
export const reviewedAnnotations = z.strictObject({
  id: z.string(),
  text: z.string(),
  /** The worst disagreement, in a few words. */
  finding: z.string(),
  doubt: z.number(),
  suggestion: z.string(),
  entities: z.string(),
});
export type ReviewedAnnotations = z.infer<typeof reviewedAnnotations>;
