import { describe, expect, it } from 'vitest';
import { sizeByStep, sizeByStepWithout } from './error-sizes.js';
import { recentChange, typicalChange } from './scale.js';

describe('sizeByStep', () => {
  it('does not fall with the step without a cycle', () => {
    expect([...sizeByStep([[1, 4, 2, 6]], 4, 1)]).toEqual([1, 3, 3, 6]);
  });

  it('compares steps a cycle apart and averages neighbours within a cycle', () => {
    // Means 2, 8, 2 | 6, 4, 2: the middle of the cycle falls from 8 to 4 and is pooled to 6.
    expect([...sizeByStep([[2, 8, 2, 6, 4, 2]], 6, 3)]).toEqual([4, 10 / 3, 14 / 3, 14 / 3, 14 / 3, 4]);
  });

  it('takes the usual size for a step without known errors', () => {
    const sizes = [
      [NaN, 1],
      [NaN, 3],
    ];
    expect([...sizeByStep(sizes, 2, 2)]).toEqual([2, 2]);
    expect(sizeByStep([[0, 0]], 2, 1)[0]).toBeGreaterThan(0);
  });

  it('leaves out the errors of each origin itself', () => {
    const without = sizeByStepWithout([[1], [2], [6]], 1, 1);
    expect(without.map(([size]) => size)).toEqual([4, 3.5, 1.5]);
    expect(sizeByStepWithout([[5]], 1, 1)[0]![0]).toBe(5);
  });
});

describe('recentChange', () => {
  /** 300 values with changes of 1, then 100 with changes of `last`. */
  const values = (last: number): number[] => {
    let level = 0;
    return Array.from({ length: 400 }, (_, i) => (level += (i % 2 === 0 ? 1 : -1) * (i < 300 ? 1 : last)));
  };

  it('lies between the change of the whole history and that of its end', () => {
    expect(typicalChange(values(9), 1)).toBeCloseTo(3, 1);
    expect(recentChange(values(9), 1)).toBeCloseTo(Math.sqrt(3 * 9), 1);
    expect(recentChange(values(1), 1)).toBeCloseTo(1, 9);
  });

  it('does not vanish at the end of a constant stretch', () => {
    const whole = typicalChange(values(0), 1);
    expect(recentChange(values(0), 1)).toBeCloseTo(whole * Math.sqrt(0.1), 9);
  });
});
