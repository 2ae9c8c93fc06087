import { pipelineError } from '../../../contracts/errors.js';

/** Diagonal element of the factor. @throws PipelineError `SINGULAR_MATRIX` unless a least pivot is given. */
function pivotOf(
  square: number,
  leastPivot: number,
  details: { readonly rows: number; readonly pivot: number },
): number {
  if (leastPivot > 0) return Math.sqrt(Math.max(square, leastPivot));
  if (!(square > 0)) throw pipelineError('SINGULAR_MATRIX', details);
  return Math.sqrt(square);
}

/**
 * Solves A x = b for a small symmetric positive definite A by Cholesky's method, in place. O(n³) time.
 * @param a - (n, n) row-major; its lower triangle becomes the factor.  @param b - (n,); becomes x.
 * @param leastPivot - smaller squared pivots are raised to it, so that the solution for collinear columns is finite.
 *   @default none: such a matrix is refused
 * @returns b.  @throws PipelineError `SINGULAR_MATRIX` when A is not positive definite.
 */
export function solveByCholesky(a: Float64Array, b: Float64Array, leastPivot = 0): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? pivotOf(rest, leastPivot, { rows: n, pivot: i }) : rest / a[j * n + j]!;
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * n + k]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[k * n + i]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
  return b;
}
