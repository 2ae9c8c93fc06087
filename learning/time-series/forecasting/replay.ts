import { PipelineError } from '../../../contracts/errors.js';
import { averageForecasts, backtest, backtestError, type BacktestResult, type OriginForecast } from './backtest.js';
import type { Choice } from './choice.js';
import type { Forecaster } from './forecaster.js';
import { seriesBefore, type Series } from './series.js';

export interface ReplayOptions {
  /** Steps ahead at each origin. */
  readonly horizon: number;
  /** Most origins; fewer where they would lie closer than a horizon. @default 12 */
  readonly origins?: number;
  /** Fewest values before the first origin. @default horizon */
  readonly minimum?: number;
}

/**
 * Origins spread evenly over a whole history, oldest first; neighbours are a horizon apart or more, so that each
 * judges steps of its own. The last one leaves exactly `horizon` values to judge by.
 * @returns numbers of known values; empty when the series is shorter than `minimum + horizon`.
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
    throw new PipelineError('INVALID_INPUT', `the choice rests on ${wanted}, which is not among the candidates`);
  });
}

/** The members' weighted forecast; those that cannot learn from so short a history leave their weight to the others. */
function forecastAt(known: Series, members: readonly Member[], horizon: number): readonly OriginForecast[] {
  const forecasters = members.map(({ forecaster }) => forecaster);
  const able = backtest(known, forecasters, { horizon, origins: 1, minimum: 1 }).flatMap(({ forecasts }, i) =>
    forecasts.length > 0 ? [{ forecasts, weight: members[i]!.weight }] : [],
  );
  const total = able.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return [];
  return averageForecasts(
    able.map(({ forecasts }) => forecasts),
    able.map(({ weight }) => weight / total),
  );
}

/**
 * What a choice would have said over the whole history: its members with its weights, learned anew at each origin
 * from the values before it. The weights come from the series' end; the errors are therefore those of this forecast
 * in other times, rough and calm ones, which is what intervals are to be calibrated on. Deterministic; costs one fit a
 * member and origin.
 * @param series - what the choice was made from.  @param candidates - among which it was made.
 * @throws PipelineError `INVALID_INPUT` when a chosen candidate is missing or the horizon is no whole number ≥ 1.
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
