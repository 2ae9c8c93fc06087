import { pipelineError } from '../../../contracts/errors.js';

/**
 * Solves A x = b for a small symmetric positive definite A by Cholesky's method, in place. O(n³) time.
 * @param a - (n, n) row-major; its lower triangle becomes the factor.  @param b - (n,); becomes x.
 * @returns b.  @throws PipelineError `SINGULAR_MATRIX` when A is not positive definite.
 */
export function solveByCholesky(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i === j && !(sum > 0)) throw pipelineError('SINGULAR_MATRIX', { rows: n, pivot: i });
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
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
