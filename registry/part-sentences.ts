import { type Drift, NOT_MEASURABLE, type PartReport } from '../contracts/evaluation.js';
import { formatMeasure } from './format-number.js';
import { isoDay } from './holdout-sentence.js';

/** Names of the parts of a holdout in texts. */
export const partTitles = { frozen: 'frozen part', window: 'newest window' } as const;

function partSentence({ part, rows, metric, remark }: PartReport, windowStart: number | null): string {
  const since = part === 'window' && windowStart !== null ? ` (from ${isoDay(windowStart)})` : '';
  const title = `${partTitles[part]}${since}, ${rows} rows`;
  if (metric === null || metric.value === null) return `${title}: ${NOT_MEASURABLE}, ${remark ?? 'without a reason'}`;
  const { name, value, interval, n } = metric;
  const range = interval === undefined ? '' : ` (${formatMeasure(interval.low)} to ${formatMeasure(interval.high)})`;
  return `${title}: ${name} ${formatMeasure(value)}${range}, n = ${n}`;
}

/** How the newest window differs from the frozen part. */
export function driftSentence({ metric, difference, disjoint }: Drift): string {
  const size = `${metric} on the newest window is ${difference < 0 ? 'worse' : 'better'} by ${formatMeasure(Math.abs(difference))}`;
  return disjoint
    ? `drift: ${size}, the intervals are disjoint`
    : `no drift beyond noise: ${size}, the intervals overlap`;
}

/** What a reader is told about the parts: each with its metric, and how they differ. */
export const partSentences = (
  reports: readonly PartReport[],
  { windowStart, drift }: { readonly windowStart: number | null; readonly drift: Drift | null },
): string[] => [
  ...reports.map((report) => partSentence(report, windowStart)),
  ...(drift === null ? [] : [driftSentence(drift)]),
];
