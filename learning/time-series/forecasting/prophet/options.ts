import type { Mode } from '../curve.js';
import type { Holiday } from './holidays.js';

/** A cycle written as `order` pairs of sine and cosine. */
export interface SeasonalityOptions {
  readonly name: string;
  /** Days in the cycle: 365.25, 7, 1, 30.4375 … */
  readonly period: number;
  /** Pairs of waves; higher orders follow sharper shapes and overfit sooner. */
  readonly order: number;
  /** Standard deviation of the prior of the coefficients. @default seasonalityPriorScale */
  readonly priorScale?: number;
  /** @default the model's mode */
  readonly mode?: Mode;
  /** Column of `conditions` with 1 where the cycle applies and 0 elsewhere. @default it applies always */
  readonly condition?: string;
}

/** A column that is known for past and future days. */
export interface RegressorOptions {
  readonly name: string;
  /** @default holidaysPriorScale, as in Prophet */
  readonly priorScale?: number;
  /** @default the model's mode */
  readonly mode?: Mode;
  /** Whether the column is centred and scaled; `auto` does not scale columns of 0 and 1. @default 'auto' */
  readonly standardize?: boolean | 'auto';
}

/** `auto` as in Prophet: on when the history has two cycles and is dense enough; a number is the order. */
export type AutoSeasonality = 'auto' | false | number;

/** Names, meanings and defaults are Prophet's (Taylor and Letham 2018; package prophet 1.1). */
export interface ProphetOptions {
  /** Trend: piecewise linear, logistic below a cap, or constant. @default 'linear' */
  readonly growth?: 'linear' | 'flat' | 'logistic';
  /** Days since the epoch at which the rate may change. @default evenly over the first `changepointRange` */
  readonly changepoints?: readonly number[];
  /** @default 25, fewer on short series */
  readonly changepointCount?: number;
  /** @default 0.8 */
  readonly changepointRange?: number;
  /** Scale of the Laplace prior of the rate changes; smaller = straighter trend. @default 0.05 */
  readonly changepointPriorScale?: number;
  readonly yearly?: AutoSeasonality;
  readonly weekly?: AutoSeasonality;
  readonly daily?: AutoSeasonality;
  /**
   * A cycle of 30.4375 days; `auto` is order 5 with two months of daily data. Prophet does not have it, and payments on
   * fixed days of the month do not follow a sine wave, so it is off by default. @default false
   */
  readonly monthly?: AutoSeasonality;
  /** Further cycles. @default none */
  readonly seasonalities?: readonly SeasonalityOptions[];
  /** Whether effects are added to the trend or are shares of it. @default 'additive' */
  readonly mode?: Mode;
  /** @default 10 */
  readonly seasonalityPriorScale?: number;
  readonly holidays?: readonly Holiday[];
  /** @default 10 */
  readonly holidaysPriorScale?: number;
  readonly regressors?: readonly RegressorOptions[];
}

/** Columns by name, each with one number for each day. */
export type NamedColumns = Readonly<Record<string, ArrayLike<number>>>;

/** Days with their regressors and conditions, past or future. */
export interface ProphetColumns {
  /** Days since the epoch, fractions allowed, in any order, with gaps. */
  readonly days: ArrayLike<number>;
  /** Regressors by name. */
  readonly regressors?: NamedColumns;
  /** 0 or 1 for each conditional seasonality. */
  readonly conditions?: NamedColumns;
}

/** History to fit. */
export interface ProphetData extends ProphetColumns {
  /** (n,) NaN = missing; such rows are left out. */
  readonly values: ArrayLike<number>;
  /** Saturation of logistic growth, in the unit of the values, above the floor. */
  readonly cap?: number;
  /** Lower bound of logistic growth. @default 0 */
  readonly floor?: number;
}
