import { defaultCandidates } from './candidates.js';
import { chooseForecaster, type Choice } from './choice.js';
import { predictState } from './forecaster.js';
import { fillGaps, type Series } from './series.js';
import { seriesBands, type SeriesBands } from './series-bands.js';

/** The forecast of one series, with what it rests on. */
export interface SeriesForecast extends SeriesBands {
  /** (horizon,) in the unit of the series. */
  readonly mean: Float64Array;
  readonly choice: Choice;
}

/** Origins of the comparison. */
const ORIGINS = 6;
/** A comparison looks ahead over at most this share of the history, so that enough is left to learn from. */
const LONGEST_LOOK = 0.25;

/** How the candidates are compared: origins a horizon apart where the history is long enough, else closer together. */
function comparison(length: number, horizon: number): { horizon: number; origins: number; stride: number } {
  const ahead = Math.max(1, Math.min(horizon, Math.floor(LONGEST_LOOK * length)));
  const room = Math.floor(length / 2) - ahead;
  const stride = Math.max(1, Math.min(ahead, Math.floor(room / (ORIGINS - 1))));
  return { horizon: ahead, origins: ORIGINS, stride };
}

/**
 * Forecasts one series that nothing else is known of: chooses among the default candidates by rolling origin and fits
 * the choice to the whole series. Deterministic.
 * @param horizon - steps ahead, ≥ 1.
 * @throws PipelineError `TOO_FEW_ROWS` without a value; `NOT_FINITE`, `INVALID_INPUT`.
 */
export function forecastSeries(series: Series, horizon: number): SeriesForecast {
  const { values } = fillGaps(series);
  const candidates = defaultCandidates(series.frequency);
  const choice = chooseForecaster(series, candidates, comparison(values.length, horizon));
  const { mean } = predictState(choice.state, horizon);
  return { mean, choice, ...seriesBands({ series, candidates, choice, mean }) };
}
