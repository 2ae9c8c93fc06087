import { mstlEts } from './decomposition/mstl.js';
import { ets } from './exponential-smoothing/ets.js';
import { theta } from './exponential-smoothing/theta.js';
import { combination, type Forecaster } from './forecaster.js';
import { movingAverage, naive, seasonalNaive } from './naive.js';
import { prophetForecaster } from './prophet/forecaster.js';
import type { Frequency } from './series.js';

/** Window of the moving average in steps: about one season, or a quarter for weekly series. */
const windows: Readonly<Record<Frequency, number>> = {
  hour: 24,
  day: 28,
  week: 13,
  month: 12,
  quarter: 4,
  year: 3,
};

const smooth = ets();
const seasons = mstlEts();
const logSeasons = mstlEts({ log: true });
const prophet = prophetForecaster();

/** Forecasters that are good on most series: the members of the equal-weight combination. */
export const coreForecasters: readonly Forecaster[] = [smooth, theta, seasons, logSeasons];

const simple: Readonly<Record<Frequency, readonly Forecaster[]>> = {
  hour: [seasonalNaive(24), seasonalNaive(168)],
  day: [seasonalNaive(7)],
  week: [naive],
  month: [seasonalNaive()],
  quarter: [seasonalNaive()],
  year: [naive],
};

/**
 * Candidates for a series of this frequency: an equal-weight combination, its members, and methods that win on few series
 * and lose badly on others, such as a mean or Prophet, which a choice takes on evidence only. All are cheap: a backtest of
 * a monthly series of three years from six origins takes a few milliseconds.
 */
export function defaultCandidates(frequency: Frequency): readonly Forecaster[] {
  const average = movingAverage(windows[frequency]);
  const first = combination('combination', coreForecasters);
  return [first, average, ...simple[frequency], ...coreForecasters, prophet];
}
