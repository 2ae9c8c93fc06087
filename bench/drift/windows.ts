import { type Matrix, matrixFromRows } from '../../learning/numeric/matrix/index.js';
import { createRandom, type Random } from '../../learning/numeric/random/index.js';
import type { PeerRows } from '../peers/xgboost.js';

/** Rows of a window, and what made them differ from the reference. */
export interface ShiftedWindow {
  readonly name: string;
  readonly rows: readonly number[];
}

/** Draws rows with a chance that grows with one column's rank; a covariate shift of real rows, labels unchanged. */
function drawByRank(x: Matrix, pool: readonly number[], column: number, { slope, size, random }: Draw): number[] {
  const valueOf = (row: number): number => x.values[row * x.cols + column]!;
  const ranked = [...pool].sort((a, b) => valueOf(a) - valueOf(b) || a - b);
  const weights = ranked.map((_, rank) => Math.exp((slope * rank) / ranked.length));
  // Exponential keys: the smallest are a weighted sample without replacement (Efraimidis & Spirakis 2006).
  const keys = weights.map((weight) => -Math.log(1 - random.uniform()) / weight);
  const order = [...ranked.keys()].sort((a, b) => keys[a]! - keys[b]!);
  return order.slice(0, size).map((i) => ranked[i]!);
}

interface Draw {
  /** 0 = a plain sample. */
  readonly slope: number;
  readonly size: number;
  readonly random: Random;
}

/** Plain and shifted windows of a pool of rows. @param columns - by which rows are drawn. */
export function shiftedWindows(
  x: Matrix,
  pool: readonly number[],
  columns: readonly number[],
  size: number,
): ShiftedWindow[] {
  const draw = (column: number, slope: number, i: number): ShiftedWindow => ({
    name: slope === 0 ? 'plain' : `column ${column}, slope ${slope}`,
    rows: drawByRank(x, pool, column, { slope, size, random: createRandom(i + 1) }),
  });
  const slopes = [-3, -1.5, 1.5, 3];
  return [
    ...[0, 1, 2, 3].map((i) => draw(columns[0]!, 0, i)),
    ...columns.flatMap((column, i) => slopes.map((slope, j) => draw(column, slope, 10 + 4 * i + j))),
  ];
}

/** Rows divided by chance into a training part, a reference and a pool of later windows. */
export function threeParts(rows: number, seed: number): Record<'train' | 'reference' | 'pool', number[]> {
  const order = [...createRandom(seed).permutation(rows)];
  const [first, second] = [Math.floor(0.4 * rows), Math.floor(0.7 * rows)];
  return { train: order.slice(0, first), reference: order.slice(first, second), pool: order.slice(second) };
}

/** Two features, a bent boundary, labels drawn from known probabilities. */
export function simulatedLabels(rows: number, seed: number): PeerRows {
  const random = createRandom(seed);
  const x = matrixFromRows(Array.from({ length: rows }, () => [random.normal(), random.normal(), random.normal()]));
  const y = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [x.values[3 * i]!, x.values[3 * i + 1]!];
    return Number(random.uniform() < 1 / (1 + Math.exp(-(1.5 * a + Math.sin(2 * b) - 0.5))));
  });
  return { x, y };
}

/** Three features, noise that grows with the first. */
export function simulatedAmounts(rows: number, seed: number): PeerRows {
  const { x } = simulatedLabels(rows, seed);
  const random = createRandom(seed).fork('noise');
  const y = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [x.values[3 * i]!, x.values[3 * i + 1]!];
    return 2 * a + b * b + Math.exp(0.6 * a) * random.normal();
  });
  return { x, y };
}
