import { PipelineError } from '../../../../contracts/errors.js';
import { createRandom } from '../../../numeric/random/index.js';
import { sum } from '../../../numeric/statistics/sum.js';
import type { DriftOptions } from '../options.js';
import { populationStability } from '../population-stability.js';
import { homogeneity, jensenShannon, proportionTest } from '../tests/count-tests.js';
import { kolmogorovSmirnovTest } from '../tests/kolmogorov-smirnov.js';
import { chiSquareStatistic, type CountStatistic, gapStatistic, permutationTest } from '../tests/permutation.js';
import { keepFrequent } from '../profile/category-sketch.js';
import type { DriftEffect } from '../types.js';
import { type CategoryCounts, type PairedCounts, pairTruncated } from '../values/categories.js';
import { type Distribution, distancesOf } from '../values/distribution.js';
import { type ColumnSummary, pairDistributions } from '../values/summary.js';
import type { TextCounts } from '../values/text-counts.js';
import { FEWEST_EXPECTED, numericStability, poolRareCells, wassersteinScale } from './effect.js';
import type { ComparedSides, Finding } from './draft.js';

/** Distinct numbers up to which they are compared as categories. */
const FEW_VALUES = 5;
/** Rows of both sides up to which a permutation test is affordable; more make the asymptotic p-value good. */
const MOST_PERMUTED = 2000;
/** Share of the rows that repeat a value, from which the p-value of Kolmogorov and Smirnov is too large. */
const TIED_SHARE = 0.05;
/** Rows of the larger side up to which the exact Kolmogorov–Smirnov distribution is affordable. */
const LARGEST_EXACT = 1000;

/** A test within one column. */
interface ColumnTest {
  readonly column: string;
  readonly options: DriftOptions;
}

type Judged = Pick<Finding, 'effect' | 'threshold' | 'effectReached'>;

/**
 * Judges an effect against its threshold, less the margin. Standard errors in the unit of a difference of means: Wasserstein
 * 1/n + 1/m; the Jensen–Shannon divergence is an eighth and the stability index one of the χ² distance, so their roots follow.
 */
function judge(effect: DriftEffect, rows: readonly [number, number], options: DriftOptions): Judged {
  const error = Math.sqrt(1 / rows[0] + 1 / rows[1]);
  const limits = {
    wasserstein: [options.wasserstein, effect.value + options.effectMargin * error],
    'jensen-shannon': [options.jensenShannon, effect.value + options.effectMargin * error * Math.sqrt(1 / 8)],
    psi: [options.psi, (Math.sqrt(effect.value) + options.effectMargin * error) ** 2],
    'missing-share': [options.missingShare, effect.value + (options.effectMargin * error) / 2],
  } as const;
  const [threshold, upper] = limits[effect.name];
  return { effect, threshold, effectReached: upper >= threshold };
}

/** The p-value of counts by permutation. */
function permuted(counts: PairedCounts, statistic: CountStatistic, { column, options }: ColumnTest): number {
  const random = createRandom(options.seed).fork(column);
  return permutationTest(counts, statistic, { random, resamples: options.resamples });
}

const PERMUTED = 'p-value by permutation';
const ALL_RARE = 'almost every value is another';

/** Cells that are filled on one side at least. */
function filledCells({ reference, current }: PairedCounts): PairedCounts {
  const filled = [...reference.keys()].filter((i) => reference[i]! + current[i]! > 0);
  return { reference: filled.map((i) => reference[i]!), current: filled.map((i) => current[i]!) };
}

/** Z-test of two cells, else χ²; by permutation where counts are small, with rare cells pooled where there are too many rows. */
function testCounts(all: PairedCounts, test: ColumnTest): Omit<Finding, keyof Judged> {
  const counts = filledCells(all);
  const [n, m] = [sum(counts.reference), sum(counts.current)];
  if (counts.reference.length < 2) return { method: 'chi-square', statistic: 0, pValue: 1, note: 'one value only' };
  const pooled = poolRareCells(counts);
  const rare = pooled.pooled > 0;
  if (rare && n + m <= MOST_PERMUTED) {
    const { statistic } = homogeneity(counts);
    return { method: 'chi-square', statistic, pValue: permuted(counts, chiSquareStatistic, test), note: PERMUTED };
  }
  const note = rare ? { note: `${pooled.pooled} rare values compared as one` } : {};
  if (pooled.reference.length === 1) return { method: 'chi-square', statistic: 0, pValue: 1, note: ALL_RARE };
  if (pooled.reference.length > 2) return { method: 'chi-square', ...homogeneity(pooled), ...note };
  return { method: 'z-test', ...proportionTest([pooled.reference[1]!, pooled.current[1]!], [n, m]), ...note };
}

function compareNumbers(reference: Distribution, current: Distribution, test: ColumnTest): Finding {
  const { options } = test;
  const { gap, area, distinct } = distancesOf(reference, current);
  const [n, m] = [reference.rows, current.rows];
  const byWasserstein = options.numericEffect === 'wasserstein';
  const value = byWasserstein ? area / wassersteinScale(reference, current) : numericStability(reference, current);
  const judged = judge({ name: options.numericEffect, value }, [n, m], options);
  if (distinct <= FEW_VALUES) return { ...testCounts(pairDistributions(reference, current), test), ...judged };
  if (n + m <= MOST_PERMUTED && n + m - distinct > TIED_SHARE * (n + m)) {
    const pValue = permuted(pairDistributions(reference, current), gapStatistic, test);
    return { method: 'kolmogorov-smirnov', statistic: gap, pValue, ...judged, note: `${PERMUTED}, values repeat` };
  }
  const pValue = kolmogorovSmirnovTest(gap, n, m, LARGEST_EXACT);
  return { method: 'kolmogorov-smirnov', statistic: gap, pValue, ...judged };
}

const countEffect = (counts: PairedCounts, { categoricalEffect: name }: DriftOptions): DriftEffect => ({
  name,
  value: name === 'psi' ? populationStability(counts.reference, counts.current) : jensenShannon(counts),
});

function compareCategories(reference: CategoryCounts, current: CategoryCounts, test: ColumnTest): Finding {
  const counts = pairTruncated(keepFrequent(reference), keepFrequent(current));
  const judged = judge(countEffect(poolRareCells(counts), test.options), [reference.rows, current.rows], test.options);
  return { ...testCounts(counts, test), ...judged };
}

/**
 * Compares in how many texts the words of each hashed cell occur: a Z-test a cell, the smallest p-value times the number of cells
 * that were tested (Bonferroni), and the Jensen–Shannon distance over the cells.
 */
function compareTexts(reference: TextCounts, current: TextCounts, { options }: ColumnTest): Finding {
  const rows = [reference.rows, current.rows] as const;
  const least = (FEWEST_EXPECTED * (rows[0] + rows[1])) / Math.min(...rows);
  const cells = [...reference.presence.keys()].filter((i) => reference.presence[i]! + current.presence[i]! > 0);
  const counts = {
    reference: cells.map((cell) => reference.presence[cell]!),
    current: cells.map((cell) => current.presence[cell]!),
  };
  const tests = cells
    .filter((cell) => reference.presence[cell]! + current.presence[cell]! >= least)
    .map((cell) => proportionTest([reference.presence[cell]!, current.presence[cell]!], rows));
  const statistic = tests.reduce((largest, test) => Math.max(largest, Math.abs(test.statistic)), 0);
  const pValue = tests.reduce((smallest, test) => Math.min(smallest, test.pValue * tests.length), 1);
  return { method: 'word-presence', statistic, pValue, ...judge(countEffect(counts, options), rows, options) };
}

/** Compares two sides of one kind, each with at least one value, by the rules of mode `default`. */
export function compareByDefault(reference: ColumnSummary, current: ColumnSummary, test: ColumnTest): Finding {
  if (reference.kind === 'numeric' && current.kind === 'numeric')
    return compareNumbers(reference.distribution, current.distribution, test);
  if (reference.kind === 'categorical' && current.kind === 'categorical')
    return compareCategories(reference.categories, current.categories, test);
  if (reference.kind === 'text' && current.kind === 'text') return compareTexts(reference.texts, current.texts, test);
  throw new PipelineError('SHAPE_MISMATCH', `${reference.kind} in the reference, ${current.kind} in the window`);
}

/** Compares the shares of missing values. */
export function compareMissing({ reference, current }: ComparedSides, test: ColumnTest): Finding {
  const rows = [reference.count + reference.missing, current.count + current.missing] as const;
  const shares = [reference.missing / rows[0], current.missing / rows[1]] as const;
  const counts = {
    reference: [reference.count, reference.missing],
    current: [current.count, current.missing],
  };
  const value = Math.abs(shares[0] - shares[1]);
  return { ...testCounts(counts, test), ...judge({ name: 'missing-share', value }, rows, test.options) };
}
