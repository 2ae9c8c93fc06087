import { describe, expect, it } from 'vitest';
import type { Example, Fold } from '../data/examples.js';
import { logitGrowth, measuresGrowth, reversed } from './logit-growth.js';

const classes = ['block', 'transfer'];
const example: Example = { text: 'block my card', intents: ['block'], outOfScope: false };
const fold = (fit: number, validation: number): Fold => ({
  fit: Array.from({ length: fit }, () => example),
  validation: Array.from({ length: validation }, () => example),
});
/** Messages with these highest logits. */
const scored = (logits: readonly number[]) => logits.map((logit) => ({ example, scores: [logit, logit - 5] }));

describe('logitGrowth', () => {
  const folds = [fold(20, 10), fold(20, 10), fold(20, 10)] as const;

  it('continues a power law of the number of messages', () => {
    // A tenth more for each doubling, from 10 to 20 messages, is 1.1^log2(1.5) from 20 to 30.
    const scores = { folds: scored([1, 2.2, 9]), reversedFolds: scored([1, 2, 3]) };
    expect(logitGrowth(scores, { folds })).toBeCloseTo(1.1 ** Math.log2(1.5), 9);
  });

  it('is 1 where logits fall or have no sign to grow with, and at most 1.5', () => {
    const growth = (large: number, small: number): number =>
      logitGrowth({ folds: scored([large]), reversedFolds: scored([small]) }, { folds });
    expect([growth(2, 3), growth(-1, -2), growth(2, -1), growth(100, 1)]).toEqual([1, 1, 1, 1.5]);
  });
});

describe('measuresGrowth', () => {
  const several = [fold(20, 10), fold(20, 10), fold(20, 10)] as const;

  it('asks for several folds with messages, of one intent each, and no class for out-of-scope messages', () => {
    const task = { classes, folds: several, multiLabel: false } as const;
    expect(measuresGrowth(task)).toBe(true);
    expect(measuresGrowth({ ...task, multiLabel: true })).toBe(false);
    expect(measuresGrowth({ ...task, folds: [fold(20, 10)] })).toBe(false);
    expect(measuresGrowth({ ...task, folds: [...several, fold(30, 0)] })).toBe(false);
    expect(measuresGrowth({ ...task, classes: [...classes, 'out_of_scope'] })).toBe(false);
  });
});

it('exchanges the sides of a fold', () => {
  const { fit, validation } = reversed(fold(2, 1));
  expect([fit.length, validation.length]).toEqual([1, 2]);
});
