import { combination, type Forecaster } from './forecaster.js';
import { movingAverage, naive, seasonalNaive } from './naive.js';
import type { Frequency } from './series.js';

/** Candidates for a series of this frequency, the favourite first. */
export function defaultCandidates(frequency: Frequency): readonly Forecaster[] {
  const window = { hour: 24, day: 28, week: 13, month: 12 }[frequency];
  const members = [movingAverage(window), naive, seasonalNaive()];
  return [combination('combination', members), ...members];
}
