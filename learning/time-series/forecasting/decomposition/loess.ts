/** Settings of `loess`. */
export interface LoessOptions {
  /** Number of nearest points with positive weight, odd. */
  readonly window: number;
  /** Local constant or local line. */
  readonly degree: 0 | 1;
  /** Distance between fitted points; those between are interpolated linearly. */
  readonly jump: number;
}

/** First and last index of the neighbourhood of one point, and the distance at which the weight becomes 0. */
interface Neighbourhood {
  readonly low: number;
  readonly high: number;
  readonly reach: number;
}

function neighbourhood(n: number, at: number, window: number): Neighbourhood {
  if (window >= n) {
    const reach = Math.max(at, n - 1 - at) + (window - n) / 2;
    return { low: 0, high: n - 1, reach };
  }
  const low = Math.min(Math.max(0, Math.round(at) - (window - 1) / 2), n - window);
  const high = low + window - 1;
  return { low, high, reach: Math.max(at - low, high - at) };
}

/** Weighted local constant or line at one position with the tricube weights of Cleveland et al. (1990). */
function fitAt(values: Float64Array, at: number, { window, degree }: LoessOptions): number {
  const { low, high, reach } = neighbourhood(values.length, at, window);
  let [w0, w1, w2, v0, v1] = [0, 0, 0, 0, 0];
  for (let i = low; i <= high; i++) {
    const distance = i - at;
    const relative = Math.abs(distance) / reach;
    if (!(relative < 0.999) && reach > 0) continue;
    const cube = 1 - relative * relative * relative;
    const weight = relative <= 0.001 || reach === 0 ? 1 : cube * cube * cube;
    w0 += weight;
    w1 += weight * distance;
    w2 += weight * distance * distance;
    v0 += weight * values[i]!;
    v1 += weight * distance * values[i]!;
  }
  if (w0 <= 0) return values[Math.min(Math.max(Math.round(at), 0), values.length - 1)]!;
  const determinant = w0 * w2 - w1 * w1;
  const range = values.length - 1;
  if (degree === 0 || Math.sqrt(Math.max(determinant, 0)) / w0 <= 0.001 * range) return v0 / w0;
  return (w2 * v0 - w1 * v1) / determinant;
}

/**
 * Local regression (Cleveland et al. 1990; the routine `est` of netlib's STL) of equally spaced values at positions
 * `from` … `from + count − 1`; positions outside of the values are extrapolated. Time O(count · window / jump).
 * @param values - (n,) finite.  @returns (count,).
 */
export function loess(values: Float64Array, options: LoessOptions, from = 0, count = values.length): Float64Array {
  const smooth = new Float64Array(count);
  const jump = Math.max(1, Math.min(options.jump, count - 1));
  let previous = 0;
  smooth[0] = fitAt(values, from, options);
  for (let i = 1; i < count; i++) {
    if (i % jump !== 0 && i !== count - 1) continue;
    smooth[i] = fitAt(values, from + i, options);
    const slope = (smooth[i]! - smooth[previous]!) / (i - previous);
    for (let j = previous + 1; j < i; j++) smooth[j] = smooth[previous]! + slope * (j - previous);
    previous = i;
  }
  return smooth;
}
