import { PipelineError } from '../../../contracts/errors.js';
import { requireAtLeast } from '../../checks.js';

/** One forecast whose outcome is known and that the forecaster did not learn from. */
export interface CalibrationPoint {
  /** Steps ahead, from 1. */
  readonly horizon: number;
  readonly actual: number;
  readonly mean: number;
  /** What the error is measured in, > 0: the forecaster's own standard deviation, or the series' usual error. */
  readonly scale: number;
  /**
   * Calibrated apart from the others, such as a band of history lengths. A path like `bill/rent` is a group within a
   * group: where `bill/rent` has too few points `bill` answers for it, and then all points. @default ''
   */
  readonly group?: string;
}

export interface ConformalOptions {
  /** Coverages, each in (0, 1). @default [0.8, 0.95] */
  readonly levels?: readonly number[];
  /** Last horizon of each bucket, ascending; the last bucket also serves everything beyond. @default [1, 3, 6, 12] */
  readonly buckets?: readonly number[];
  /**
   * A bucket of a group with fewer points takes those of the group around it, in the end all groups', and if those are
   * few too, its neighbour's. @default 80
   */
  readonly smallest?: number;
}

/** Quantiles of the scaled error that bound a level's band. */
export interface ConformalBounds {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export interface ConformalBucket {
  readonly group: string;
  readonly upTo: number;
  /** Points behind the bounds. */
  readonly n: number;
  readonly bounds: readonly ConformalBounds[];
}

/** Learned widths: plain data. */
export interface ConformalState {
  readonly schemaVersion: 1;
  /** Of all groups first (group `''`), then each group's own; ascending horizon. */
  readonly buckets: readonly ConformalBucket[];
}

/** An interval with its nominal coverage. */
export interface Band {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

const DEFAULT_LEVELS = [0.8, 0.95] as const;
const DEFAULT_BUCKETS = [1, 3, 6, 12] as const;
const DEFAULT_SMALLEST = 80;

/** Above the level this many points are wanted so that the outermost order statistic is not the bound. */
const fewestFor = (levels: readonly number[]): number => Math.ceil(2 / (1 - Math.max(...levels)));

/**
 * The order statistics that leave (1 − level)/2 on either side with the finite-sample correction of split conformal
 * prediction: rank ⌈(n + 1)(1 + level)/2⌉ above, mirrored below.
 * @param sorted - ascending, not empty.
 */
function boundsOf(sorted: Float64Array, level: number): ConformalBounds {
  const n = sorted.length;
  const rank = Math.min(n, Math.ceil((n + 1) * ((1 + level) / 2)));
  return { level, low: sorted[n - rank]!, high: sorted[rank - 1]! };
}

const scoreOf = ({ actual, mean, scale }: CalibrationPoint, row: number): number => {
  const score = (actual - mean) / scale;
  if (scale > 0 && Number.isFinite(score)) return score;
  throw new PipelineError('NOT_FINITE', `calibration point ${row}: its scaled error is not finite`, { row });
};

function bucketIndex(buckets: readonly number[], horizon: number): number {
  const found = buckets.findIndex((upTo) => horizon <= upTo);
  return found < 0 ? buckets.length - 1 : found;
}

/** Scaled errors of each bucket, ascending. */
function scoresByBucket(points: readonly CalibrationPoint[], buckets: readonly number[]): Float64Array[] {
  const scores: number[][] = buckets.map(() => []);
  points.forEach((point, row) => scores[bucketIndex(buckets, point.horizon)]!.push(scoreOf(point, row)));
  return scores.map((values) => Float64Array.from(values).sort());
}

/** The bucket itself, else the nearest that has enough; the shorter horizon on a tie. */
function nearestFilled(scores: readonly Float64Array[], at: number, smallest: number): Float64Array | null {
  const order = [...scores.keys()].sort((a, b) => Math.abs(a - at) - Math.abs(b - at) || a - b);
  const found = order.find((index) => scores[index]!.length >= smallest);
  return found === undefined ? null : scores[found]!;
}

interface Request {
  readonly buckets: readonly number[];
  readonly levels: readonly number[];
  readonly smallest: number;
}

function overall(points: readonly CalibrationPoint[], { buckets, levels, smallest }: Request): ConformalBucket[] {
  const scores = scoresByBucket(points, buckets);
  const all = Float64Array.from(scores.flatMap((values) => [...values])).sort();
  return buckets.map((upTo, index) => {
    const used = nearestFilled(scores, index, smallest) ?? all;
    return { group: '', upTo, n: used.length, bounds: levels.map((level) => boundsOf(used, level)) };
  });
}

/** The group and those around it, innermost first: `bill/rent`, `bill`; without the one of all. */
function nested(group: string): string[] {
  const parts = group === '' ? [] : group.split('/');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
}

/** Points by every group that they lie in, names ascending. */
function byGroup(points: readonly CalibrationPoint[]): (readonly [string, readonly CalibrationPoint[]])[] {
  const members = new Map<string, CalibrationPoint[]>();
  for (const point of points)
    for (const group of nested(point.group ?? '')) {
      const own = members.get(group);
      if (own) own.push(point);
      else members.set(group, [point]);
    }
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A group's own buckets where it has enough points; the others are looked up among the groups around it. */
function ofGroup(group: string, points: readonly CalibrationPoint[], request: Request): ConformalBucket[] {
  return scoresByBucket(points, request.buckets).flatMap((scores, index) => {
    if (scores.length < request.smallest) return [];
    const bounds = request.levels.map((level) => boundsOf(scores, level));
    return [{ group, upTo: request.buckets[index]!, n: scores.length, bounds }];
  });
}

function checkRequest({ buckets, levels }: Request, points: readonly CalibrationPoint[]): void {
  if (levels.some((level) => !(level > 0 && level < 1)))
    throw new PipelineError('INVALID_INPUT', `levels are ${levels.join(', ')}, wanted numbers between 0 and 1`);
  if (buckets.length === 0 || buckets.some((upTo, i) => !(upTo > (buckets[i - 1] ?? 0))))
    throw new PipelineError('INVALID_INPUT', `buckets are ${buckets.join(', ')}, wanted ascending horizons`);
  requireAtLeast('calibration points', points.length, fewestFor(levels));
}

/**
 * Split conformal prediction on scaled errors, asymmetric, a horizon bucket at a time and, where a group has enough
 * points, a group at a time: if future errors are exchangeable with the calibration points', the band of level 1 − α
 * covers at least 1 − α of them (Vovk et al. 2005; Lei et al. 2018; two-sided as in Romano et al. 2019).
 * Deterministic; O(n log n).
 * @param points - out-of-sample forecasts, for instance of a rolling-origin backtest.
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE` (scale not positive), `INVALID_INPUT`.
 */
export function fitConformal(points: readonly CalibrationPoint[], options: ConformalOptions = {}): ConformalState {
  const { levels = DEFAULT_LEVELS, buckets = DEFAULT_BUCKETS, smallest = DEFAULT_SMALLEST } = options;
  const request = { levels: [...levels].sort(), buckets, smallest };
  checkRequest(request, points);
  const own = byGroup(points).flatMap(([group, members]) => ofGroup(group, members, request));
  return { schemaVersion: 1, buckets: [...overall(points, request), ...own] };
}

/** The bounds that hold for a horizon: the group's own, else those of the group around it, in the end all groups'. */
export function boundsAt({ buckets }: ConformalState, horizon: number, group = ''): readonly ConformalBounds[] {
  const shared = buckets.filter((bucket) => bucket.group === '');
  const at = bucketIndex(
    shared.map(({ upTo }) => upTo),
    horizon,
  );
  const { upTo } = shared[at]!;
  for (const name of nested(group)) {
    const own = buckets.find((bucket) => bucket.group === name && bucket.upTo === upTo);
    if (own) return own.bounds;
  }
  return shared[at]!.bounds;
}

/** Throws for an edge that overflows: a band must be finite. */
function requireFinite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new PipelineError('NOT_FINITE', `the edge of a band is ${value}: forecast or scale is out of all bounds`);
}

/**
 * The bands of one forecast, narrow to wide; a wider level contains a narrower one.
 * @param forecast - as a calibration point without its outcome.
 * @throws PipelineError `NOT_FINITE` when mean or scale are not finite or so large that an edge is not.
 */
export function conformalBands(state: ConformalState, forecast: Omit<CalibrationPoint, 'actual'>): Band[] {
  const { mean, scale, horizon, group } = forecast;
  return boundsAt(state, horizon, group).map(({ level, low, high }) => ({
    level,
    low: requireFinite(mean + scale * low),
    high: requireFinite(mean + scale * high),
  }));
}
