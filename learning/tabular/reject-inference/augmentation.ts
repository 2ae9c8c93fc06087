import { PipelineError } from '../../../contracts/errors.js';
import { requireAtLeast } from '../../checks.js';
import { createRandom } from '../../numeric/random/index.js';

/** A rejected application as a training row with an inferred outcome. */
export interface InferredRow {
  /** Position among the rejected applications. */
  readonly row: number;
  readonly label: 0 | 1;
  readonly weight: number;
}

/**
 * Odds of default times `factor`: rejected applications are assumed worse than their score says, because the
 * decision used information that the model does not have.
 */
const worsened = (probability: number, factor: number): number =>
  (factor * probability) / (1 + (factor - 1) * probability);

function requireFactor(factor: number): void {
  if (factor > 0) return;
  throw new PipelineError('INVALID_INPUT', `the odds factor is ${factor}, wanted more than 0`);
}

/**
 * Fuzzy augmentation: each rejected application enters twice, as bad with its probability of default as weight and as
 * good with the rest (Siddiqi, "Credit Risk Scorecards", 2006). Both rows together weigh 1.
 * @param probabilities - (r,) of the rejected, by a model of the accepted.  @param factor - odds of default times this.
 * @throws PipelineError `INVALID_INPUT`.
 */
export function fuzzyAugmentation(probabilities: ArrayLike<number>, factor = 1): InferredRow[] {
  requireFactor(factor);
  return Array.from(probabilities, (probability, row): InferredRow[] => {
    const bad = worsened(probability, factor);
    return [
      { row, label: 1, weight: bad },
      { row, label: 0, weight: 1 - bad },
    ];
  })
    .flat()
    .filter(({ weight }) => weight > 0);
}

/** Accepted applications: their probability of default and their outcome. */
export interface AcceptedScores {
  readonly probabilities: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/** Score bands of equal size among the accepted. */
const PARCELS = 10;

function bandEdges(probabilities: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(probabilities).sort();
  return Array.from({ length: PARCELS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / PARCELS)]!);
}

const bandOf = (edges: readonly number[], probability: number): number =>
  edges.reduce((band, edge) => band + (probability >= edge ? 1 : 0), 0);

/** Bad rate of each band among the accepted; one pseudo-row of the overall rate keeps a thin band from 0 and 1. */
function bandRates({ probabilities, labels }: AcceptedScores, edges: readonly number[]): number[] {
  const sums = Array.from({ length: PARCELS }, () => ({ bad: 0, n: 0 }));
  let bad = 0;
  for (let i = 0; i < labels.length; i++) {
    const band = sums[bandOf(edges, probabilities[i]!)]!;
    band.bad += labels[i]!;
    band.n += 1;
    bad += labels[i]!;
  }
  return sums.map((band) => (band.bad + bad / labels.length) / (band.n + 1));
}

/**
 * Parcelling: the accepted are cut into ten score bands; a rejected application is made bad at random with its band's
 * bad rate, its odds raised by `factor`. Deterministic under the seed.
 * @param probabilities - (r,) of the rejected.  @throws PipelineError `INVALID_INPUT`, `TOO_FEW_ROWS`.
 */
export function parcelling(
  accepted: AcceptedScores,
  probabilities: ArrayLike<number>,
  options: { readonly factor: number; readonly seed: number },
): InferredRow[] {
  requireFactor(options.factor);
  requireAtLeast('accepted applications', accepted.labels.length, 1);
  const edges = bandEdges(accepted.probabilities);
  const rates = bandRates(accepted, edges).map((rate) => worsened(rate, options.factor));
  const random = createRandom(options.seed).fork('parcelling');
  return Array.from(probabilities, (probability, row) => ({
    row,
    label: random.uniform() < rates[bandOf(edges, probability)]! ? 1 : 0,
    weight: 1,
  }));
}
