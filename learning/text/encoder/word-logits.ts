/**
 * Logits of each word's first piece.
 * @param logits - (pieces, classes).  @param first - as `EncodedWords.first`.
 * @returns (classes,) per word; null for a word that was cut off or has no piece.
 */
export const wordLogits = (logits: Float32Array, first: Int32Array, classes: number): (Float32Array | null)[] =>
  Array.from(first, (at) => (at < 0 ? null : logits.subarray(at * classes, (at + 1) * classes)));
