import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { fuzzyAugmentation, parcelling } from './augmentation.js';

describe('fuzzy augmentation', () => {
  it('splits each rejected application into its two outcomes, which weigh 1 together', () => {
    expect(fuzzyAugmentation([0.25, 1])).toEqual([
      { row: 0, label: 1, weight: 0.25 },
      { row: 0, label: 0, weight: 0.75 },
      { row: 1, label: 1, weight: 1 },
    ]);
  });

  it('multiplies the odds by the factor', () => {
    const [bad] = fuzzyAugmentation([0.2], 2);
    expect(bad!.weight / (1 - bad!.weight)).toBeCloseTo(0.5, 12);
    expect(() => fuzzyAugmentation([0.2], 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('parcelling', () => {
  const random = createRandom(1);
  const probabilities = Array.from({ length: 5000 }, () => random.uniform());
  const labels = probabilities.map((p) => (random.uniform() < p * p ? 1 : 0));
  const accepted = { probabilities, labels };

  it("draws labels with the bad rate of the accepted applications' score band", () => {
    const rejected = new Array<number>(4000).fill(0.95);
    const rows = parcelling(accepted, rejected, { factor: 1, seed: 3 });
    const share = rows.reduce((sum, { label }) => sum + label, 0) / rows.length;
    expect(share).toBeGreaterThan(0.86);
    expect(share).toBeLessThan(0.94);
    expect(parcelling(accepted, rejected, { factor: 1, seed: 3 })).toEqual(rows);
    expect(parcelling(accepted, rejected, { factor: 1, seed: 4 })).not.toEqual(rows);
  });

  it('needs accepted applications', () => {
    const none = { probabilities: [], labels: [] };
    expect(() => parcelling(none, [0.5], { factor: 1, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'TOO_FEW_ROWS' }),
    );
  });
});
