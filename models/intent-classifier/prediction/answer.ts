import { z } from 'zod';

/** An intent with its calibrated probability. */
const rankedIntent = z.strictObject({ intent: z.string(), probability: z.number().min(0).max(1) });
export type RankedIntent = z.infer<typeof rankedIntent>;

/** An answer of the predictor. */
export const answer = z.strictObject({
  /** The answer in a sentence. */
  summary: z.string(),
  /** The intent; `out_of_scope` for a rejected message. Several intents a message: the most probable accepted one. */
  intent: z.string(),
  /**
   * Probability that the answered intent is right; null for a rejected message. Several intents a message: that the whole
   * list is right, also the empty one.
   */
  confidence: z.number().min(0).max(1).nullable(),
  /** Accepted intents, most probable first: at most one, or any number where messages have several. */
  intents: z.array(rankedIntent),
  /** All known intents, accepted or not, most probable first. With one intent a message the probabilities sum to 1. */
  classes: z.array(rankedIntent),
  /** Whether the message is one of the known intents at all, which is decided apart from which of them it is. */
  outOfScope: z.strictObject({
    rejected: z.boolean(),
    /** Larger for messages less like the intents. */
    score: z.number(),
    /** Messages with a larger score are rejected; null = no message is rejected by its score. */
    threshold: z.number().nullable(),
  }),
  /** How many intents this version can find in one message. */
  intentsPerMessage: z.enum(['one', 'several']),
});
export type Answer = z.infer<typeof answer>;
