import type { Interval } from '../../../contracts/evaluation.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { ascendingOrder, requireSameLabels, requireScored, type Scored, type ScoreMetric } from './order.js';

/** How to resample. */
export interface BootstrapOptions {
  readonly metric: ScoreMetric;
  readonly seed: number;
  /** More give a steadier interval at proportional cost. @default 1000 */
  readonly resamples?: number;
  /** @default 0.95 */
  readonly level?: number;
}

/** A paired difference, positive = challenger better in the metric's direction. */
export interface PairedDifference {
  readonly challenger: number;
  readonly other: number;
  readonly difference: number;
  readonly interval: Interval;
}

/** Rows sorted by score once, so that measuring a resample needs no sorting. */
interface Prepared extends Scored {
  readonly order: Int32Array;
}

function prepare({ labels, scores }: Scored): Prepared {
  requireScored({ labels, scores });
  const order = ascendingOrder(scores);
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (row) => values[row]!);
  return { order, labels: pick(labels), scores: pick(scores) };
}

/** How often each row is drawn in one resample of n rows with replacement. */
function drawCounts(n: number, random: Random): Int32Array {
  const counts = new Int32Array(n);
  for (let i = 0; i < n; i++) counts[random.integer(n)]! += 1;
  return counts;
}

function classesDrawn(labels: ArrayLike<number>, counts: Int32Array): number {
  const drawn = [0, 0];
  for (let row = 0; row < counts.length; row++) if (counts[row]! > 0) drawn[labels[row]!] = 1;
  return drawn[0]! + drawn[1]!;
}

/** Resamples that hold as many classes as the data: most measures are undefined on a single class. */
function drawResample(labels: ArrayLike<number>, classes: number, random: Random): Int32Array {
  for (;;) {
    const counts = drawCounts(labels.length, random);
    if (classesDrawn(labels, counts) === classes) return counts;
  }
}

function measure(metric: ScoreMetric, prepared: Prepared, counts: Int32Array): number {
  const weights = Int32Array.from(prepared.order, (row) => counts[row]!);
  return metric(prepared.labels, prepared.scores, weights);
}

/**
 * The value below which a share of the numbers lies, interpolated linearly (type 7).
 * @param sorted - ascending, at least one.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** How many resamples of which rows. */
type Resampling = Pick<BootstrapOptions, 'seed' | 'resamples' | 'level'>;

/** Evaluates `value` on the resamples that `draw` makes and returns the central `level` interval. */
function percentileInterval(
  { seed, resamples = 1000, level = 0.95 }: Resampling,
  draw: (random: Random) => Int32Array,
  value: (counts: Int32Array) => number,
): Interval {
  const random = createRandom(seed).fork('bootstrap');
  const values = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) values[i] = value(draw(random));
  values.sort();
  const tail = (1 - level) / 2;
  const [low, high] = [quantile(values, tail), quantile(values, 1 - tail)];
  return { low, high, level, method: `bootstrap percentile, ${resamples} resamples` };
}

/**
 * Percentile bootstrap interval of any value of n rows, which are drawn with replacement.
 * @param value - of the rows, each as often as `counts` says.
 */
export const resampledInterval = (n: number, resampling: Resampling, value: (counts: Int32Array) => number): Interval =>
  percentileInterval(resampling, (random) => drawCounts(n, random), value);

/** As `resampledInterval`; a resample without one of the classes is drawn again. */
function classInterval(
  labels: ArrayLike<number>,
  resampling: Resampling,
  value: (counts: Int32Array) => number,
): Interval {
  const classes = classesDrawn(labels, new Int32Array(labels.length).fill(1));
  return percentileInterval(resampling, (random) => drawResample(labels, classes, random), value);
}

/**
 * Percentile bootstrap interval of a metric: rows are drawn with replacement. Deterministic under its seed.
 * O(resamples · n) after one sort. A resample without one of the classes is drawn again.
 * @throws PipelineError as the metric.
 */
export function bootstrapInterval(scored: Scored, options: BootstrapOptions): Interval {
  const prepared = prepare(scored);
  return classInterval(scored.labels, options, (counts) => measure(options.metric, prepared, counts));
}

/**
 * Compares two sets of scores on the same rows in the same order: each resample draws rows once for both, so that
 * the difficulty of a row cancels out.
 * @param options - `direction` of a better value. @default 'higher'
 * @returns the difference, positive = challenger better, with its percentile interval.
 * @throws PipelineError `SHAPE_MISMATCH` when the labels differ; as the metric.
 */
export function pairedBootstrap(
  challenger: Scored,
  other: Scored,
  options: BootstrapOptions & { readonly direction?: 'higher' | 'lower' },
): PairedDifference {
  requireSameLabels(challenger.labels, other.labels);
  const sign = options.direction === 'lower' ? -1 : 1;
  const [ours, theirs] = [prepare(challenger), prepare(other)];
  const difference = (counts: Int32Array): number =>
    sign * (measure(options.metric, ours, counts) - measure(options.metric, theirs, counts));
  return {
    challenger: options.metric(challenger.labels, challenger.scores),
    other: options.metric(other.labels, other.scores),
    difference: difference(new Int32Array(challenger.labels.length).fill(1)),
    interval: classInterval(challenger.labels, options, difference),
  };
}
