import { mstlEts } from './decomposition/mstl.js';
import { ets } from './exponential-smoothing/ets.js';
import { theta } from './exponential-smoothing/theta.js';
import { combination, type Forecaster } from './forecaster.js';
import { movingAverage, seasonalNaive } from './naive.js';
import type { Frequency } from './series.js';

const windows: Readonly<Record<Frequency, number>> = { hour: 24, day: 28, week: 13, month: 12 };

/** Candidates for a series of this frequency, the favourite first. All are cheap: milliseconds a series. */
export function defaultCandidates(frequency: Frequency): readonly Forecaster[] {
  const average = movingAverage(windows[frequency]);
  const smooth = ets();
  const members = [average, smooth, theta, mstlEts()];
  return [
    combination('combination', members),
    average,
    smooth,
    theta,
    mstlEts(),
    mstlEts({ log: true }),
    seasonalNaive(),
  ];
}
