/** Σ aᵢ bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** XᵀX of columns: (p, p) row-major, symmetric. Time O(n·p²). */
export function gramOf(columns: readonly Float64Array[]): Float64Array {
  const p = columns.length;
  const gram = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) gram[i * p + j] = gram[j * p + i] = dot(columns[i]!, columns[j]!);
  }
  return gram;
}

/**
 * Solves A x = b for a symmetric positive definite A in place by Cholesky's decomposition. Time O(p³/6).
 * @param a - (p, p) row-major; destroyed.  @param b - (p,); becomes x.
 */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array {
  const p = b.length;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * p + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * p + k]! * a[j * p + k]!;
      // Collinear columns leave rounding on the diagonal: a tiny pivot keeps the step finite.
      a[i * p + j] = i === j ? Math.sqrt(Math.max(sum, 1e-14)) : sum / a[j * p + j]!;
    }
  }
  for (let i = 0; i < p; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * p + k]! * b[k]!;
    b[i]! /= a[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    for (let k = i + 1; k < p; k++) b[i]! -= a[k * p + i]! * b[k]!;
    b[i]! /= a[i * p + i]!;
  }
  return b;
}
