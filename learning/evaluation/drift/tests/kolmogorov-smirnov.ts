import { kolmogorovTail } from './kolmogorov.js';

/** SciPy's limit of the exact distribution. */
const LARGEST_EXACT = 10_000;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Share of lattice paths that leave the band, for equal sizes (Hodges 1957). */
function tailOfEqualSizes(n: number, h: number): number {
  let probability = 0;
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let product = 1;
    for (let j = 0; j < h; j++) product = ((n - k * h - j) * product) / (n + k * h + j + 1);
    probability = product * (1 - probability);
  }
  return 2 * probability;
}

/**
 * Share of lattice paths from (0, 0) to (m, n) that touch the border of the band |x/m − y/n| < h/lcm: the recursion of the
 * paths inside, each step weighted so that no number overflows (Viehmann 2021, as SciPy 1.17). O(m · width of the band).
 */
function tailOfUnequalSizes(larger: number, smaller: number, divisor: number, h: number): number {
  const [m, n] = [larger, smaller];
  const [stepM, stepN] = [m / divisor, n / divisor];
  let [low, high] = [0, Math.min(Math.ceil(h / stepM), n + 1)];
  // Share of paths that have left the band, by position in it.
  const outside = new Float64Array(Math.min(2 * high + 2, n + 1)).fill(1);
  outside.fill(0, 0, high);
  for (let i = 1; i <= m; i++) {
    const [lastLow, lastWidth] = [low, high - low];
    low = Math.min(Math.max(Math.floor((stepN * i - h) / stepM) + 1, 0), n);
    high = Math.min(Math.ceil((stepN * i + h) / stepM), n + 1);
    if (high <= low) return 1;
    let share = low === 0 ? 0 : 1;
    // In place: what is read stands at or after what is written.
    for (let j = low; j < high; j++) {
      share = (outside[j - lastLow]! * i + share * j) / (i + j);
      outside[j - low] = share;
    }
    if (lastWidth > high - low) outside.fill(1, high - low, lastWidth);
  }
  return outside[n - low]!;
}

/**
 * Two-sided p-value of the two-sample Kolmogorov–Smirnov test without ties; with ties it is too large. Exact up to 10,000 rows a
 * side as `ks_2samp` of SciPy 1.17 chooses, else by the distribution of one sample of size nm/(n + m).
 * @param gap - the distance, 0 … 1.  @param limit - the larger of both samples up to which it is exact. @default 10000
 */
export function kolmogorovSmirnovTest(gap: number, n: number, m: number, limit = LARGEST_EXACT): number {
  const [larger, smaller] = [Math.max(n, m), Math.min(n, m)];
  if (larger > limit) return kolmogorovTail(roundHalfEven((n / (n + m)) * m), gap);
  const divisor = greatestDivisor(larger, smaller);
  const h = Math.round((gap * larger * smaller) / divisor);
  if (h === 0) return 1;
  const tail = larger === smaller ? tailOfEqualSizes(n, h) : tailOfUnequalSizes(larger, smaller, divisor, h);
  return Math.min(1, Math.max(0, tail));
}

/** As NumPy rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value - Math.trunc(value)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
