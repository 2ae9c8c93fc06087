/** Lanczos coefficients for g = 7, n = 9 (Godfrey 2001): relative error below 1e-15. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;
const MOST_TERMS = 10_000;
const PRECISION = 1e-16;

/** ln Γ(x). @param x - > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let series = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (x - 1 + i);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** The series of the lower incomplete gamma function, for x < a + 1. */
function lowerSeries(a: number, x: number): number {
  let [term, total] = [1 / a, 1 / a];
  for (let n = 1; n < MOST_TERMS && term > total * PRECISION; n++) {
    term *= x / (a + n);
    total += term;
  }
  return total * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** Lentz's continued fraction of the upper incomplete gamma function, for x ≥ a + 1. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let [c, d] = [1 / tiny, 1 / b];
  let fraction = d;
  for (let i = 1; i < MOST_TERMS; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** Regularised upper incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a) (Press et al. 2007, 6.2). @param a - > 0.  @param x - ≥ 0. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** P(X > x) of a χ² distribution. @param degrees - ≥ 1; 0 gives 1.  @param x - ≥ 0; ∞ gives 0. */
export const chiSquareTail = (x: number, degrees: number): number =>
  degrees === 0 ? 1 : upperGamma(degrees / 2, x / 2);

/** P(|Z| > z) of the standard normal distribution. @param z - ≥ 0. */
export const normalTails = (z: number): number => upperGamma(0.5, (z * z) / 2);
