import type { EtsForm } from './form.js';

/** Smoothing weights of level (α), slope (β) and season (γ), and damping (φ). */
export interface Smoothing {
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
}

/** Level and slope before the first value, and one cycle of the season (`season[0]` is that of the first value). */
export interface StartState {
  level: number;
  slope: number;
  readonly season: Float64Array;
}

/** State after a pass over the series. One object is reused, because a search makes thousands of passes. */
export interface FilterEnd extends Pass {
  /** One cycle; position `i mod period` is that of value i. */
  readonly season: Float64Array;
}

/** An object for `filterSeries` to write to. */
export const filterEnd = (period: number): FilterEnd => ({
  level: 0,
  slope: 0,
  season: new Float64Array(period),
  squares: 0,
  product: 1,
  logs: 0,
});

/** Smallest forecast and season that a multiplicative form may divide by. */
const SMALLEST_DIVISOR = 1e-10;

/** Running state of a pass. */
interface Pass {
  level: number;
  slope: number;
  /** Σ e², e relative when the error is multiplicative. */
  squares: number;
  /** Product of one-step forecasts whose logarithm is not in `logs` yet: one logarithm for many values saves time. */
  product: number;
  /** Σ log of the one-step forecasts; multiplicative errors only. */
  logs: number;
}

/** Adds the squared error of one value, and its forecast to the product when the error is multiplicative. */
function addError(pass: Pass, value: number, forecast: number, relative: boolean): void {
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

/** Level and slope after one seasonally adjusted value. */
function updateLevel(pass: Pass, adjusted: number, drift: number, { alpha, beta }: Smoothing): void {
  const base = pass.level + drift;
  const next = base + alpha * (adjusted - base);
  pass.slope = drift + (beta / alpha) * (next - base);
  pass.level = next;
}

function filterNonSeasonal(y: Float64Array, form: EtsForm, smoothing: Smoothing, pass: Pass): boolean {
  const relative = form.error === 'M';
  const phi = form.trend === 'N' ? 0 : smoothing.phi;
  for (let i = 0; i < y.length; i++) {
    const drift = phi * pass.slope;
    const forecast = pass.level + drift;
    if (relative && !(forecast > SMALLEST_DIVISOR)) return false;
    addError(pass, y[i]!, forecast, relative);
    updateLevel(pass, y[i]!, drift, smoothing);
  }
  return true;
}

/** Whether every divisor of a seasonal form is positive at a step. */
function canDivide(base: number, season: number, ratio: boolean, relative: boolean): boolean {
  if (ratio) return base > SMALLEST_DIVISOR && season > SMALLEST_DIVISOR;
  return !relative || base + season > SMALLEST_DIVISOR;
}

function filterSeasonal(y: Float64Array, form: EtsForm, smoothing: Smoothing, pass: FilterEnd): boolean {
  const ratio = form.season === 'M';
  const relative = form.error === 'M';
  const phi = form.trend === 'N' ? 0 : smoothing.phi;
  const { season } = pass;
  for (let i = 0, at = 0; i < y.length; i++, at = at + 1 === season.length ? 0 : at + 1) {
    const drift = phi * pass.slope;
    const base = pass.level + drift;
    const s = season[at]!;
    if (!canDivide(base, s, ratio, relative)) return false;
    addError(pass, y[i]!, ratio ? base * s : base + s, relative);
    season[at] = s + smoothing.gamma * ((ratio ? y[i]! / base : y[i]! - base) - s);
    updateLevel(pass, ratio ? y[i]! / s : y[i]! - s, drift, smoothing);
  }
  return true;
}

/**
 * One pass of the recursions of Hyndman et al. (2008, table 2.2 and 2.3) in error-correction form, which additive and
 * multiplicative errors share. Time O(n).
 * @param y - (n,) finite.  @param end - receives the state after the last value.
 * @returns false when a multiplicative form has a one-step forecast or season that is not positive.
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
  const filter = form.season === 'N' ? filterNonSeasonal : filterSeasonal;
  const positive = filter(y, form, smoothing, end);
  end.logs += Math.log(end.product);
  end.product = 1;
  return positive;
}
