import type { ForecastCurve, SeasonTable } from '../curve.js';
import { defineForecaster, type Forecaster, type ForecasterState } from '../forecaster.js';
import { constantSpread, flatTrend, plainCurve } from '../naive.js';
import { seasonalPeriods, type Series } from '../series.js';
import { bestFit, fitDetails, fitForm, type EtsFit, type SmoothingGuess } from './fit.js';
import { candidateForms, readForm, type EtsForm } from './form.js';

export interface EtsOptions {
  /** Steps in the season; 1 = none. @default the frequency's shortest cycle, if at most 24 steps and half the series */
  readonly period?: number;
  /** Candidate forms. @default a short list below 60 values, else all that the values allow */
  readonly forms?: readonly EtsForm[];
  /** Name in stored states. @default 'ets' */
  readonly name?: string;
}

/** Longest season with a state for each step (as in R's `ets`): longer ones have too few values for each state. */
const LONGEST_SEASON = 24;
/** Series shorter than this are fitted with the short list of forms. */
const SHORT_LIST_BELOW = 60;

/** A search that starts from the fit of an earlier part of the same series needs few evaluations. */
const REFIT_EVALUATIONS = 40;

/** The next cycle of the fitted season. */
function seasonTables({ form, period, end, length }: EtsFit): SeasonTable[] {
  if (form.season === 'N') return [];
  const ahead = Array.from({ length: period }, (_, i) => end.season[(length + i) % period]!);
  if (form.season === 'A') return [{ mode: 'additive', values: ahead }];
  return [{ mode: 'multiplicative', values: ahead.map((factor) => factor - 1) }];
}

/** Forecast curve of a fitted form. */
export function etsCurve(fit: EtsFit): ForecastCurve {
  const { form, smoothing, end, sigma, period } = fit;
  const damping = smoothing.phi;
  const slope = form.trend === 'N' ? 0 : end.slope;
  const spread = {
    ...constantSpread(sigma),
    relative: form.error === 'M',
    level: smoothing.alpha,
    slope: smoothing.beta,
    damping,
    season: smoothing.gamma,
    period: form.season === 'N' ? 1 : period,
  };
  return { ...plainCurve({ kind: 'damped', level: end.level, slope, damping }, spread), seasons: seasonTables(fit) };
}

/** Form and weights of an earlier state; null when the state has none (a constant series). */
function earlierGuess(previous: ForecasterState): { form: EtsForm; guess: SmoothingGuess } | null {
  const { form, alpha, beta, gamma, phi } = previous.details;
  const known = typeof form === 'string' ? readForm(form) : null;
  if (known === null) return null;
  return { form: known, guess: { alpha, beta, gamma, phi } as SmoothingGuess };
}

const isConstant = (values: Float64Array): boolean => values.every((value) => value === values[0]);

/**
 * Fits the forms and selects by AICc. With an earlier state its form is kept and the search starts from its weights.
 * @param values - (n,) finite.  @returns null when no form can be fitted.
 */
export function autoEts(
  values: Float64Array,
  { period, forms }: { readonly period: number; readonly forms?: readonly EtsForm[] | undefined },
  previous?: ForecasterState,
): EtsFit | null {
  const earlier = previous && earlierGuess(previous);
  if (earlier) {
    const again = fitForm(values, earlier.form, period, { guess: earlier.guess, maxEvaluations: REFIT_EVALUATIONS });
    if (again) return again;
  }
  const positive = values.every((value) => value > 0);
  const tried = forms ?? candidateForms(positive, period, values.length < SHORT_LIST_BELOW);
  const fits = tried.map((form) => fitForm(values, form, period)).filter((fit) => fit !== null);
  return fits.length > 0 ? bestFit(fits) : null;
}

function seasonOf({ frequency }: Series, length: number): number {
  const period = seasonalPeriods(frequency, length)[0] ?? 1;
  return period <= LONGEST_SEASON ? period : 1;
}

/**
 * Exponential smoothing with automatic selection of the form by AICc (Hyndman, Koehler, Ord and Snyder, Forecasting with
 * Exponential Smoothing, 2008; R's `forecast::ets` without multiplicative trends). Smoothing weights, initial level and
 * initial slope are estimated by maximum likelihood; the initial seasonal states are those of classical decomposition.
 */
export function ets({ period, forms, name = 'ets' }: EtsOptions = {}): Forecaster {
  return defineForecaster({
    name,
    minimum: 3,
    fit(values, series, previous) {
      if (isConstant(values)) return { curve: plainCurve(flatTrend(values[0]!), constantSpread(0)) };
      const fit = autoEts(values, { period: period ?? seasonOf(series, values.length), forms }, previous);
      if (fit === null) return { curve: plainCurve(flatTrend(values.at(-1)!), constantSpread(0)) };
      return { curve: etsCurve(fit), details: fitDetails(fit) };
    },
  });
}
