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

const ensemble: readonly Forecaster[] = [smooth, theta, seasons, logSeasons];

const simple: Readonly<Record<Frequency, readonly Forecaster[]>> = {
  hour: [seasonalNaive(24), seasonalNaive(168)],
  day: [seasonalNaive(7)],
  week: [naive],
  month: [seasonalNaive()],
  quarter: [seasonalNaive()],
  year: [naive],
};

/**
 * Candidates for a series of this frequency; the first, an equal-weight combination, is the default choice. All are
 * cheap: a backtest of a monthly series of three years from six origins takes a few milliseconds.
 */
export function defaultCandidates(frequency: Frequency): readonly Forecaster[] {
  const average = movingAverage(windows[frequency]);
  const members = frequency === 'month' || frequency === 'day' ? [average, ...ensemble] : ensemble;
  return [combination('combination', members), average, ...simple[frequency], ...ensemble, prophet];
}
