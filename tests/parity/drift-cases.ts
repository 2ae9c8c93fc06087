import type { DriftColumn } from '../../learning/evaluation/drift/index.js';
import { createRandom, type Random } from '../../learning/numeric/random/index.js';

/** A reference and a window whose comparison by Evidently is recorded. */
export interface DriftCase {
  readonly name: string;
  readonly reference: readonly DriftColumn[];
  readonly current: readonly DriftColumn[];
}

type Draw = (random: Random, side: 0 | 1) => number | string | null;

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
const pick = (random: Random, weights: readonly number[]): number => {
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  return weights.findIndex((weight) => (left -= weight) < 0);
};
const word =
  (before: readonly number[], after: readonly number[]): Draw =>
  (random, side) =>
    WORDS[pick(random, side === 0 ? before : after)]!;
const digit =
  (before: readonly number[], after: readonly number[]): Draw =>
  (random, side) =>
    pick(random, side === 0 ? before : after);

const continuous: Readonly<Record<string, Draw>> = {
  same: (random) => random.normal(),
  shifted: (random, side) => random.normal() + 0.25 * side,
  farShifted: (random, side) => random.normal() + 3 * side,
  wider: (random, side) => random.normal() * (1 + 0.4 * side),
  amounts: (random, side) => Math.exp(random.normal() + 0.1 * side),
  tiny: (random, side) => 1e-5 * (random.normal() + side),
  large: (random, side) => 1.7e12 + 864e5 * (random.uniform() * 30 + side),
};

const tied: Readonly<Record<string, Draw>> = {
  integers: (random, side) => Math.round(random.normal() * 4 + 0.6 * side),
  mostlyZero: (random, side) => (random.uniform() < 0.6 ? 0 : Math.round(10 * random.uniform() + side)),
  sixValues: digit([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 2]),
  fiveValues: digit([4, 2, 1, 1, 2], [4, 2, 1, 1, 3]),
  threeValues: digit([5, 3, 2], [5, 3, 2.5]),
  flag: digit([7, 3], [6, 4]),
  newDigit: digit([5, 3, 0], [5, 3, 1]),
};

const categories: Readonly<Record<string, Draw>> = {
  two: word([6, 4], [5, 5]),
  three: word([5, 3, 2], [5, 3, 3]),
  six: word([6, 5, 4, 3, 2, 1], [6, 5, 4, 3, 2, 1]),
  newWord: word([5, 3, 2, 0], [5, 3, 2, 1]),
  lostWord: word([5, 3, 2], [5, 3, 0]),
  one: word([1], [1]),
};

const gap =
  (share: number, draw: Draw): Draw =>
  (random, side) =>
    random.uniform() < share ? null : draw(random, side);
const edge =
  (draw: Draw): Draw =>
  (random, side) => {
    const u = random.uniform();
    return u < 0.01 ? Infinity : u < 0.02 ? -Infinity : draw(random, side);
  };

const gaps: Readonly<Record<string, Draw>> = {
  missingNumbers: gap(0.2, continuous['shifted']!),
  mostlyMissing: gap(0.6, continuous['same']!),
  missingWords: gap(0.3, categories['three']!),
  missingFlags: gap(0.3, tied['flag']!),
};

const infinite: Readonly<Record<string, Draw>> = {
  infinite: edge(continuous['wider']!),
  same: continuous['same']!,
};

const constants: Readonly<Record<string, Draw>> = {
  constant: () => 7,
  constantMoved: (_random, side) => 7 + side,
  nearlyConstant: (random, side) => 1 + 1e-6 * (random.uniform() + side),
};

function columnsOf(draws: Readonly<Record<string, Draw>>, rows: number, side: 0 | 1, seed: number): DriftColumn[] {
  return Object.entries(draws).map(([name, draw]) => {
    const random = createRandom(seed).fork(`${name} ${side}`);
    const values = Array.from({ length: rows }, () => draw(random, side));
    if (values.some((value) => typeof value === 'string'))
      return { name, kind: 'categorical', values: values as (string | null)[] };
    return { name, kind: 'numeric', values: Float64Array.from(values, (value) => (value as number | null) ?? NaN) };
  });
}

const all = { ...continuous, ...tied, ...categories, ...gaps, ...constants };

/** Sizes that reach every method that Evidently chooses by default, and both sides of each of its limits. */
export const driftCases: readonly DriftCase[] = [
  { name: 'small, unequal sizes', rows: [400, 310] as const, draws: all },
  { name: 'small, equal sizes', rows: [250, 250] as const, draws: all },
  { name: 'very small', rows: [30, 7] as const, draws: { ...continuous, ...tied } },
  { name: 'at the limit', rows: [1000, 800] as const, draws: all },
  { name: 'above the limit', rows: [1001, 800] as const, draws: all },
  { name: 'large', rows: [3000, 2500] as const, draws: all },
  { name: 'window above ten thousand', rows: [700, 10_400] as const, draws: { ...continuous, ...tied } },
  {
    name: 'window above ten thousand, few in the reference',
    rows: [110, 10_400] as const,
    draws: { ...continuous, ...tied },
  },
  { name: 'infinite numbers, small', rows: [500, 400] as const, draws: infinite },
  { name: 'infinite numbers, large', rows: [3000, 2500] as const, draws: infinite },
].map(({ name, rows, draws }, i) => ({
  name,
  reference: columnsOf(draws, rows[0], 0, i + 1),
  current: columnsOf(draws, rows[1], 1, i + 1),
}));

/** Scores with labels, and windows with scores alone, whose estimates by NannyML are recorded. */
export function performanceCases() {
  const rows = (n: number, seed: number, mean: number) => {
    const random = createRandom(seed);
    const margins = new Float64Array(n).map(() => mean + 1.5 * random.normal());
    const scores = margins.map((margin) => 1 / (1 + Math.exp(-margin)));
    return { scores, labels: scores.map((score) => Number(random.uniform() < score)) };
  };
  return { reference: rows(4000, 1, -0.5), windows: [-1.5, -0.5, 0, 1].map((mean, i) => rows(1500, 2 + i, mean)) };
}
