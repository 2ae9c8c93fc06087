import { PipelineError } from '../../../contracts/errors.js';
import { requireInteger } from '../../checks.js';
import { sum } from '../../numeric/statistics/sum.js';
import {
  averageForecasts,
  backtestError,
  type BacktestResult,
  originForecasts,
  type OriginForecast,
} from './backtest.js';
import type { Choice } from './choice.js';
import type { Forecaster } from './forecaster.js';
import type { Series } from './series.js';

export interface ReplayOptions {
  /** Steps ahead at each origin. */
  readonly horizon: number;
  /** Largest number of origins; fewer when they would lie closer together than `spacing`. @default 12 */
  readonly origins?: number;
  /** Fewest values before the first origin. @default horizon */
  readonly minimum?: number;
  /** Fewest steps between two origins; below a horizon their forecasts overlap. @default horizon */
  readonly spacing?: number;
  /**
   * Distances between origins, and from them to the end of the series, are multiples of it: with a cycle, all forecasts
   * begin at the place in it at which the series ends. @default 1
   */
  readonly step?: number;
}

/**
 * Origins spread evenly over a whole history, oldest first. `horizon` values follow the last one, or the next multiple of
 * `step`.
 * @returns the number of values before each origin; empty when the series is shorter than `minimum + horizon`.
 */
export function spreadOrigins(length: number, options: ReplayOptions): number[] {
  const { horizon, origins = 12, minimum = horizon, spacing = horizon, step = 1 } = options;
  const last = length - step * Math.ceil(horizon / step);
  const room = Math.floor((last - minimum) / step);
  const count = room < 0 ? 0 : Math.min(origins, Math.floor(room / Math.ceil(spacing / step)) + 1);
  const backFrom = (i: number): number => Math.floor(((count - 1 - i) * room) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, i) => last - step * backFrom(i));
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

/** Weighted mean of those members that have a forecast; their weights are rescaled to sum to 1. */
function averageOf(members: readonly Member[], forecasts: readonly (OriginForecast | null)[]): OriginForecast[] {
  const fitted = forecasts.flatMap((forecast, i) => (forecast ? [{ forecast, weight: members[i]!.weight }] : []));
  const total = sum(fitted.map(({ weight }) => weight));
  if (total === 0) return [];
  const weights = fitted.map(({ weight }) => weight / total);
  return [
    ...averageForecasts(
      fitted.map(({ forecast }) => [forecast]),
      weights,
    ),
  ];
}

/**
 * Forecasts of a choice over the whole history: its members with its weights, fitted again at each origin on the values
 * before it. The weights were selected at the end of the series, so the errors are those of this forecast in earlier,
 * calm and volatile periods: prediction intervals are to be calibrated on them. Deterministic; one fit for each member
 * and origin, started from that of the origin before.
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
  requireInteger('horizon', horizon, 1);
  const members = membersOf(choice, candidates);
  const origins = spreadOrigins(series.values.length, options);
  const byMember = members.map(({ forecaster }) => originForecasts(forecaster, series, origins, horizon));
  const forecasts = origins.flatMap((_, at) =>
    averageOf(
      members,
      byMember.map((own) => own[at]!),
    ),
  );
  return { forecaster: choice.result.forecaster, forecasts, mae: backtestError(forecasts) };
}
