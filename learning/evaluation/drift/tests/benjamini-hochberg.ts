/**
 * Adjusted p-values that control the false discovery rate (Benjamini & Hochberg 1995): rejecting those ≤ q keeps the expected
 * share of false among the rejected ≤ q, for independent tests and for positively dependent ones (Benjamini & Yekutieli 2001).
 * O(k log k). @param pValues - (k,) 0 … 1.  @returns (k,)
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  order.forEach((test, position) => {
    smallest = Math.min(smallest, (pValues[test]! * pValues.length) / (pValues.length - position));
    adjusted[test] = smallest;
  });
  return adjusted;
}
