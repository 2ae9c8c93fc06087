import type { ForecastCurve, Spread, Wave } from '../curve.js';
import { defineForecaster, type Forecaster } from '../forecaster.js';
import { constantSpread } from '../naive.js';
import { periodDays, type Frequency, type Series } from '../series.js';
import type { ProphetOptions } from './options.js';
import { changepointVariance, fitProphet, prophetTrend } from './prophet.js';
import type { ProphetState } from './state.js';

/**
 * Options for short series: few waves with tight priors and few changepoints. With Prophet's own defaults (20 yearly and
 * 25 trend parameters) forecasts of two or three years of months are less accurate than simple means.
 */
const SHORT_SERIES: Readonly<Record<Frequency, ProphetOptions>> = {
  year: { yearly: false, weekly: false, daily: false },
  quarter: { yearly: 1, weekly: false, daily: false },
  month: { yearly: 2, weekly: false, daily: false },
  week: { yearly: 3, weekly: false, daily: false },
  day: { yearly: 3, weekly: 3, daily: false },
  hour: { yearly: false, weekly: 6, daily: 6 },
};
const TIGHT_PRIORS: ProphetOptions = { seasonalityPriorScale: 0.1, changepointPriorScale: 0.01, changepointCount: 10 };

/** Yearly waves are left out below two years, where they cannot be distinguished from the trend. */
function shortSeriesOptions({ frequency }: Series, days: Float64Array): ProphetOptions {
  const options = { ...SHORT_SERIES[frequency], ...TIGHT_PRIORS };
  return days.at(-1)! - days[0]! < 699 ? { ...options, yearly: false } : options;
}

function wavesOf(state: ProphetState): Wave[] {
  return state.seasonalities.flatMap(({ period, mode, coefficients }) =>
    Array.from({ length: coefficients.length / 2 }, (_, i) => ({
      mode,
      frequency: (2 * Math.PI * (i + 1)) / period,
      sine: coefficients[2 * i]!,
      cosine: coefficients[2 * i + 1]!,
    })),
  );
}

/**
 * Trend and waves of a fitted Prophet model as a curve; holidays and regressors are passed as `Shifts`. Gaps of a cycle
 * have no place in it: a regular series has none.
 */
export function prophetCurve(state: ProphetState): ForecastCurve {
  const spread: Spread = {
    ...constantSpread(state.sigma * state.scale),
    changepointVariance: changepointVariance(state),
  };
  return { trend: prophetTrend(state), seasons: [], waves: wavesOf(state), scale: state.scale, log: false, spread };
}

export interface ProphetForecasterOptions {
  /** @default 'prophet' */
  readonly name?: string;
  /** Options without holidays, regressors, conditions and logistic growth. @default few waves and tight priors */
  readonly options?: Omit<ProphetOptions, 'holidays' | 'regressors' | 'growth'> & {
    readonly growth?: 'linear' | 'flat';
  };
}

/**
 * Prophet as a forecaster of a regular series, by default with options for short series. For holidays, regressors and
 * logistic growth use `fitProphet`.
 */
export function prophetForecaster({ name = 'prophet', options }: ProphetForecasterOptions = {}): Forecaster {
  return defineForecaster({
    name,
    minimum: 3,
    fit(values, series) {
      const cut = series.values.length - values.length;
      const days = periodDays(series, cut, values.length);
      const state = fitProphet({ days, values }, options ?? shortSeriesOptions(series, days));
      return { curve: prophetCurve(state), details: { logPosterior: state.logPosterior, sigma: state.sigma } };
    },
  });
}
