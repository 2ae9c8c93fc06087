import { PipelineError } from '../../../contracts/errors.js';
import { requireInteger } from '../../checks.js';
import { evaluateCurve, evaluateSpread, type ForecastCurve, type Outlook, type Shifts } from './curve.js';
import { countObserved, fillGaps, type Series } from './series.js';

/** One curve with its weight in the forecast; the weights of a state sum to 1. */
export interface WeightedCurve extends ForecastCurve {
  readonly weight: number;
}

/**
 * Fitted state of every forecaster: a few curves to be averaged, as plain JSON (a few kB). `predict` and the ONNX graph
 * need nothing else.
 */
export interface ForecasterState {
  readonly schemaVersion: 1;
  readonly forecaster: string;
  readonly outlook: Outlook;
  readonly curves: readonly WeightedCurve[];
  /** Lower bound of each curve; null when the series has negative values. */
  readonly floor: number | null;
  /** For inspection: the selected form and its parameters. */
  readonly details: Readonly<Record<string, number | string>>;
}

/** Steps 1 … horizon after the end of the series. */
export interface Forecast {
  /** Expected values, in the unit of the series; always finite. */
  readonly mean: Float64Array;
  /** Standard deviation of the error by the model's own formula; to be calibrated before it is shown to users. */
  readonly sd: Float64Array;
}

export interface ForecasterOptions {
  /** State that the same forecaster was fitted to on an earlier part of the series: the start of the search. */
  readonly previous?: ForecasterState | undefined;
}

/** A frozen value: `fit` turns one series into plain data, `predict` takes that data. Deterministic. */
export interface Forecaster {
  /** Kebab-case; stored states carry it. */
  readonly name: string;
  /** Forecasters of which this one is the equal-weight mean; empty for every forecaster that is not a combination. */
  readonly members: readonly Forecaster[];
  /**
   * @throws PipelineError `TOO_FEW_ROWS` when the series is too short for this method (all-missing included);
   *   `NOT_FINITE` on infinite values.
   */
  fit(series: Series, options?: ForecasterOptions): ForecasterState;
  /** @throws PipelineError `INVALID_INPUT` when the horizon is not a whole number ≥ 1. */
  predict(state: ForecasterState, horizon: number, shifts?: Shifts): Forecast;
}

/** What the author of a forecaster writes. */
export interface ForecasterDefinition {
  readonly name: string;
  /** Smallest number of observed values that it can be fitted on. */
  readonly minimum: number;
  /** @param values - without gaps, at least `minimum`.  @param series - as given, for its calendar. */
  fit(values: Float64Array, series: Series, previous: ForecasterState | undefined): LearnedCurve;
}

/** A fitted curve with details for inspection. */
export interface LearnedCurve {
  readonly curve: ForecastCurve;
  readonly details?: Readonly<Record<string, number | string>>;
}

/**
 * Mean and standard deviation at the steps after the series.
 * @param shifts - effects of holidays and regressors at these steps; applied to every curve.
 * @throws PipelineError `INVALID_INPUT` when the horizon is not a whole number ≥ 1.
 */
export function predictState(state: ForecasterState, horizon: number, shifts?: Shifts): Forecast {
  requireInteger('horizon', horizon, 1);
  const mean = new Float64Array(horizon);
  const sd = new Float64Array(horizon);
  const floor = state.floor ?? -Infinity;
  for (const curve of state.curves) {
    const values = evaluateCurve(curve, state.outlook, horizon, shifts);
    const spread = evaluateSpread(curve, state.outlook, values);
    for (let i = 0; i < horizon; i++) {
      mean[i]! += curve.weight * Math.max(values[i]!, floor);
      sd[i]! += curve.weight * spread[i]!;
    }
  }
  return { mean, sd };
}

const smallest = (values: Float64Array): number => values.reduce((low, value) => Math.min(low, value), Infinity);

/** Forecasts of a series without negative values are not negative. */
const floorOf = (values: Float64Array): number | null => (smallest(values) >= 0 ? 0 : null);

/** Declares a forecaster that is fitted as one curve. */
export function defineForecaster(definition: ForecasterDefinition): Forecaster {
  return Object.freeze({
    name: definition.name,
    members: [],
    fit(series: Series, { previous }: ForecasterOptions = {}): ForecasterState {
      const { values } = fillGaps(series, definition.minimum);
      const { curve, details } = definition.fit(values, series, previous);
      return {
        schemaVersion: 1 as const,
        forecaster: definition.name,
        outlook: { frequency: series.frequency, start: series.start, length: series.values.length },
        curves: [{ ...curve, weight: 1 }],
        floor: floorOf(values),
        details: details ?? {},
      };
    },
    predict: predictState,
  });
}

/** Weighted mean of states that were fitted on the same series. @param weights - sum to 1. @default equal */
export function blendStates(
  name: string,
  states: readonly ForecasterState[],
  weights: readonly number[] = states.map(() => 1 / states.length),
): ForecasterState {
  const members = states.map((state, i) => `${state.forecaster} ${weights[i]!.toFixed(3)}`);
  return {
    ...states[0]!,
    forecaster: name,
    curves: states.flatMap(({ curves }, i) =>
      curves.map((curve) => ({ ...curve, weight: curve.weight * weights[i]! })),
    ),
    details: { members: members.join(', ') },
  };
}

/**
 * Equal-weight mean of several forecasters. Members for which the series is too short are left out.
 * @throws PipelineError `TOO_FEW_ROWS` when the series is too short for every member.
 */
export function combination(name: string, members: readonly Forecaster[]): Forecaster {
  return Object.freeze({
    name,
    members,
    fit(series: Series): ForecasterState {
      const states = members.map((member) => fitOrNull(member, series)).filter((state) => state !== null);
      if (states.length > 0) return blendStates(name, states);
      throw seriesTooShort(`member of ${name}`, series);
    },
    predict: predictState,
  });
}

/** `TOO_FEW_ROWS` of a series. @param forecasters - `candidate` or `member of …`. */
export const seriesTooShort = (forecasters: string, { values }: Series): PipelineError =>
  new PipelineError('TOO_FEW_ROWS', `${countObserved(values)} values are too few for every ${forecasters}`);

/** The fitted state, or null when the series is too short for this forecaster. Rethrows other errors. */
export function fitOrNull(
  forecaster: Forecaster,
  series: Series,
  options: ForecasterOptions = {},
): ForecasterState | null {
  try {
    return forecaster.fit(series, options);
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'TOO_FEW_ROWS') return null;
    throw error;
  }
}
