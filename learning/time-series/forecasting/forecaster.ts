import { PipelineError } from '../../../contracts/errors.js';
import { requireInteger } from '../../checks.js';
import { evaluateCurve, evaluateSpread, type ForecastCurve, type Outlook, type Shifts } from './curve.js';
import { countObserved, fillGaps, type Series } from './series.js';

/** One curve with its part in the forecast; the weights of a state sum to 1. */
export interface WeightedCurve extends ForecastCurve {
  readonly weight: number;
}

/**
 * What every forecaster learns: a few curves to be averaged, as plain JSON (a few kB). `predict` and the ONNX graph
 * read nothing else.
 */
export interface ForecasterState {
  readonly schemaVersion: 1;
  readonly forecaster: string;
  readonly outlook: Outlook;
  readonly curves: readonly WeightedCurve[];
  /** Each curve is raised to this; null when the series has negative values. */
  readonly floor: number | null;
  /** What a person may want to know: the form that was chosen, its parameters. */
  readonly details: Readonly<Record<string, number | string>>;
}

/** Steps 1 … horizon after the end of the series. */
export interface Forecast {
  /** Expected values, in the unit of the series; always finite. */
  readonly mean: Float64Array;
  /** Standard deviation of the error by the model's own formula; calibrate it before it is shown to people. */
  readonly sd: Float64Array;
}

export interface ForecasterOptions {
  /** A state that the same forecaster learned from an earlier part of the series: where to start searching. */
  readonly previous?: ForecasterState | undefined;
}

/** A frozen value: `fit` learns plain data from one series, `predict` takes it. Deterministic. */
export interface Forecaster {
  /** Kebab-case; stored states carry it. */
  readonly name: string;
  /** Forecasters whose equal-weight mean this one is; empty for one that learns by itself. */
  readonly members: readonly Forecaster[];
  /**
   * @throws PipelineError `TOO_FEW_ROWS` when the series is too short for this method (all-missing included);
   *   `NOT_FINITE` on infinite values.
   */
  fit(series: Series, options?: ForecasterOptions): ForecasterState;
  /** @throws PipelineError `INVALID_INPUT` when the horizon is no whole number ≥ 1. */
  predict(state: ForecasterState, horizon: number, shifts?: Shifts): Forecast;
}

/** What an author of a forecaster writes. */
export interface ForecasterDefinition {
  readonly name: string;
  /** Fewest observed values it can learn from. */
  readonly minimum: number;
  /** @param values - without gaps, at least `minimum`.  @param series - as given, for its calendar. */
  fit(values: Float64Array, series: Series, previous: ForecasterState | undefined): LearnedCurve;
}

/** A curve and what is to be told about it. */
export interface LearnedCurve {
  readonly curve: ForecastCurve;
  readonly details?: Readonly<Record<string, number | string>>;
}

/**
 * Mean and standard deviation at the steps after the series.
 * @param shifts - effects of holidays and regressors in these steps; applied to every curve.
 * @throws PipelineError `INVALID_INPUT` when the horizon is no whole number ≥ 1.
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

/** Amounts and counts never turn negative by extrapolation; series with negative values may. */
const floorOf = (values: Float64Array): number | null => (smallest(values) >= 0 ? 0 : null);

/** Declares a forecaster that learns one curve. */
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

/** States learned from the same series as one. @param weights - sum to 1. @default equal */
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
 * The mean of several forecasters. A member that cannot learn from the series (too short for it) is left out.
 * @throws PipelineError `TOO_FEW_ROWS` when no member can.
 */
export function combination(name: string, members: readonly Forecaster[]): Forecaster {
  return Object.freeze({
    name,
    members,
    fit(series: Series): ForecasterState {
      const states = members.map((member) => fitOrNull(member, series)).filter((state) => state !== null);
      if (states.length > 0) return blendStates(name, states);
      throw cannotLearn(`member of ${name}`, series);
    },
    predict: predictState,
  });
}

/** `TOO_FEW_ROWS`. @param who - `candidate` or `member of …`. */
export const cannotLearn = (who: string, { values }: Series): PipelineError =>
  new PipelineError('TOO_FEW_ROWS', `no ${who} can learn from ${countObserved(values)} values`);

/** The state, or null when the series is too short for this forecaster. Other faults are thrown. */
export function fitOrNull(
  forecaster: Forecaster,
  series: Series,
  options: ForecasterOptions = {},
): ForecasterState | null {
  try {
    return forecaster.fit(series, options);
  } catch (fault) {
    if (fault instanceof PipelineError && fault.code === 'TOO_FEW_ROWS') return null;
    throw fault;
  }
}
