import { describe, expect, it } from 'vitest';
import { firstDifference } from './sample.js';

describe('firstDifference', () => {
  it('accepts numbers that differ by rounding only', () => {
    expect(firstDifference([{ probability: 0.300001, label: 'x' }], [{ probability: 0.3, label: 'x' }])).toBeNull();
  });

  it.each([
    [[{ probability: 0.31 }], [{ probability: 0.3 }], 'output.0.probability', 0.31, 0.3],
    [[{ probability: 0.3 }], [{ probability: 0.3, label: 'x' }], 'output.0.label', undefined, 'x'],
    [[{ probability: 0.3, extra: 1 }], [{ probability: 0.3 }], 'output.0.extra', 1, undefined],
    [[], [1], 'output.0', undefined, 1],
    [[null], [0], 'output.0', null, 0],
    [[Number.NaN], [0], 'output.0', Number.NaN, 0],
  ])('finds the difference between %j and %j', (found, wanted, path, ...values) => {
    expect(firstDifference(found, wanted)).toEqual({ path, found: values[0], wanted: values[1] });
  });
});
