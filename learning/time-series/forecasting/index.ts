export {
  backtest,
  backtestError,
  backtestResiduals,
  rollingOrigins,
  type BacktestOptions,
  type BacktestResidual,
  type BacktestResult,
  type OriginForecast,
} from './backtest.js';
export { chooseForecaster, type Choice, type ChoiceOptions, type ChoiceShare } from './choice.js';
export { replayChoice, spreadOrigins, type ReplayOptions } from './replay.js';
export { typicalChange } from './scale.js';
export { defaultCandidates } from './candidates.js';
export { mstl, mstlEts, type MstlOptions, type MstlParts } from './decomposition/mstl.js';
export { stl, type StlParts } from './decomposition/stl.js';
export { ets, type EtsOptions } from './exponential-smoothing/ets.js';
export { candidateForms, formName, readForm, type EtsForm } from './exponential-smoothing/form.js';
export { theta } from './exponential-smoothing/theta.js';
export type { ForecastCurve, Outlook, Shifts } from './curve.js';
export {
  combination,
  fitOrNull,
  predictState,
  type Forecast,
  type Forecaster,
  type ForecasterOptions,
  type ForecasterState,
} from './forecaster.js';
export { movingAverage, naive, seasonalNaive } from './naive.js';
export {
  countObserved,
  fillGaps,
  frequencies,
  periodDays,
  seasonalPeriods,
  seriesBefore,
  type Calendar,
  type Frequency,
  type Series,
} from './series.js';
export { indianHolidays, indianPaydays, type Holiday } from './prophet/holidays.js';
export { prophetCurve, prophetForecaster, type ProphetForecasterOptions } from './prophet/forecaster.js';
export type {
  AutoSeasonality,
  ProphetColumns,
  ProphetData,
  ProphetOptions,
  RegressorOptions,
  SeasonalityOptions,
} from './prophet/options.js';
export {
  fitProphet,
  predictProphet,
  prophetLogPosterior,
  type ProphetComponent,
  type ProphetForecast,
} from './prophet/prophet.js';
export type { ProphetState } from './prophet/state.js';
export { forecastFeeds, type Feed } from './serving/feeds.js';
export { forecastGraph, graphInputs, graphOutputs, type GraphInput } from './serving/graph.js';
