/** Inner product Σ aᵢ bᵢ. @param a - (n,).  @param b - (n,). */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
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
 * Solves A x = b for a symmetric positive semi-definite A in place by Cholesky decomposition. Time O(p³/6).
 * @param a - (p, p) row-major; overwritten.  @param b - (p,); overwritten.  @returns (p,) x, the array `b`.
 */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array {
  const p = b.length;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * p + j]!;
      for (let k = 0; k < j; k++) rest -= a[i * p + k]! * a[j * p + k]!;
      // Collinear columns leave a rounding error in place of the pivot: its lower bound keeps the result finite.
      a[i * p + j] = i === j ? Math.sqrt(Math.max(rest, 1e-14)) : rest / a[j * p + j]!;
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
