import type { Band } from '../../learning/evaluation/conformal/index.js';
import type { Choice } from '../../learning/time-series/forecasting/choice.js';
import type { Frequency } from '../../learning/time-series/forecasting/index.js';

/** One step ahead. */
export interface ForecastRow {
  /** The period, as the file writes its periods. */
  readonly ds: string;
  readonly forecast: number;
  /** The narrowest first; empty without bands. */
  readonly bands: readonly Band[];
}

/** A series with its forecast, as it is shown. */
export interface ForecastedSeries {
  readonly name: string;
  readonly frequency: Frequency;
  /** NaN = missing. */
  readonly history: readonly { readonly ds: string; readonly y: number }[];
  readonly shares: Choice['shares'];
  readonly backtest: { readonly mae: number; readonly origins: number };
  readonly rows: readonly ForecastRow[];
  readonly remarks: readonly string[];
}

/** Number of values that are not missing. */
export const countValues = ({ history }: Pick<ForecastedSeries, 'history'>): number =>
  history.filter(({ y }) => !Number.isNaN(y)).length;

/** `6 earlier forecasts`. */
export const countText = (origins: number): string => `${origins} earlier forecast${origins === 1 ? '' : 's'}`;

/** `ets 60 %, theta 40 %`. */
export const sharesText = ({ shares }: Pick<ForecastedSeries, 'shares'>): string =>
  shares.map(({ forecaster, weight }) => `${forecaster} ${Math.round(100 * weight)} %`).join(', ');
