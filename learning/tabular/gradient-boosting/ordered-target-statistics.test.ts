import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { encodeTargetStatistics, fitTargetStatistics } from './ordered-target-statistics.js';

const random = () => createRandom(5);

describe('ordered target statistics', () => {
  it('gives new rows the smoothed mean label of their category', () => {
    const { state } = fitTargetStatistics([['a', 'a', 'b', null]], [1, 0, 1, 0], random(), { smoothing: 1 });
    const [values] = encodeTargetStatistics(state, [['a', 'b', null, 'never seen', 'constructor', '']]);
    expect([...values!]).toEqual([1.5 / 3, 1.5 / 2, 0.5 / 2, 0.5, 0.5, 0.5]);
  });

  it('gives a training row the smoothed mean of the rows before it', () => {
    const { encoded } = fitTargetStatistics([['a', 'a', 'a']], [1, 1, 1], random(), { orders: 1 });
    // prior 1: whatever the order, the mean of ones is 1
    expect([...encoded[0]!]).toEqual([1, 1, 1]);
    const mixed = fitTargetStatistics([['a', 'a']], [1, 0], random(), { orders: 1 }).encoded[0]!;
    // the first in order gets the prior; the second the smoothed label of the first
    expect([[0.5, 0.75].join(), [0.25, 0.5].join()]).toContain([...mixed].join());
  });

  it('does not leak the label: random labels stay unpredictable when categories are nearly unique', () => {
    const chance = createRandom(11);
    const y = Array.from({ length: 2000 }, () => (chance.uniform() < 0.5 ? 1 : 0));
    const column = y.map((_, row) => `merchant ${row >> 1}`);
    const { state, encoded } = fitTargetStatistics([column], y, random());
    expect(Math.abs(rocAuc(y, encoded[0]!) - 0.5)).toBeLessThan(0.06);
    // the plain mean, by contrast, tells each row much of its own label
    expect(rocAuc(y, encodeTargetStatistics(state, [column])[0]!)).toBeGreaterThan(0.8);
  });

  it('is the same for the same seed, survives JSON and stays within the labels', () => {
    const rows = fc.array(fc.tuple(fc.constantFrom('x', 'y', '', null), fc.constantFrom(0, 1)), { minLength: 1 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const column = pairs.map(([category]) => category);
        const y = pairs.map(([, label]) => label);
        const once = fitTargetStatistics([column], y, random());
        expect(fitTargetStatistics([column], y, random())).toEqual(once);
        const restored = JSON.parse(JSON.stringify(once.state)) as typeof once.state;
        expect(encodeTargetStatistics(restored, [column])).toEqual(encodeTargetStatistics(once.state, [column]));
        for (const value of once.encoded[0]!) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  it('refuses columns of another length or number', () => {
    expect(() => fitTargetStatistics([['a']], [1, 0], random())).toThrow('1 rows, wanted 2');
    expect(() => fitTargetStatistics([[]], [], random())).toThrow('0 rows');
    const { state } = fitTargetStatistics([['a']], [1], random());
    expect(() => encodeTargetStatistics(state, [])).toThrow('has 0 columns, wanted 1');
  });
});
