/** Up to this sample size the one-sample distribution is computed exactly, by Durbin's matrix. */
const LARGEST_MATRIX_SAMPLE = 140;
/** Up to this size also where the distance is so small that the expansion is wrong in the sixth digit: n·d^1.5 ≤ 1.4. */
const LARGEST_SMALL_DISTANCE_SAMPLE = 1000;
/** Matrices and probabilities are kept below this, the power of it beside. */
const SCALE = 2 ** 400;
/** Above, a sum of one term a row costs more than its precision is worth. */
const LARGEST_EXACT_TAIL = 10_000;
/** From n·d² on, twice the one-sided tail is exact to machine precision (Simard & L'Ecuyer 2011). */
const TWO_SIDED_IS_TWICE = { small: 4, large: 2.2 } as const;

type Square = Float64Array[];

function multiply(a: Square, b: Square): Square {
  return a.map((row) => {
    const product = new Float64Array(row.length);
    row.forEach((left, k) => b[k]!.forEach((right, j) => (product[j]! += left * right)));
    return product;
  });
}

/** Durbin's matrix H of order 2k − 1. */
function durbinMatrix(k: number, h: number): Square {
  const m = 2 * k - 1;
  const matrix = Array.from({ length: m }, (_, i) =>
    Float64Array.from({ length: m }, (_unused, j) => (i - j + 1 < 0 ? 0 : 1)),
  );
  for (let i = 0; i < m; i++) {
    matrix[i]![0]! -= h ** (i + 1);
    matrix[m - 1]![i]! -= h ** (m - i);
  }
  if (2 * h > 1) matrix[m - 1]![0]! += (2 * h - 1) ** m;
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) for (let g = 2; g <= i - j + 1; g++) matrix[i]![j]! /= g;
  return matrix;
}

interface Scaled {
  readonly matrix: Square;
  /** The matrix stands for itself times SCALE to this power. */
  readonly power: number;
}

function multiplyScaled(a: Scaled, b: Scaled): Scaled {
  const matrix = multiply(a.matrix, b.matrix);
  const power = a.power + b.power;
  const largest = Math.max(...matrix.map((row) => Math.max(...row)));
  if (largest < SCALE) return { matrix, power };
  return { matrix: matrix.map((row) => row.map((value) => value / SCALE)), power: power + 1 };
}

/** P(D_n ≤ d), exact (Marsaglia, Tsang & Wang 2003). O(m³ log n), m = 2⌈n·d⌉ − 1. */
function matrixCdf(n: number, d: number): number {
  const k = Math.ceil(n * d);
  let base: Scaled = { matrix: durbinMatrix(k, k - n * d), power: 0 };
  let product: Scaled | null = null;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) product = product === null ? base : multiplyScaled(product, base);
    if (left > 1) base = multiplyScaled(base, base);
  }
  let probability = product!.matrix[k - 1]![k - 1]!;
  let { power } = product!;
  for (let i = 1; i <= n; i++) {
    probability *= i / n;
    if (power > 0 && probability < 1 / SCALE) {
      probability *= SCALE;
      power--;
    }
  }
  return power > 0 ? probability * SCALE ** power : probability;
}

const polynomial = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** The four sums over odd integers of Pelz & Good. */
function oddSums(z: number, q: number): [number, number, number, number] {
  const [z2, pi2] = [z * z, Math.PI ** 2];
  const [z4, z6, z8] = [z2 ** 2, z2 ** 3, z2 ** 4];
  const second = [6 * z6 + 2 * z4, ((2 * z4 - 5 * z2) * pi2) / 4, (pi2 ** 2 * (1 - 2 * z2)) / 16];
  const third = [
    -30 * z6 - 90 * z8,
    (pi2 * (135 * z4 - 96 * z6)) / 4,
    (pi2 ** 2 * (212 * z4 - 60 * z2)) / 16,
    (pi2 ** 3 * (5 - 30 * z2)) / 64,
  ];
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let odd = 1; odd <= 2 * Math.ceil((16 * z) / Math.PI); odd += 2) {
    const weight = q ** (odd * odd);
    sums[0] += weight;
    sums[1] += weight * polynomial(odd * odd, [-z2, pi2 / 4]);
    sums[2] += weight * polynomial(odd * odd, second);
    sums[3] += weight * polynomial(odd * odd, third);
  }
  return sums;
}

/** P(D_n ≤ d), an expansion in 1/√n (Pelz & Good 1976), error below 1e-8 for n > 140 and n·d^1.5 > 1.4, else 2e-6. */
function expandedCdf(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const [z2, pi2, root] = [z * z, Math.PI ** 2, Math.sqrt(2 * Math.PI)];
  if (pi2 / 8 / z2 > 700) return 0;
  const [k0, k1, k2, k3] = oddSums(z, Math.exp(-pi2 / 8 / z2));
  let [second, third] = [0, 0];
  for (let k = 1; k <= Math.ceil((16 * z) / Math.PI); k++) {
    const weight = k * k * Math.exp((-pi2 / 2 / z2) * k * k);
    second += weight;
    third += (3 * z2 - pi2 * k * k) * weight;
  }
  const terms = [
    (k0 * root) / z,
    (k1 * root) / (6 * z ** 4),
    (k2 * root) / (72 * z ** 7) - (second * pi2 * root) / (36 * z ** 3),
    (k3 * root) / (6480 * z ** 10) + (third * pi2 * root) / (216 * z ** 6),
  ];
  return terms.reduce((sum, term, power) => sum + term / n ** (power / 2), 0);
}

/** P(D⁺_n > d), exact (Birnbaum & Tingey 1951). O(n). */
function oneSidedTail(n: number, d: number): number {
  let [total, logChoose] = [0, 0];
  for (let j = 0; j <= Math.floor(n * (1 - d)); j++) {
    const rest = 1 - d - j / n;
    const logTerm = rest > 0 ? (n - j) * Math.log(rest) : j === n ? 0 : -Infinity;
    total += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + logTerm);
    logChoose += Math.log((n - j) / (j + 1));
  }
  return d * total;
}

/** 2 Σ (−1)^(k−1) exp(−2k²z²) with the correction of z by Stephens (1970), for large n and not small z. */
function limitTail(n: number, d: number): number {
  const root = Math.sqrt(n);
  const z = (root + 0.12 + 0.11 / root) * d;
  let total = 0;
  for (let k = 1; k <= 100; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * z * z);
  return total;
}

/** P(D_n > d) where the two-sided tail is not twice the one-sided. */
function centralTail(n: number, d: number): number {
  if (n * d <= 0.5) return 1;
  const exact = n <= LARGEST_MATRIX_SAMPLE || (n <= LARGEST_SMALL_DISTANCE_SAMPLE && n * d ** 1.5 <= 1.4);
  return 1 - (exact ? matrixCdf(n, d) : expandedCdf(n, d));
}

const clip = (probability: number): number => Math.min(1, Math.max(0, probability));

/**
 * P(D_n > d) of the one-sample Kolmogorov–Smirnov distance, with the choice of methods of Simard & L'Ecuyer (2011) as in SciPy
 * 1.17 `kstwo.sf`; agrees to 1e-7 up to 1,000 rows, to 2e-6 up to 10,000, to 2e-5 above.
 * @param n - rows, ≥ 1.  @param d - 0 … 1.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const square = n * d * d;
  const twice = d >= 0.5 || square > (n <= LARGEST_MATRIX_SAMPLE ? TWO_SIDED_IS_TWICE.small : TWO_SIDED_IS_TWICE.large);
  if (!twice) return clip(centralTail(n, d));
  return clip(n <= LARGEST_EXACT_TAIL ? 2 * oneSidedTail(n, d) : limitTail(n, d));
}
