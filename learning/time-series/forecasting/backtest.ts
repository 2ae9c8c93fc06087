import { requireInteger } from '../../checks.js';
import { fitOrNull, type Forecaster, type ForecasterState } from './forecaster.js';
import { seriesBefore, type Series } from './series.js';

export interface BacktestOptions {
  /** Steps ahead that are compared at each origin. */
  readonly horizon: number;
  /** Largest number of origins; a short history has fewer. @default 6 */
  readonly origins?: number;
  /** Steps from one origin to the next. @default 1 */
  readonly stride?: number;
  /** Fewest values before the first origin. @default 3 */
  readonly minimum?: number;
}

/** Forecast of one forecaster from one origin. */
export interface OriginForecast {
  /** Number of values before the origin. */
  readonly origin: number;
  /** (horizon,) forecasts. */
  readonly mean: Float64Array;
  /** (horizon,) the model's own standard deviations. */
  readonly sd: Float64Array;
  /** (horizon,) actual values; NaN where missing. */
  readonly actual: Float64Array;
}

export interface BacktestResult {
  readonly forecaster: string;
  /** Oldest first; empty when the history of some origin is too short for the method. */
  readonly forecasts: readonly OriginForecast[];
  /** Mean absolute error over all origins and steps; Infinity when there is none. */
  readonly mae: number;
}

/**
 * Origins of a rolling backtest, oldest first; exactly `horizon` values follow the last one.
 * @returns the number of values before each origin; empty when the series is shorter than `minimum + horizon`.
 */
export function rollingOrigins(length: number, options: BacktestOptions): number[] {
  const { horizon, origins = 6, stride = 1, minimum = 3 } = options;
  const last = length - horizon;
  const possible = last < minimum ? 0 : Math.floor((last - minimum) / stride) + 1;
  const count = Math.min(origins, possible);
  return Array.from({ length: count }, (_, i) => last - (count - 1 - i) * stride);
}

/**
 * Forecasts of one forecaster from each origin; null where the history is too short for it. Each search starts from the
 * fit at the origin before.
 */
export function originForecasts(
  forecaster: Forecaster,
  series: Series,
  origins: readonly number[],
  horizon: number,
): (OriginForecast | null)[] {
  let previous: ForecasterState | undefined;
  return origins.map((origin) => {
    const state = fitOrNull(forecaster, seriesBefore(series, origin), { previous });
    if (state === null) return null;
    previous = state;
    const actual = Float64Array.from({ length: horizon }, (_, i) => series.values[origin + i] ?? NaN);
    return { origin, ...forecaster.predict(state, horizon), actual };
  });
}

/** Null for a forecaster without members when the history of some origin is too short for it. */
function forecastOrigins(
  forecaster: Forecaster,
  series: Series,
  origins: readonly number[],
  horizon: number,
): readonly OriginForecast[] | null {
  const forecasts = originForecasts(forecaster, series, origins, horizon);
  return forecasts.every((forecast) => forecast !== null) ? forecasts : null;
}

/** Weighted mean of several forecasters' forecasts from the same origins. @param weights - sum to 1. @default equal */
export function averageForecasts(
  members: readonly (readonly OriginForecast[])[],
  weights: readonly number[] = members.map(() => 1 / members.length),
): readonly OriginForecast[] {
  const average = (pick: (forecast: OriginForecast) => Float64Array, at: number): Float64Array =>
    pick(members[0]![at]!).map((_, i) =>
      members.reduce((sum, member, which) => sum + weights[which]! * pick(member[at]!)[i]!, 0),
    );
  return members[0]!.map((first, at) => ({
    ...first,
    mean: average((forecast) => forecast.mean, at),
    sd: average((forecast) => forecast.sd, at),
  }));
}

/** Mean absolute error over steps with an actual value; Infinity when there is none. */
export function backtestError(forecasts: readonly OriginForecast[]): number {
  let sum = 0;
  let count = 0;
  for (const { mean, actual } of forecasts) {
    actual.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      sum += Math.abs(value - mean[i]!);
      count++;
    });
  }
  return count > 0 ? sum / count : Infinity;
}

/**
 * Rolling-origin evaluation (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 5.10): each
 * candidate's forecasts from earlier origins, every time fitted on the values before the origin only. The forecast of a
 * combination is averaged from its members' forecasts, so that each member is fitted once.
 * @throws PipelineError `INVALID_INPUT` for a horizon that is not a whole number ≥ 1; `NOT_FINITE` on infinite values.
 */
export function backtest(
  series: Series,
  candidates: readonly Forecaster[],
  options: BacktestOptions,
): BacktestResult[] {
  const { horizon } = options;
  requireInteger('horizon', horizon, 1);
  const origins = rollingOrigins(series.values.length, options);
  const known = new Map<string, readonly OriginForecast[] | null>();
  const forecastsOf = (forecaster: Forecaster): readonly OriginForecast[] | null => {
    if (!known.has(forecaster.name)) known.set(forecaster.name, compute(forecaster));
    return known.get(forecaster.name)!;
  };
  const compute = (forecaster: Forecaster): readonly OriginForecast[] | null => {
    if (forecaster.members.length === 0) return forecastOrigins(forecaster, series, origins, horizon);
    const members = forecaster.members.map(forecastsOf).filter((forecasts) => forecasts !== null);
    return members.length > 0 ? averageForecasts(members) : null;
  };
  return candidates.map((candidate) => {
    const forecasts = forecastsOf(candidate) ?? [];
    return { forecaster: candidate.name, forecasts, mae: backtestError(forecasts) };
  });
}

/** Actual minus forecast, by origin and step. */
export interface BacktestResidual {
  readonly origin: number;
  /** 1 = the first step after the origin. */
  readonly step: number;
  readonly residual: number;
  /** The model's own standard deviation at that step, for intervals that widen with it. */
  readonly sd: number;
}

/** Residuals of a backtest in order of origin and step, without those of missing actual values. */
export function backtestResiduals({ forecasts }: BacktestResult): BacktestResidual[] {
  return forecasts.flatMap(({ origin, mean, sd, actual }) =>
    [...actual]
      .map((value, i) => ({ origin, step: i + 1, residual: value - mean[i]!, sd: sd[i]! }))
      .filter(({ residual }) => !Number.isNaN(residual)),
  );
}
