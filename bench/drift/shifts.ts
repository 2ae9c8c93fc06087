import type { DriftColumn } from '../../learning/evaluation/drift/index.js';
import { createRandom, type Random } from '../../learning/numeric/random/index.js';

/** How values of a column are drawn, before and after the move. */
interface PlantedColumn {
  /** Wasserstein distance of the populations in standard deviations of the first; 0 = not moved. */
  readonly distance: number;
  readonly before: (random: Random) => number;
  readonly after: (random: Random) => number;
}

function poisson(random: Random, mean: number): number {
  let [count, product] = [0, random.uniform()];
  for (const limit = Math.exp(-mean); product > limit; product *= random.uniform()) count++;
  return count;
}

const normal = (random: Random): number => random.normal();
const amount = (random: Random): number => Math.exp(random.normal());
const zeroOrAmount = (random: Random): number => (random.uniform() < 0.4 ? 0 : amount(random));
const share = (p: number) => (random: Random) => Number(random.uniform() < p);
const count = (mean: number) => (random: Random) => poisson(random, mean);

/** Moments of exp(Z): mean √e, standard deviation √(e² − e). */
const AMOUNT = { mean: Math.sqrt(Math.E), deviation: Math.sqrt(Math.E ** 2 - Math.E) } as const;

/** Ten columns that move by at least 0.1 standard deviations, two of them by exactly that. */
const moved: readonly PlantedColumn[] = [
  { distance: 0.1, before: normal, after: (random) => random.normal() + 0.1 },
  { distance: 0.1, before: (random) => 1e6 + 50 * random.normal(), after: (random) => 1e6 - 5 + 50 * random.normal() },
  { distance: 0.2, before: normal, after: (random) => random.normal() + 0.2 },
  { distance: 0.5, before: normal, after: (random) => random.normal() - 0.5 },
  { distance: 0.15 * Math.sqrt(2 / Math.PI), before: normal, after: (random) => 1.15 * random.normal() },
  { distance: (0.15 * AMOUNT.mean) / AMOUNT.deviation, before: amount, after: (random) => 1.15 * amount(random) },
  { distance: 0.3 / 2, before: count(4), after: count(4.3) },
  { distance: 0.05 / Math.sqrt(0.3 * 0.7), before: share(0.3), after: share(0.35) },
  { distance: 0.06 * Math.sqrt(12), before: (random) => random.uniform(), after: (random) => random.uniform() + 0.06 },
  { distance: 0.12, before: (random) => 1e-4 * random.normal(), after: (random) => 1e-4 * (random.normal() + 0.12) },
];

const unmoved: readonly PlantedColumn[] = [
  normal,
  amount,
  zeroOrAmount,
  (random: Random) => random.uniform(),
  count(4),
  count(0.2),
  share(0.5),
  share(0.02),
  (random: Random) => Math.round(random.normal() * 3),
  (random: Random) => random.normal() / Math.max(0.05, random.uniform()),
].map((draw) => ({ distance: 0, before: draw, after: draw }));

/** Ten moved columns and twenty that are not. */
export const plantedColumns: readonly PlantedColumn[] = [...moved, ...unmoved, ...unmoved];

export interface PlantedSides {
  readonly reference: DriftColumn[];
  readonly current: DriftColumn[];
}

/** Draws both sides. Float32 values, so that a peer reads the same. */
export function drawSides(seed: number, rows: { readonly reference: number; readonly current: number }): PlantedSides {
  const random = createRandom(seed);
  const draw = (side: 'before' | 'after', n: number): DriftColumn[] =>
    plantedColumns.map((column, i) => {
      const own = random.fork(`${side} ${i}`);
      return { name: `c${i}`, kind: 'numeric', values: new Float64Array(n).map(() => Math.fround(column[side](own))) };
    });
  return { reference: draw('before', rows.reference), current: draw('after', rows.current) };
}
