import { z } from 'zod';

/** The loss that a training minimises, after a step of it. */
export interface LossPoint {
  /** What is fitted, such as `boosting`. */
  readonly stage: string;
  /** Rounds, epochs or iterations done, from 1. */
  readonly step: number;
  /** On the training rows, in the unit of the loss. */
  readonly loss: number;
}

const nonFinite = z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number);

/** The losses of one fit, by step. JSON has NaN and infinities as texts. */
export const learningCurve = z.strictObject({
  stage: z.string(),
  points: z.array(
    z.strictObject({
      step: z.int().positive(),
      loss: z.union([z.number(), nonFinite]),
      /** Milliseconds since the epoch; absent in runs from before times were recorded. */
      at: z.int().optional(),
    }),
  ),
});
export type LearningCurve = z.infer<typeof learningCurve>;
