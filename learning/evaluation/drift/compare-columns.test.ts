import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { compareColumns, type DriftColumn } from './index.js';

const numeric = (name: string, values: ArrayLike<number>): DriftColumn => ({
  name,
  kind: 'numeric',
  values: Float64Array.from(values),
});
const normals = (n: number, seed: number, mean = 0): Float64Array => {
  const random = createRandom(seed);
  return new Float64Array(n).map(() => mean + random.normal());
};

describe('compareColumns, mode default', () => {
  it('finds the column that moved and not the one that did not', () => {
    const reference = [numeric('amount', normals(2000, 1)), numeric('age', normals(2000, 2))];
    const current = [numeric('amount', normals(2000, 3, 0.3)), numeric('age', normals(2000, 4))];
    const result = compareColumns(reference, current);
    expect(result.columns.map(({ column, drifted }) => [column, drifted])).toEqual([
      ['amount', true],
      ['age', false],
    ]);
    expect(result).toMatchObject({ mode: 'default', driftedShare: 0.5, drifted: true, undecided: null });
    expect(result.columns[0]).toMatchObject({ method: 'kolmogorov-smirnov', threshold: 0.1, note: null });
    expect(result.columns[0]!.effect!.value).toBeCloseTo(0.3, 1);
  });

  it('decides nothing on a reference of fewer than 30 rows, and on a window without rows', () => {
    const [small, full, empty] = [29, 200, 0].map((n) => [numeric('amount', normals(n, 1))]);
    const tooSmall = compareColumns(small!, full!);
    expect(tooSmall).toMatchObject({ drifted: false, driftedShare: 0 });
    expect(tooSmall.undecided).toBe('the reference has 29 rows, wanted at least 30');
    expect(tooSmall.columns[0]).toMatchObject({ decided: false, method: 'none', pValue: null });
    expect(compareColumns(full!, empty!).undecided).toBe('the window has no rows');
  });
});
