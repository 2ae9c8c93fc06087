import { PipelineError } from '../../../contracts/errors.js';
import { sum } from '../../numeric/statistics/sum.js';
import { averageForecasts, backtest, backtestError, type BacktestResult, type OriginForecast } from './backtest.js';
import type { Choice } from './choice.js';
import type { Forecaster } from './forecaster.js';
import { seriesBefore, type Series } from './series.js';

export interface ReplayOptions {
  /** Steps ahead at each origin. */
  readonly horizon: number;
  /** Largest number of origins; fewer when they would lie closer together than a horizon. @default 12 */
  readonly origins?: number;
  /** Fewest values before the first origin. @default horizon */
  readonly minimum?: number;
}

/**
 * Origins spread evenly over a whole history, oldest first, at least a horizon apart, so that no step is forecast from
 * two origins. Exactly `horizon` values follow the last one.
 * @returns the number of values before each origin; empty when the series is shorter than `minimum + horizon`.
 */
export function spreadOrigins(length: number, options: ReplayOptions): number[] {
  const { horizon, origins = 12, minimum = horizon } = options;
  const last = length - horizon;
  const room = last - minimum;
  const count = room < 0 ? 0 : Math.min(origins, Math.floor(room / horizon) + 1);
  return Array.from({ length: count }, (_, i) => last - Math.floor(((count - 1 - i) * room) / Math.max(1, count - 1)));
}

interface Member {
  readonly forecaster: Forecaster;
  readonly weight: number;
}

function membersOf({ shares }: Choice, candidates: readonly Forecaster[]): Member[] {
  return shares.map(({ forecaster: wanted, weight }) => {
    const forecaster = candidates.find(({ name }) => name === wanted);
    if (forecaster !== undefined) return { forecaster, weight };
    throw new PipelineError('INVALID_INPUT', `the choice has the member ${wanted}, which is not among the candidates`);
  });
}

/** Weighted forecast of the members for which the history is long enough; their weights are rescaled to sum to 1. */
function forecastAt(known: Series, members: readonly Member[], horizon: number): readonly OriginForecast[] {
  const forecasters = members.map(({ forecaster }) => forecaster);
  const fitted = backtest(known, forecasters, { horizon, origins: 1, minimum: 1 }).flatMap(({ forecasts }, i) =>
    forecasts.length > 0 ? [{ forecasts, weight: members[i]!.weight }] : [],
  );
  const total = sum(fitted.map(({ weight }) => weight));
  if (total === 0) return [];
  return averageForecasts(
    fitted.map(({ forecasts }) => forecasts),
    fitted.map(({ weight }) => weight / total),
  );
}

/**
 * Forecasts of a choice over the whole history: its members with its weights, fitted again at each origin on the values
 * before it. The weights were selected at the end of the series, so the errors are those of this forecast in earlier,
 * calm and volatile periods: prediction intervals are to be calibrated on them. Deterministic; one fit for each member
 * and origin.
 * @param series - the series of the choice.  @param candidates - the candidates of the choice.
 * @throws PipelineError `INVALID_INPUT` when a chosen candidate is missing or the horizon is not a whole number ≥ 1.
 */
export function replayChoice(
  choice: Choice,
  series: Series,
  candidates: readonly Forecaster[],
  options: ReplayOptions,
): BacktestResult {
  const { horizon } = options;
  const members = membersOf(choice, candidates);
  const forecasts = spreadOrigins(series.values.length, options).flatMap((origin) =>
    forecastAt(seriesBefore(series, origin + horizon), members, horizon),
  );
  return { forecaster: choice.result.forecaster, forecasts, mae: backtestError(forecasts) };
}
