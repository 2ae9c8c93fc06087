import { poolAdjacentViolators } from '../../evaluation/calibration/isotonic.js';
import { type Band, type CalibrationPoint, conformalBands, fitConformal } from '../../evaluation/conformal/index.js';
import { mean } from '../../numeric/statistics/mean.js';
import { type BacktestResidual, backtestResiduals } from './backtest.js';
import type { Choice } from './choice.js';
import type { Forecaster } from './forecaster.js';
import { replayChoice, spreadOrigins } from './replay.js';
import { typicalChange } from './scale.js';
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
/** Longer cycles leave too few origins. */
const LONGEST_CYCLE = 24;
/** Share of the history before the first origin: with less the forecasts are unlike the one that is banded. */
const FIRST_SHARE = 0.2;
/** Cycles of a season before the first origin, where half of the history has so many. */
const CYCLES_KNOWN = 3;
/** Fewest values before the first origin. */
const FEWEST_VALUES = 8;
/** Horizons without overlap between the first origin and the end: fewer carry no bands, below the second bound uncertain ones. */
const FEWEST_HORIZONS = 3;
const ENOUGH_HORIZONS = 6;

/**
 * Hours of a day, and months of a year, differ in their errors: origins are at the same place in the cycle, if enough are.
 * Forecasts that cannot know the cycle yet have larger errors than the one that is banded.
 */
function originsOf({ values, frequency }: Series, horizon: number) {
  const { length } = values;
  const cycle = seasonalPeriods(frequency, length).find((period) => period <= LONGEST_CYCLE) ?? 1;
  const learned = Math.min(CYCLES_KNOWN * cycle, Math.floor(length / 2));
  const minimum = Math.max(horizon, Math.ceil(FIRST_SHARE * length), FEWEST_VALUES, learned);
  const origins = Math.max(ORIGINS, Math.ceil(WANTED_ERRORS / horizon));
  const options = { horizon, minimum, origins, spacing: Math.ceil(horizon / 2) };
  const inCycle = { ...options, step: cycle };
  return spreadOrigins(length, inCycle).length >= FEWEST_IN_CYCLE ? inCycle : options;
}

/** Errors of the repeated forecasts, and of those that the choice was made by. */
function errorsOf({ series, choice, candidates, mean: ahead }: ChosenForecast): BacktestResidual[] {
  const recent = backtestResiduals(choice.result);
  const known = new Set(recent.map(({ origin }) => origin));
  const replayed = backtestResiduals(replayChoice(choice, series, candidates, originsOf(series, ahead.length)));
  return [...replayed.filter(({ origin }) => !known.has(origin)), ...recent];
}

/** Mean size of the scaled errors at each step, which never shrinks with the horizon. */
function shapeOf(points: readonly CalibrationPoint[], horizon: number): Float64Array {
  const sizes = Array.from({ length: horizon }, (): number[] => []);
  for (const point of points) sizes[point.horizon - 1]!.push(Math.abs(point.actual) / point.scale);
  const means = sizes.map((own) => mean(own, 0));
  const shape = new Float64Array(horizon);
  const blocks = poolAdjacentViolators(
    means,
    sizes.map((own) => Math.max(1, own.length)),
  );
  for (const { value, from, to } of blocks) shape.fill(Math.max(value, 1e-9), from, to + 1);
  return shape;
}

/** Errors in units of the usual change of the series over a horizon, as far as it was known at their origin. */
function scaledErrors(forecast: ChosenForecast): CalibrationPoint[] {
  const { series, mean: ahead } = forecast;
  const values = Array.from(series.values);
  const scales = new Map<number, number>();
  return errorsOf(forecast).map(({ origin, step, residual }) => {
    const scale = scales.get(origin) ?? typicalChange(values.slice(0, origin), ahead.length);
    scales.set(origin, scale);
    return { horizon: step, mean: 0, actual: residual, scale };
  });
}

function bandsFrom(errors: readonly CalibrationPoint[], { series, choice, mean: ahead }: ChosenForecast) {
  const shape = shapeOf(errors, ahead.length);
  // Errors count with both signs: one series has too few of them to tell its two tails apart.
  const scaled = errors.flatMap((point) => {
    const scale = point.scale * shape[point.horizon - 1]!;
    return [1, -1].map((sign) => ({ ...point, actual: sign * point.actual, scale }));
  });
  const state = fitConformal(scaled, { levels: LEVELS, buckets: [ahead.length] });
  const unit = typicalChange(series.values, ahead.length);
  const floor = choice.state.floor ?? -Infinity;
  return Array.from(ahead, (middle, i) =>
    conformalBands(state, { horizon: i + 1, mean: middle, scale: unit * shape[i]! }).map(({ level, low, high }) => ({
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
  const { minimum } = originsOf(series, horizon);
  return spreadOrigins(series.values.length, { horizon, minimum, origins: Infinity }).length;
}

/**
 * Bands of one series from its own earlier errors: the chosen forecast is repeated at origins over the whole history, its
 * errors are measured in units of the usual change and of the mean error at their step, and split conformal prediction
 * bounds their size. A short series has few errors that do not overlap: below three horizons or 40 errors there are no bands,
 * below six horizons there is a warning.
 * @throws PipelineError `NOT_FINITE` for values out of all bounds.
 */
export function seriesBands(forecast: ChosenForecast): SeriesBands {
  const horizon = forecast.mean.length;
  const count = countHorizons(forecast.series, horizon);
  const none = (found: string): SeriesBands => ({ bands: null, warning: `no bands: ${found} are needed` });
  if (count < FEWEST_HORIZONS)
    return none(`the history has room for ${horizonsText(count, horizon)}, ${FEWEST_HORIZONS}`);
  const errors = scaledErrors(forecast);
  if (errors.length < FEWEST_ERRORS)
    return none(`earlier forecasts have ${errors.length} known errors, ${FEWEST_ERRORS}`);
  const warning = `the bands rest on ${horizonsText(count, horizon)}: they may cover clearly more or less than they say`;
  return { bands: bandsFrom(errors, forecast), warning: count < ENOUGH_HORIZONS ? warning : null };
}
