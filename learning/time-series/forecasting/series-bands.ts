import { type Band, type CalibrationPoint, conformalBands, fitConformal } from '../../evaluation/conformal/index.js';
import { type BacktestResidual, backtestResiduals } from './backtest.js';
import type { Choice } from './choice.js';
import type { Forecaster } from './forecaster.js';
import { sizeByStep, sizeByStepWithout } from './error-sizes.js';
import { replayChoice, type ReplayOptions, spreadOrigins } from './replay.js';
import { recentChange } from './scale.js';
import { seasonalPeriods, type Series } from './series.js';

/** The bands of one series, or why there are none. */
export interface SeriesBands {
  /** For each step its bands, the narrowest first; null where the series cannot carry them. */
  readonly bands: readonly (readonly Band[])[] | null;
  /** What to know of the bands, or why there are none; null where they hold as they are. */
  readonly warning: string | null;
}

/** A choice of forecasters with the series it was made for. */
export interface ChosenForecast {
  readonly series: Series;
  readonly candidates: readonly Forecaster[];
  readonly choice: Choice;
  /** (horizon,) forecasts from the end of the series. */
  readonly mean: Float64Array;
}

const LEVELS = [0.8, 0.95] as const;
/** Earlier forecasts that are repeated; more cost time. */
const ORIGINS = 24;
/** Errors that are wanted for the outermost bounds: short horizons have more origins. */
const WANTED_ERRORS = 100;
/** Errors without which the 95 % bounds would be single errors. */
const FEWEST_ERRORS = 40;
/** Origins that must remain when all begin at the same place in a cycle. */
const FEWEST_IN_CYCLE = 12;
/** Longer cycles leave too few origins at the same place in them. */
const LONGEST_CYCLE = 24;
/** Share of the history before the first origin: with less the forecasts are unlike the one that is banded. */
const FIRST_SHARE = 0.2;
/** Cycles of the longest season before the first origin, where half of the history has so many. */
const CYCLES_KNOWN = 3;
/** Fewest values before the first origin. */
const FEWEST_VALUES = 8;
/** Horizons without overlap between the first origin and the end: fewer carry no bands, below the second bound uncertain ones. */
const FEWEST_HORIZONS = 3;
const ENOUGH_HORIZONS = 6;

interface Origins {
  readonly options: ReplayOptions & { readonly minimum: number };
  /** Steps of the cycle that all origins begin at the same place of; 1 without one. */
  readonly cycle: number;
}

/**
 * Hours of a day, and months of a year, differ in their errors: origins are at the same place in the cycle, if enough are.
 * Forecasts that cannot know the cycle yet have larger errors than the one that is banded.
 */
function originsOf({ values, frequency }: Series, horizon: number): Origins {
  const { length } = values;
  const periods = seasonalPeriods(frequency, length);
  const cycle = periods.find((period) => period <= LONGEST_CYCLE) ?? 1;
  const learned = Math.min(CYCLES_KNOWN * (periods.at(-1) ?? 1), Math.floor(length / 2));
  const minimum = Math.max(horizon, Math.ceil(FIRST_SHARE * length), FEWEST_VALUES, learned);
  const origins = Math.max(ORIGINS, Math.ceil(WANTED_ERRORS / horizon));
  const options = { horizon, minimum, origins, spacing: Math.ceil(horizon / 2) };
  const inCycle = { ...options, step: cycle };
  const count = spreadOrigins(length, inCycle).length;
  const isEnough = count >= FEWEST_IN_CYCLE && count * horizon >= WANTED_ERRORS;
  return isEnough ? { options: inCycle, cycle } : { options, cycle: 1 };
}

/** Errors of the repeated forecasts, and of those that the choice was made by, by origin. */
function errorsOf({ series, choice, candidates }: ChosenForecast, { options, cycle }: Origins): BacktestResidual[][] {
  const { length } = series.values;
  // The choice compares at its own origins: only those at the same place in the cycle are alike.
  const recent = backtestResiduals(choice.result).filter(({ origin }) => (length - origin) % cycle === 0);
  const known = new Set(recent.map(({ origin }) => origin));
  const replayed = backtestResiduals(replayChoice(choice, series, candidates, options));
  const byOrigin = new Map<number, BacktestResidual[]>();
  for (const residual of [...replayed.filter(({ origin }) => !known.has(origin)), ...recent])
    byOrigin.set(residual.origin, [...(byOrigin.get(residual.origin) ?? []), residual]);
  return [...byOrigin.values()];
}

/**
 * Errors of each origin in units of the change of the series as it was known then.
 * @returns (origins,) of (horizon,), signed; NaN = unknown.
 */
function scaledErrors(
  { series, mean: ahead }: ChosenForecast,
  byOrigin: readonly BacktestResidual[][],
): Float64Array[] {
  const values = Array.from(series.values);
  return byOrigin.map((residuals) => {
    const scale = recentChange(values.slice(0, residuals[0]!.origin), ahead.length);
    const errors = new Float64Array(ahead.length).fill(NaN);
    for (const { step, residual } of residuals) errors[step - 1] = residual / scale;
    return errors;
  });
}

/** Errors with both signs: one series has too few of them to tell its two tails apart. */
function calibrationPoints(found: readonly Float64Array[], sizes: readonly Float64Array[]): CalibrationPoint[] {
  return found.flatMap((errors, at) =>
    [...errors].flatMap((error, i) =>
      Number.isNaN(error)
        ? []
        : [1, -1].map((sign) => ({ horizon: i + 1, mean: 0, actual: sign * error, scale: sizes[at]![i]! })),
    ),
  );
}

function bandsFrom(found: readonly Float64Array[], cycle: number, { series, choice, mean: ahead }: ChosenForecast) {
  const horizon = ahead.length;
  const absolute = found.map((errors) => errors.map(Math.abs));
  const points = calibrationPoints(found, sizeByStepWithout(absolute, horizon, cycle));
  const state = fitConformal(points, { levels: LEVELS, buckets: [horizon] });
  const size = sizeByStep(absolute, horizon, cycle);
  const unit = recentChange(series.values, horizon);
  const floor = choice.state.floor ?? -Infinity;
  return Array.from(ahead, (middle, i) =>
    conformalBands(state, { horizon: i + 1, mean: middle, scale: unit * size[i]! }).map(({ level, low, high }) => ({
      level,
      low: Math.max(floor, low),
      high: Math.max(floor, high),
    })),
  );
}

/** `4 earlier forecasts over 12 steps that do not overlap`. */
function horizonsText(count: number, horizon: number): string {
  if (count < 2) return `${count === 0 ? 'no' : 'one'} earlier forecast over ${horizon} steps`;
  return `${count} earlier forecasts over ${horizon} steps that do not overlap`;
}

/** Number of earlier forecasts that do not overlap. */
function countHorizons(series: Series, horizon: number): number {
  const { minimum } = originsOf(series, horizon).options;
  return spreadOrigins(series.values.length, { horizon, minimum, origins: Infinity }).length;
}

/**
 * Bands of one series from its own earlier errors: the chosen forecast is repeated at origins over the whole history, its
 * errors are measured in units of the recent change (`recentChange`) and of the other origins' mean error at their step
 * (`sizeByStepWithout`), and split conformal prediction bounds their size. A short series has few errors that do not
 * overlap: below three horizons or 40 errors there are no bands, below six horizons there is a warning.
 * @throws PipelineError `NOT_FINITE` for values out of all bounds.
 */
export function seriesBands(forecast: ChosenForecast): SeriesBands {
  const horizon = forecast.mean.length;
  const count = countHorizons(forecast.series, horizon);
  const none = (found: string): SeriesBands => ({ bands: null, warning: `no bands: ${found} are needed` });
  if (count < FEWEST_HORIZONS)
    return none(`the history has room for ${horizonsText(count, horizon)}, ${FEWEST_HORIZONS}`);
  const origins = originsOf(forecast.series, horizon);
  const byOrigin = errorsOf(forecast, origins);
  const known = byOrigin.flat().length;
  if (known < FEWEST_ERRORS) return none(`earlier forecasts have ${known} known errors, ${FEWEST_ERRORS}`);
  const warning = `the bands rest on ${horizonsText(count, horizon)}: they may cover clearly more or less than they say`;
  const bands = bandsFrom(scaledErrors(forecast, byOrigin), origins.cycle, forecast);
  return { bands, warning: count < ENOUGH_HORIZONS ? warning : null };
}
