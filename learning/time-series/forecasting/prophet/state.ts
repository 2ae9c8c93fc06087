import type { Mode } from '../curve.js';
import type { Holiday } from './holidays.js';

/** A fitted cycle. */
export interface FittedSeasonality {
  readonly name: string;
  readonly period: number;
  readonly mode: Mode;
  readonly condition: string | null;
  /** Sine and cosine in turn, from the slowest wave, in units of the scale. */
  readonly coefficients: readonly number[];
}

/** A fitted holiday: one effect for each day of its window, from the earliest. */
export interface FittedHoliday extends Required<Omit<Holiday, 'priorScale'>> {
  readonly mode: Mode;
  readonly coefficients: readonly number[];
}

/** A fitted regressor: `coefficient · (value − mean) / deviation`. */
export interface FittedRegressor {
  readonly name: string;
  readonly mode: Mode;
  readonly mean: number;
  readonly deviation: number;
  readonly coefficient: number;
}

/** What Prophet learned, as plain JSON. */
export interface ProphetState {
  readonly schemaVersion: 1;
  readonly growth: 'linear' | 'flat' | 'logistic';
  /** Day of t = 0 and days in one unit of t; t = 1 is the last day of the history. */
  readonly origin: number;
  readonly span: number;
  /** Values are `floor + scale · (…)`. */
  readonly scale: number;
  readonly floor: number;
  /** Saturation in units of the scale; 0 unless growth is logistic. */
  readonly cap: number;
  /** Growth rate k and offset m of Prophet's paper. */
  readonly rate: number;
  readonly offset: number;
  readonly changepoints: readonly number[];
  readonly changes: readonly number[];
  /** Observation noise in units of the scale. */
  readonly sigma: number;
  readonly seasonalities: readonly FittedSeasonality[];
  readonly holidays: readonly FittedHoliday[];
  readonly regressors: readonly FittedRegressor[];
  /** Logarithm of the posterior at the solution, up to Stan's dropped constants. */
  readonly logPosterior: number;
  /** Steps that the search took. */
  readonly iterations: number;
}
