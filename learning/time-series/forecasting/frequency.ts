import { DAY_MS, HOUR_MS } from '../calendar/index.js';
import type { Frequency } from './series.js';

interface StepRange {
  readonly frequency: Frequency;
  /** Bounds of a step in days, inclusive: clock changes, months and leap years make steps differ. */
  readonly least: number;
  readonly most: number;
}

const STEPS: readonly StepRange[] = [
  { frequency: 'hour', least: HOUR_MS / DAY_MS, most: HOUR_MS / DAY_MS },
  { frequency: 'day', least: 23 / 24, most: 25 / 24 },
  { frequency: 'week', least: 6, most: 8 },
  { frequency: 'month', least: 28, most: 31 },
  { frequency: 'quarter', least: 89, most: 92 },
  { frequency: 'year', least: 365, most: 366 },
];

/** Room for fractions of a second and for moments that are rounded to one. */
const SLACK = 2000 / DAY_MS;

const frequencyOf = (days: number): Frequency | undefined =>
  STEPS.find(({ least, most }) => days >= least - SLACK && days <= most + SLACK)?.frequency;

/**
 * The frequency of which at least half of the steps between neighbouring moments are; the others are gaps.
 * @param times - milliseconds, ascending, without repetitions.  @returns null when no frequency has half of the steps.
 */
export function detectFrequency(times: ArrayLike<number>): Frequency | null {
  const counts = new Map<Frequency, number>();
  for (let i = 1; i < times.length; i++) {
    const found = frequencyOf((times[i]! - times[i - 1]!) / DAY_MS);
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best !== undefined && 2 * best[1] >= times.length - 1 ? best[0] : null;
}
