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
