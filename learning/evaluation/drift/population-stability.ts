import { PipelineError } from '../../../contracts/errors.js';
import { requireLength } from '../../checks.js';
import { sum } from '../../numeric/statistics/sum.js';

/** A share below this counts as this, so that an empty band costs much and not infinity. */
const SMALLEST_SHARE = 1e-4;

/**
 * Population stability index of two distributions over the same bands: Σ (actual − expected) · ln(actual / expected),
 * the symmetrised Kullback–Leibler divergence. By custom below 0.1 stable, 0.1 to 0.25 watch, above 0.25 shifted.
 * @param expected - (k,) counts or shares ≥ 0.  @param actual - (k,) counts or shares ≥ 0.
 * @throws PipelineError `SHAPE_MISMATCH`, `INVALID_INPUT` when one of them is empty.
 */
export function populationStability(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  requireLength('actual', actual.length, expected.length);
  const [before, after] = [shares('expected', expected), shares('actual', actual)];
  return before.reduce((sum, share, i) => sum + (after[i]! - share) * Math.log(after[i]! / share), 0);
}

function shares(name: string, values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const total = sum(all);
  if (total > 0) return all.map((value) => Math.max(SMALLEST_SHARE, value / total));
  throw new PipelineError('INVALID_INPUT', `${name} holds no rows`);
}
