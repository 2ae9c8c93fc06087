export { backtest, backtestResiduals, type BacktestResidual, type BacktestResult } from './backtest.js';
export { bestBelow, type CandidateErrors, searchingBestBelow } from './best-below.js';
export { coreForecasters, defaultCandidates } from './candidates.js';
export { chooseForecaster, type Choice } from './choice.js';
export { dayShares, fitDayProfile, type DatedAmount } from './day-profile.js';
export { ets } from './exponential-smoothing/ets.js';
export {
  combination,
  defineForecaster,
  fitOrNull,
  predictState,
  type Forecast,
  type Forecaster,
  type ForecasterState,
} from './forecaster.js';
export { movingAverage, seasonalNaive } from './naive.js';
export {
  EVENT_FACTOR,
  fitSeasonalLevel,
  growingCurve,
  pooledSeason,
  type PooledSeasonOptions,
} from './pooled-season.js';
export { indianHolidays, indianPaydays } from './prophet/holidays.js';
export { fitProphet, predictProphet, prophetLogPosterior } from './prophet/prophet.js';
export { replayChoice } from './replay.js';
export { typicalChange } from './scale.js';
export {
  countObserved,
  firstMonthOf,
  frequencies,
  periodDays,
  periodOfTime,
  type Frequency,
  type Series,
} from './series.js';
export { forecastSeries, type SeriesForecast } from './forecast-series.js';
export { detectFrequency } from './frequency.js';
export { forecastFeeds } from './serving/feeds.js';
export { forecastGraph, graphOutputs } from './serving/graph.js';
