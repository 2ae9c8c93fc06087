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

/** The losses of one fit, by step. */
export const learningCurve = z.strictObject({
  stage: z.string(),
  points: z.array(z.strictObject({ step: z.int().positive(), loss: z.number() })),
});
export type LearningCurve = z.infer<typeof learningCurve>;
