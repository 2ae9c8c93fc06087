import type { Mode } from '../curve.js';
import type { Holiday } from './holidays.js';
import type { SeasonGap } from './season-gaps.js';

/** A fitted seasonality. */
export interface FittedSeasonality {
  readonly name: string;
  readonly period: number;
  readonly mode: Mode;
  readonly condition: string | null;
  /** Alternating sine and cosine coefficients, slowest wave first, in units of the scale. */
  readonly coefficients: readonly number[];
  /** Where its forecast is a line instead of the waves. Absent: nowhere. */
  readonly gaps?: readonly SeasonGap[];
}

/** A fitted holiday: one coefficient for each day of its window, earliest first. */
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

/** Fitted state of Prophet, as plain JSON. */
export interface ProphetState {
  readonly schemaVersion: 1;
  readonly growth: 'linear' | 'flat' | 'logistic';
  /** Day since the epoch where t = 0, the first of the history. */
  readonly origin: number;
  /** Days in one unit of t; t = 1 is the last day of the history. */
  readonly span: number;
  /** Values are `floor + scale · (…)`. */
  readonly scale: number;
  readonly floor: number;
  /** True when no value of the history is negative: no forecast is, then. */
  readonly nonNegative?: true;
  /** Saturation in units of the scale; 0 unless growth is logistic. */
  readonly cap: number;
  /** Growth rate k of the paper. */
  readonly rate: number;
  /** Offset m of the paper. */
  readonly offset: number;
  readonly changepoints: readonly number[];
  readonly changes: readonly number[];
  /** Observation noise in units of the scale. */
  readonly sigma: number;
  readonly seasonalities: readonly FittedSeasonality[];
  readonly holidays: readonly FittedHoliday[];
  readonly regressors: readonly FittedRegressor[];
  /** Log posterior at the solution, without the constants that Stan drops. */
  readonly logPosterior: number;
  /** Number of steps of the search. */
  readonly iterations: number;
}
