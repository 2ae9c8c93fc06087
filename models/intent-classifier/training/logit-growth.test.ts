import { describe, expect, it } from 'vitest';
import type { Example, Fold } from '../data/examples.js';
import { logitGrowth, measuresGrowth, reversed } from './logit-growth.js';

const classes = ['block', 'out_of_scope', 'transfer'];
const example: Example = { text: 'block my card', intents: ['block'], outOfScope: false };
const fold = (fit: number, validation: number): Fold => ({
  fit: Array.from({ length: fit }, () => example),
  validation: Array.from({ length: validation }, () => example),
});
/** Messages with these highest logits over a reference of 1, and one out of scope, which does not count. */
const scored = (logits: readonly number[]) => [
  ...logits.map((logit) => ({ example, scores: [1 + logit, 1, 0] })),
  { example: { ...example, outOfScope: true }, scores: [0, 99, 0] },
];

describe('logitGrowth', () => {
  const folds = [fold(20, 10), fold(20, 10), fold(20, 10)] as const;

  it('continues a power law of the number of messages', () => {
    // A tenth more for each doubling, from 10 to 20 messages, is 1.1^log2(1.5) from 20 to 30.
    const scores = { folds: scored([1, 2.2, 9]), reversedFolds: scored([1, 2, 3]) };
    expect(logitGrowth(scores, { classes, folds })).toBeCloseTo(1.1 ** Math.log2(1.5), 9);
  });

  it('is 1 where logits fall or have no sign to grow with, and at most 1.5', () => {
    const growth = (large: number, small: number): number =>
      logitGrowth({ folds: scored([large]), reversedFolds: scored([small]) }, { classes, folds });
    expect([growth(2, 3), growth(-1, -2), growth(2, -1), growth(100, 1)]).toEqual([1, 1, 1, 1.5]);
  });
});

describe('measuresGrowth', () => {
  const several = [fold(20, 10), fold(20, 10), fold(20, 10)] as const;

  it('asks for several folds with messages, of one intent each', () => {
    expect(measuresGrowth({ folds: several, multiLabel: false })).toBe(true);
    expect(measuresGrowth({ folds: several, multiLabel: true })).toBe(false);
    expect(measuresGrowth({ folds: [fold(20, 10)], multiLabel: false })).toBe(false);
    expect(measuresGrowth({ folds: [...several, fold(30, 0)], multiLabel: false })).toBe(false);
  });
});

it('exchanges the sides of a fold', () => {
  const { fit, validation } = reversed(fold(2, 1));
  expect([fit.length, validation.length]).toEqual([1, 2]);
});
