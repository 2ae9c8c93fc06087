import { atOnce } from '../../artefact/next-turn.js';
import { sum } from '../../numeric/statistics/sum.js';
import { rollingOrigins } from './backtest.js';
import { fitOrNull, type Forecaster, type ForecasterState } from './forecaster.js';
import { seriesBefore, type Series } from './series.js';

/** A candidate with its one-step errors. */
export interface CandidateErrors {
  readonly forecaster: string;
  /** (origins,) absolute errors one step ahead, oldest origin first. */
  readonly errors: readonly number[];
}

export interface ErrorLimit {
  /** Largest number of origins of the rolling backtest, one step apart. */
  readonly origins: number;
  /** The sum of the errors must be below it. */
  readonly limit: number;
}

type StepForecasts = (forecaster: Forecaster) => number | null;

/**
 * One-step forecasts from origin after origin, each forecaster fitted once an origin and from where its search ended at
 * the one before, as in `backtest`. Null for a forecaster that the series is too short for.
 */
function stepForecasts(series: Series): (origin: number) => StepForecasts {
  const states = new Map<string, ForecasterState>();
  return (origin) => {
    const known = new Map<string, number | null>();
    const before = seriesBefore(series, origin);
    const alone = (forecaster: Forecaster): number | null => {
      const state = fitOrNull(forecaster, before, { previous: states.get(forecaster.name) });
      if (state === null) return null;
      states.set(forecaster.name, state);
      return forecaster.predict(state, 1).mean[0]!;
    };
    const forecast: StepForecasts = (forecaster) => {
      const { name, members } = forecaster;
      if (!known.has(name)) known.set(name, members.length === 0 ? alone(forecaster) : average(members.map(forecast)));
      return known.get(name)!;
    };
    return forecast;
  };
}

function average(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known) / known.length;
}

/**
 * The candidate with the smallest sum of absolute one-step errors over the last origins, when that sum is below a limit;
 * else null. The result is that of `backtest`, but a candidate is given up as soon as its sum reaches the limit, which
 * saves half of the fits where few candidates come near it. A candidate that the series is too short for at the first
 * origin is left out.
 * @throws PipelineError `NOT_FINITE` on infinite values.
 */
export function bestBelow(
  series: Series,
  candidates: readonly Forecaster[],
  limit: ErrorLimit,
): CandidateErrors | null {
  return atOnce(searchingBestBelow(series, candidates, limit));
}

/** Values of a series from which on a candidate's first fit takes milliseconds. */
const LONG_SERIES = 60;

/** `bestBelow` in steps of one candidate and origin for a long series, so that a caller may let others go on; a short one is one step. */
export function* searchingBestBelow(
  series: Series,
  candidates: readonly Forecaster[],
  { origins, limit }: ErrorLimit,
): Generator<void, CandidateErrors | null, void> {
  const forecastsAt = stepForecasts(series);
  const steps = rollingOrigins(series.values.length, { horizon: 1, origins });
  if (steps.length === 0) return null;
  let remaining = candidates.map((forecaster) => ({ forecaster, errors: [] as number[] }));
  for (const origin of steps) {
    const forecast = forecastsAt(origin);
    for (const { forecaster, errors } of remaining) {
      if (series.values.length >= LONG_SERIES)
        for (const member of forecaster.members) {
          forecast(member); // is known when the mean of the members is asked for
          yield;
        }
      const mean = forecast(forecaster);
      if (series.values.length >= LONG_SERIES) yield;
      errors.push(mean === null ? Infinity : Math.abs(series.values[origin]! - mean));
    }
    remaining = remaining.filter(({ errors }) => sum(errors) < limit);
    if (remaining.length === 0) return null;
  }
  const best = remaining.reduce((a, b) => (sum(b.errors) < sum(a.errors) ? b : a));
  return { forecaster: best.forecaster.name, errors: best.errors };
}
