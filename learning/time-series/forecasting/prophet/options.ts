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
  /** Column of `conditions` that says where the cycle applies (0 or 1). @default it applies always */
  readonly condition?: string;
}

/** A column known for past and future. */
export interface RegressorOptions {
  readonly name: string;
  /** @default holidaysPriorScale, as in Prophet */
  readonly priorScale?: number;
  /** @default the model's mode */
  readonly mode?: Mode;
  /** Whether the column is centred and scaled; `auto` leaves columns of 0 and 1 alone. @default 'auto' */
  readonly standardize?: boolean | 'auto';
}

/** `auto` as in Prophet: on when the history shows two cycles and is dense enough; a number is the order. */
export type AutoSeasonality = 'auto' | false | number;

/** Names, meanings and defaults are Prophet's (Taylor and Letham 2018; package prophet 1.1). */
export interface ProphetOptions {
  /** Shape of the trend: straight pieces, saturating below a cap, or none. @default 'linear' */
  readonly growth?: 'linear' | 'flat' | 'logistic';
  /** Days since the epoch at which the trend may bend. @default evenly over the first `changepointRange` */
  readonly changepoints?: readonly number[];
  /** @default 25, fewer on short series */
  readonly changepointCount?: number;
  /** @default 0.8 */
  readonly changepointRange?: number;
  /** Scale of the Laplace prior of the bends; smaller = straighter. @default 0.05 */
  readonly changepointPriorScale?: number;
  readonly yearly?: AutoSeasonality;
  readonly weekly?: AutoSeasonality;
  readonly daily?: AutoSeasonality;
  /**
   * A cycle of 30.4375 days, of order 5 when `auto` finds days and two months of them. Prophet has none, and bills on
   * fixed days are no waves: off unless asked for. @default false
   */
  readonly monthly?: AutoSeasonality;
  /** Further cycles. @default none */
  readonly seasonalities?: readonly SeasonalityOptions[];
  /** Whether effects are added or grow with the trend. @default 'additive' */
  readonly mode?: Mode;
  /** @default 10 */
  readonly seasonalityPriorScale?: number;
  readonly holidays?: readonly Holiday[];
  /** @default 10 */
  readonly holidaysPriorScale?: number;
  readonly regressors?: readonly RegressorOptions[];
}

/** Numbers by name, one for each day asked for. */
export type NamedColumns = Readonly<Record<string, ArrayLike<number>>>;

/** What goes with days, in the past as in the future. */
export interface ProphetColumns {
  /** Days since the epoch, fractions allowed, in any order, with gaps. */
  readonly days: ArrayLike<number>;
  /** Regressors by name. */
  readonly regressors?: NamedColumns;
  /** 0 or 1 for each conditional seasonality. */
  readonly conditions?: NamedColumns;
}

/** History. */
export interface ProphetData extends ProphetColumns {
  /** (n,) NaN = missing, left out. */
  readonly values: ArrayLike<number>;
  /** Saturation of logistic growth, in the unit of the values, above the floor. */
  readonly cap?: number;
  /** Lower bound of logistic growth. @default 0 */
  readonly floor?: number;
}
