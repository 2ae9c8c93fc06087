import { PipelineError } from '../../../../contracts/errors.js';
import { proportionTest, goodnessOfFit, jensenShannon } from '../tests/count-tests.js';
import { kolmogorovSmirnovTest } from '../tests/kolmogorov-smirnov.js';
import { type CategoryCounts, pairCounts, type PairedCounts } from '../values/categories.js';
import { type Distribution, distancesOf } from '../values/distribution.js';
import { type ColumnSummary, pairDistributions } from '../values/summary.js';
import type { Finding } from './draft.js';

/** Rows of the reference up to which Evidently tests; above it measures a distance. */
const LARGEST_TESTED = 1000;
/** Distinct numbers up to which they are compared as categories. */
const FEW_VALUES = 5;
const SIGNIFICANCE = 0.05;
const DISTANCE = 0.1;
/** Floor of the standard deviation by which a Wasserstein distance is divided. */
const SMALLEST_DEVIATION = 0.001;

const byTest = (method: Finding['method'], statistic: number, pValue: number, drifted: boolean): Finding => ({
  method,
  statistic,
  pValue,
  effect: null,
  threshold: SIGNIFICANCE,
  effectReached: drifted,
});

/** χ² against the shares of the reference, or a Z-test for at most two categories. */
function testCategories(counts: PairedCounts): Finding {
  const cells = counts.reference.length;
  if (cells === 1) return byTest('z-test', 0, 1, false);
  if (cells > 2) {
    const { statistic, pValue } = goodnessOfFit(counts);
    return byTest('chi-square', statistic, pValue, pValue < SIGNIFICANCE);
  }
  const rows = [counts.reference, counts.current].map(([first, second]) => first! + second!);
  const { statistic, pValue } = proportionTest([counts.reference[1]!, counts.current[1]!], [rows[0]!, rows[1]!]);
  return byTest('z-test', statistic, pValue, pValue < SIGNIFICANCE);
}

function measureCategories(counts: PairedCounts): Finding {
  const value = jensenShannon(counts);
  const effectReached = value >= DISTANCE;
  const effect = { name: 'jensen-shannon', value } as const;
  return { method: 'jensen-shannon', statistic: value, pValue: null, effect, threshold: DISTANCE, effectReached };
}

const compareCounts = (counts: PairedCounts, referenceRows: number): Finding =>
  referenceRows <= LARGEST_TESTED ? testCategories(counts) : measureCategories(counts);

function compareNumbers(reference: Distribution, current: Distribution): Finding {
  const { gap, area, distinct } = distancesOf(reference, current);
  if (distinct <= FEW_VALUES) return compareCounts(pairDistributions(reference, current), reference.rows);
  if (reference.rows <= LARGEST_TESTED) {
    const pValue = kolmogorovSmirnovTest(gap, reference.rows, current.rows);
    return byTest('kolmogorov-smirnov', gap, pValue, pValue <= SIGNIFICANCE);
  }
  const value = area / Math.max(reference.deviation, SMALLEST_DEVIATION);
  const effect = { name: 'wasserstein', value } as const;
  const effectReached = value >= DISTANCE;
  return { method: 'wasserstein', statistic: value, pValue: null, effect, threshold: DISTANCE, effectReached };
}

const compareCategories = (reference: CategoryCounts, current: CategoryCounts): Finding =>
  compareCounts(pairCounts(reference, current), reference.rows);

/**
 * Compares two sides of one kind, numeric or categorical, by the default rules of Evidently 0.7.23
 * (`legacy/calculations/stattests/registry.py`), each with its own threshold and without a correction.
 */
export function compareByEvidently(reference: ColumnSummary, current: ColumnSummary): Finding {
  if (reference.kind === 'numeric' && current.kind === 'numeric')
    return compareNumbers(reference.distribution, current.distribution);
  if (reference.kind === 'categorical' && current.kind === 'categorical')
    return compareCategories(reference.categories, current.categories);
  throw new PipelineError('SHAPE_MISMATCH', `${reference.kind} in the reference, ${current.kind} in the window`);
}
