import type { ForecastCurve, Spread, Wave } from '../curve.js';
import { defineForecaster, type Forecaster } from '../forecaster.js';
import { steadySpread } from '../naive.js';
import { periodDays, type Frequency, type Series } from '../series.js';
import type { ProphetOptions } from './options.js';
import { bendRate, fitProphet, prophetTrend } from './prophet.js';
import type { ProphetState } from './state.js';

/**
 * Settings that do not overfit short series: few waves with tight priors and a stiff trend. Prophet's own defaults (20
 * yearly and 25 trend parameters) lose to simple means on two or three years of months.
 */
const CALM: Readonly<Record<Frequency, ProphetOptions>> = {
  month: { yearly: 2, weekly: false, daily: false },
  week: { yearly: 3, weekly: false, daily: false },
  day: { yearly: 3, weekly: 3, daily: false },
  hour: { yearly: false, weekly: 6, daily: 6 },
};
const CALM_PRIORS: ProphetOptions = { seasonalityPriorScale: 0.1, changepointPriorScale: 0.01, changepointCount: 10 };

/** Yearly waves need two years to be told from the trend. */
function calmOptions({ frequency }: Series, days: Float64Array): ProphetOptions {
  const options = { ...CALM[frequency], ...CALM_PRIORS };
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

/** The trend and waves of a fitted Prophet as a curve; holidays, regressors and conditions are `Shifts` beside it. */
export function prophetCurve(state: ProphetState): ForecastCurve {
  const spread: Spread = { ...steadySpread(state.sigma * state.scale), bends: bendRate(state) };
  const seasons: ForecastCurve['seasons'] = [];
  return { trend: prophetTrend(state), seasons, waves: wavesOf(state), scale: state.scale, log: false, spread };
}

export interface ProphetForecasterOptions {
  /** @default 'prophet' */
  readonly name?: string;
  /** Options in place of the calm ones, without holidays, regressors, conditions and logistic growth. */
  readonly options?: Omit<ProphetOptions, 'holidays' | 'regressors' | 'growth'> & {
    readonly growth?: 'linear' | 'flat';
  };
}

/**
 * Prophet as one of the forecasters of a regular series, with settings that suit short series unless told otherwise.
 * For holidays, regressors and capacities use `fitProphet`.
 */
export function prophetForecaster({ name = 'prophet', options }: ProphetForecasterOptions = {}): Forecaster {
  return defineForecaster({
    name,
    minimum: 3,
    fit(values, series) {
      const cut = series.values.length - values.length;
      const days = periodDays(series, cut, values.length);
      const state = fitProphet({ days, values }, options ?? calmOptions(series, days));
      return { curve: prophetCurve(state), details: { logPosterior: state.logPosterior, sigma: state.sigma } };
    },
  });
}
