import type { Interval } from '../../../contracts/evaluation.js';
import { requireAtLeast, requireSameRows } from '../../checks.js';
import { createRandom } from '../../numeric/random/index.js';
import { quantile } from './bootstrap.js';

/** Entities of one text: right ones, found ones, annotated ones. */
export interface SpanCounts {
  readonly right: number;
  readonly found: number;
  readonly wanted: number;
}

/** A typed span; two are equal when type, start and end agree. */
interface Stretch {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Counts exact matches of span and type (the CoNLL measure). Each annotation is matched once. */
export function countSpans(found: readonly Stretch[], wanted: readonly Stretch[]): SpanCounts {
  const key = ({ type, start, end }: Stretch): string => `${start}:${end}:${type}`;
  const open = new Set(wanted.map(key));
  const right = found.filter((span) => open.delete(key(span))).length;
  return { right, found: found.length, wanted: wanted.length };
}

/** Sums counts of texts, each as often as `times` says. */
export function sumSpans(counts: readonly SpanCounts[], times?: ArrayLike<number>): SpanCounts {
  let [right, found, wanted] = [0, 0, 0];
  counts.forEach((row, i) => {
    const weight = times === undefined ? 1 : times[i]!;
    right += weight * row.right;
    found += weight * row.found;
    wanted += weight * row.wanted;
  });
  return { right, found, wanted };
}

const share = (part: number, whole: number): number => (whole === 0 ? Number.NaN : part / whole);

/** Share of the found entities that are right; NaN when none is found. */
export const precisionOf = ({ right, found }: SpanCounts): number => share(right, found);
/** Share of the annotated entities that are found; NaN when none is annotated. */
export const recallOf = ({ right, wanted }: SpanCounts): number => share(right, wanted);
/** Harmonic mean of both; NaN when there is neither. */
export const f1Of = ({ right, found, wanted }: SpanCounts): number => share(2 * right, found + wanted);

const LEVEL = 0.95;

export interface SpanBootstrap {
  readonly seed: number;
  /** @default 500 */
  readonly resamples?: number;
  /**
   * (texts,) group of each text, such as its document: groups are drawn as wholes, because texts of one document share
   * names and are right or wrong together. @default each text by itself
   */
  readonly groups?: readonly string[];
}

/** Positions of the texts of each group. */
function membersOf(groups: readonly string[]): number[][] {
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const own = members.get(group);
    if (own) own.push(i);
    else members.set(group, [i]);
  });
  return [...members.values()];
}

/** Percentile bootstrap over texts or groups of them; a resample without entities to measure is left out. */
function resampled(
  n: number,
  { seed, resamples = 500, groups }: SpanBootstrap,
  value: (times: Int32Array) => number,
): Interval {
  const random = createRandom(seed).fork('spans');
  const units = groups === undefined ? Array.from({ length: n }, (_, i) => [i]) : membersOf(groups);
  const values = Float64Array.from({ length: resamples }, () => {
    const times = new Int32Array(n);
    for (let k = 0; k < units.length; k++) for (const i of units[random.integer(units.length)]!) times[i]! += 1;
    return value(times);
  })
    .filter((found) => !Number.isNaN(found))
    .sort();
  const tail = (1 - LEVEL) / 2;
  const [low, high] = [quantile(values, tail), quantile(values, 1 - tail)];
  const drawn = units.length < n ? `${units.length} groups of texts` : 'texts';
  return { low, high, level: LEVEL, method: `bootstrap percentile over ${drawn}, ${resamples} resamples` };
}

/**
 * Interval of a measure of counts; texts, or groups of them, are drawn with replacement.
 * @throws PipelineError `TOO_FEW_ROWS` without any text.
 */
export function spanInterval(
  counts: readonly SpanCounts[],
  measure: (sum: SpanCounts) => number,
  bootstrap: SpanBootstrap,
): Interval {
  requireAtLeast('texts to measure', counts.length, 1);
  return resampled(counts.length, bootstrap, (times) => measure(sumSpans(counts, times)));
}

/**
 * Interval of the difference in a measure on the same texts.
 * @throws PipelineError `SHAPE_MISMATCH` when the texts differ in number or annotations; `TOO_FEW_ROWS`.
 */
export function pairedSpanInterval(
  ours: readonly SpanCounts[],
  theirs: readonly SpanCounts[],
  measure: (sum: SpanCounts) => number,
  bootstrap: SpanBootstrap,
): Interval {
  requireAtLeast('texts to measure', ours.length, 1);
  requireSameRows(ours.length === theirs.length && ours.every(({ wanted }, i) => wanted === theirs[i]!.wanted));
  return resampled(
    ours.length,
    bootstrap,
    (times) => measure(sumSpans(ours, times)) - measure(sumSpans(theirs, times)),
  );
}
