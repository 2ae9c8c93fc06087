import { expect, it } from 'vitest';
import { solveByCholesky } from './cholesky.js';

it('solves a symmetric positive definite system', () => {
  const a = Float64Array.from([4, 2, 0.6, 2, 5, 1.5, 0.6, 1.5, 3]);
  const wanted = [1, -2, 3];
  const b = Float64Array.from([0, 1, 2], (i) => wanted.reduce((sum, x, j) => sum + a[i * 3 + j]! * x, 0));
  solveByCholesky(a, b).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 12));
});

it('refuses a matrix with collinear columns', () => {
  const solve = () => solveByCholesky(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 2));
  expect(solve).toThrow(expect.objectContaining({ code: 'SINGULAR_MATRIX', details: { rows: 2, pivot: 1 } }) as Error);
});

it('raises small pivots to leastPivot instead of refusing', () => {
  const x = solveByCholesky(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 2), 1e-14);
  expect(x.every(Number.isFinite)).toBe(true);
  expect(x[0]! + 2 * x[1]!).toBeCloseTo(1, 6);
});
