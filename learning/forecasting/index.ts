export {
  backtest,
  backtestError,
  backtestResiduals,
  chooseForecaster,
  rollingOrigins,
  type BacktestOptions,
  type BacktestResidual,
  type BacktestResult,
  type Choice,
  type ChoiceOptions,
  type OriginForecast,
} from './backtest.js';
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
