import { describe, expect, it } from 'vitest';
import { firstDifference } from './smoke-test.js';

describe('firstDifference', () => {
  it('lets numbers differ by rounding', () => {
    expect(firstDifference([{ probability: 0.300001, label: 'x' }], [{ probability: 0.3, label: 'x' }])).toBeNull();
  });

  it.each([
    [[{ probability: 0.31 }], [{ probability: 0.3 }], 'output.0.probability is 0.31, wanted 0.3'],
    [[{ probability: 0.3 }], [{ probability: 0.3, label: 'x' }], 'output.0.label is undefined, wanted "x"'],
    [[{ probability: 0.3, extra: 1 }], [{ probability: 0.3 }], 'output.0.extra is 1, wanted undefined'],
    [[], [1], 'output.0 is undefined, wanted 1'],
    [[null], [0], 'output.0 is null, wanted 0'],
    [[Number.NaN], [0], 'output.0 is NaN, wanted 0'],
  ])('%j against %j', (found, wanted, difference) => {
    expect(firstDifference(found, wanted)).toBe(difference);
  });
});
