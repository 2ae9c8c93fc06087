/**
 * The features met between root and node, each once, with the shares of coalitions that reach the node (algorithm 2 of
 * Lundberg, Erion & Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018). Element i says: the
 * share that flows on when the feature is unknown (`zero`), 1 or 0 when it is known (`one`), and the weight of
 * coalitions of size i (`weight`).
 */
export interface UniquePath {
  length: number;
  readonly feature: Int32Array;
  readonly zero: Float64Array;
  readonly one: Float64Array;
  readonly weight: Float64Array;
}

/** @param capacity - features that may be met, plus one for the root's own element. */
export const createPath = (capacity: number): UniquePath => ({
  length: 0,
  feature: new Int32Array(capacity),
  zero: new Float64Array(capacity),
  one: new Float64Array(capacity),
  weight: new Float64Array(capacity),
});

/** Makes `target` equal to `source`. */
export function copyPath(source: UniquePath, target: UniquePath): void {
  target.length = source.length;
  for (let i = 0; i < source.length; i++) {
    target.feature[i] = source.feature[i]!;
    target.zero[i] = source.zero[i]!;
    target.one[i] = source.one[i]!;
    target.weight[i] = source.weight[i]!;
  }
}

/** Adds a feature to the path (EXTEND of the paper). */
export function extendPath(path: UniquePath, feature: number, zero: number, one: number): void {
  const last = path.length;
  const { weight } = path;
  path.feature[last] = feature;
  path.zero[last] = zero;
  path.one[last] = one;
  weight[last] = last === 0 ? 1 : 0;
  for (let i = last - 1; i >= 0; i--) {
    weight[i + 1]! += (one * weight[i]! * (i + 1)) / (last + 1);
    weight[i] = (zero * weight[i]! * (last - i)) / (last + 1);
  }
  path.length = last + 1;
}

/** Takes element `at` out again (UNWIND): a feature asked twice counts once, with both answers. */
export function unwindPath(path: UniquePath, at: number): void {
  const last = path.length - 1;
  const { weight } = path;
  const one = path.one[at]!;
  const zero = path.zero[at]!;
  let next = weight[last]!;
  for (let j = last - 1; j >= 0; j--) {
    if (one === 0) {
      weight[j] = (weight[j]! * (last + 1)) / (zero * (last - j));
      continue;
    }
    const before = weight[j]!;
    weight[j] = (next * (last + 1)) / ((j + 1) * one);
    next = before - (weight[j]! * zero * (last - j)) / (last + 1);
  }
  for (let j = at; j < last; j++) {
    path.feature[j] = path.feature[j + 1]!;
    path.zero[j] = path.zero[j + 1]!;
    path.one[j] = path.one[j + 1]!;
  }
  path.length = last;
}

/** Sum of the weights that would be left without element `at`; the path stays as it is. */
export function unwoundWeight(path: UniquePath, at: number): number {
  const last = path.length - 1;
  const { weight } = path;
  const one = path.one[at]!;
  const zero = path.zero[at]!;
  let next = weight[last]!;
  let total = 0;
  for (let j = last - 1; j >= 0; j--) {
    if (one === 0) {
      total += (weight[j]! * (last + 1)) / (zero * (last - j));
      continue;
    }
    const restored = (next * (last + 1)) / ((j + 1) * one);
    total += restored;
    next = weight[j]! - (restored * zero * (last - j)) / (last + 1);
  }
  return total;
}

/** Position of a feature, −1 when it was not met; element 0 is the root's own. */
export function positionOf(path: UniquePath, feature: number): number {
  for (let i = 1; i < path.length; i++) if (path.feature[i] === feature) return i;
  return -1;
}
