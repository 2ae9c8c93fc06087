import type { EtsForm } from './form.js';

/** Smoothing weights: level α, slope β, season γ, damping φ. */
export interface Smoothing {
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
}

/** Level and slope before the first value, and one round of the season (`season[0]` belongs to the first value). */
export interface StartState {
  level: number;
  slope: number;
  readonly season: Float64Array;
}

/** Where a pass over the series ended; one object is used again and again, because a search makes thousands of passes. */
export interface FilterEnd extends Pass {
  /** One round; position `i mod period` belongs to value i. */
  readonly season: Float64Array;
}

/** A place for `filterSeries` to write to. */
export const filterEnd = (period: number): FilterEnd => ({
  level: 0,
  slope: 0,
  season: new Float64Array(period),
  squares: 0,
  product: 1,
  logs: 0,
});

/** Below this a multiplicative form divides by nothing. */
const SMALL = 1e-10;

/** What a pass carries from value to value; `product` collects forecasts, because logarithms are dear. */
interface Pass {
  level: number;
  slope: number;
  /** Σ e², e relative when the error is multiplicative. */
  squares: number;
  product: number;
  /** Σ log of the one-step forecasts; only for multiplicative errors. */
  logs: number;
}

/** Error of one value; relative and counted into the logarithms when the form's error is multiplicative. */
function judge(pass: Pass, value: number, forecast: number, relative: boolean): void {
  let error = value - forecast;
  if (relative) {
    error /= forecast;
    pass.product *= forecast;
    if (pass.product > 1e200 || pass.product < 1e-200) {
      pass.logs += Math.log(pass.product);
      pass.product = 1;
    }
  }
  pass.squares += error * error;
}

/** Level and slope after one value that is cleaned of its season. */
function advance(pass: Pass, clean: number, drift: number, { alpha, beta }: Smoothing): void {
  const base = pass.level + drift;
  const next = base + alpha * (clean - base);
  pass.slope = drift + (beta / alpha) * (next - base);
  pass.level = next;
}

function filterPlain(y: Float64Array, form: EtsForm, smoothing: Smoothing, pass: Pass): boolean {
  const relative = form.error === 'M';
  const phi = form.trend === 'N' ? 0 : smoothing.phi;
  for (let i = 0; i < y.length; i++) {
    const drift = phi * pass.slope;
    const forecast = pass.level + drift;
    if (relative && !(forecast > SMALL)) return false;
    judge(pass, y[i]!, forecast, relative);
    advance(pass, y[i]!, drift, smoothing);
  }
  return true;
}

function filterAdditive(y: Float64Array, form: EtsForm, smoothing: Smoothing, pass: Pass & { season: Float64Array }) {
  const relative = form.error === 'M';
  const phi = form.trend === 'N' ? 0 : smoothing.phi;
  const { season } = pass;
  for (let i = 0, at = 0; i < y.length; i++, at = at + 1 === season.length ? 0 : at + 1) {
    const drift = phi * pass.slope;
    const base = pass.level + drift;
    const s = season[at]!;
    if (relative && !(base + s > SMALL)) return false;
    judge(pass, y[i]!, base + s, relative);
    season[at] = s + smoothing.gamma * (y[i]! - base - s);
    advance(pass, y[i]! - s, drift, smoothing);
  }
  return true;
}

function filterShares(y: Float64Array, form: EtsForm, smoothing: Smoothing, pass: Pass & { season: Float64Array }) {
  const relative = form.error === 'M';
  const phi = form.trend === 'N' ? 0 : smoothing.phi;
  const { season } = pass;
  for (let i = 0, at = 0; i < y.length; i++, at = at + 1 === season.length ? 0 : at + 1) {
    const drift = phi * pass.slope;
    const base = pass.level + drift;
    const s = season[at]!;
    if (!(base > SMALL && s > SMALL)) return false;
    judge(pass, y[i]!, base * s, relative);
    season[at] = s + smoothing.gamma * (y[i]! / base - s);
    advance(pass, y[i]! / s, drift, smoothing);
  }
  return true;
}

const passes = { N: filterPlain, A: filterAdditive, M: filterShares };

/**
 * One pass of the recursions of Hyndman et al. (2008), in the error-correction form that additive and multiplicative
 * errors share. Time O(n).
 * @returns false when a multiplicative form met a forecast that is not above 0: this form does not fit.
 */
export function filterSeries(
  y: Float64Array,
  form: EtsForm,
  { smoothing, start }: { smoothing: Smoothing; start: StartState },
  end: FilterEnd,
): boolean {
  end.season.set(start.season);
  end.level = start.level;
  end.slope = start.slope;
  end.squares = 0;
  end.product = 1;
  end.logs = 0;
  const fits = passes[form.season](y, form, smoothing, end);
  end.logs += Math.log(end.product);
  end.product = 1;
  return fits;
}
