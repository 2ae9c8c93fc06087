import { describe, expect, it } from 'vitest';
import { chooseInformative, cosine } from './index.js';

const row = (...columns: number[]) => ({
  indices: Int32Array.from(columns),
  values: new Float32Array(columns.length).fill(1),
});

describe('chooseInformative', () => {
  it('prefers small margins', () => {
    const candidates = [0.9, 0.1, 0.5, 0.05].map((margin, i) => ({ margin, row: row(i) }));
    expect(chooseInformative(candidates, { count: 3 })).toEqual([3, 1, 2]);
  });

  it('chooses one of several copies', () => {
    const copy = { margin: 0.01, row: row(1, 2, 3) };
    const candidates = [copy, copy, copy, { margin: 0.4, row: row(7, 8) }, { margin: 0.6, row: row(9) }];
    expect(chooseInformative(candidates, { count: 3 })).toEqual([0, 3, 4]);
  });

  it('returns all candidates when there are fewer than the count, and [] for none', () => {
    expect(chooseInformative([{ margin: 0.2, row: row() }], { count: 10 })).toEqual([0]);
    expect(chooseInformative([], { count: 10 })).toEqual([]);
  });
});

describe('cosine', () => {
  it('is 1 for equal rows and 0 for an empty row', () => {
    expect(cosine(row(1, 2), row(1, 2))).toBeCloseTo(1, 6);
    expect(cosine(row(1, 2), row(2, 3))).toBeCloseTo(0.5, 6);
    expect(cosine(row(), row(1))).toBe(0);
  });
});
