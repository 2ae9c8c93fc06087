import { type Interval, type Metric, NOT_MEASURABLE } from '../../contracts/evaluation.js';
import type { OverrideRecord } from '../../contracts/registry.js';
export { formatDuration } from '../../registry/format-duration.js';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';

/** A number with three decimals, or as many as are needed to see a small one. */
export function formatDecimals(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) < 0.001 ? value.toPrecision(2) : value.toFixed(3);
}

/** `0.842 (0.811 to 0.871)`; the interval is left out when there is none; null is `not measurable`. */
export function formatEstimate(value: number | null, interval?: Interval): string {
  if (value === null) return NOT_MEASURABLE;
  const number = formatScore(value);
  return interval ? `${number} (${formatScore(interval.low)} to ${formatScore(interval.high)})` : number;
}

/** Scores keep their three decimals when they happen to be whole. */
const formatScore = (value: number): string => (Math.abs(value) < 1000 ? value.toFixed(3) : formatDecimals(value));

/** `auc 0.842 (0.811 to 0.871)`. */
export const formatMetric = (metric: Metric): string =>
  `${metric.name} ${formatEstimate(metric.value, metric.interval)}`;

/** `2026-11-23 03:00:12`, UTC. */
export const formatTime = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

/** Told where stored values of generated customers are stale: no pipeline can renew them. */
export const GENERATED_DATA_END = 'generated data end on a fixed day';

/** `2026-10-30, 31 days ago: stale`; days are counted in full. @param why - of something stale. */
export function formatAsOf(asOf: Date, now: Date, stale: boolean, why: string | null = null): string {
  const days = Math.floor((now.getTime() - asOf.getTime()) / DAY_MS);
  const age = days < 1 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`;
  return `${asOf.toISOString().slice(0, 10)}, ${age} ago${stale ? `: stale${why === null ? '' : ` (${why})`}` : ''}`;
}

/** The first twelve digits of a hash: enough to find it by. */
export const shortHash = (hash: string): string => hash.slice(0, 12);

/** A value of a parameter or detail as text. */
export const formatValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Who registered a version that its gates had rejected. */
export const overrideSentence = ({ actor, reason, at }: OverrideRecord): string =>
  `was rejected by its gates and registered by ${actor} on ${formatTime(at)} (UTC): ${reason}`;
