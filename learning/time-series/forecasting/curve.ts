import { periodDays, type Calendar } from './series.js';

/** Level and slope at the end of the series: `level + slope · (φ + φ² + … + φʰ)` for step h = 1, 2, … */
export interface DampedTrend {
  readonly kind: 'damped';
  readonly level: number;
  readonly slope: number;
  /** φ in (0, 1]; 1 = a straight line. */
  readonly damping: number;
}

/**
 * Prophet's trend over scaled time t = (day − origin) / span: z = rate·t + offset + Σ change·max(0, t − changepoint);
 * z + base for `linear`, cap / (1 + exp(−z)) + base for `logistic`.
 */
export interface PiecewiseTrend {
  readonly kind: 'linear' | 'logistic';
  /** Day since the epoch where t = 0. */
  readonly origin: number;
  /** Days in one unit of t. */
  readonly span: number;
  readonly rate: number;
  readonly offset: number;
  /** Scaled times at which the rate changes. */
  readonly changepoints: readonly number[];
  /** Change of the rate at each changepoint. */
  readonly changes: readonly number[];
  /** Saturation of the logistic curve in units of the scale; unused when linear. */
  readonly cap: number;
  /** Floor of the logistic curve in units of the scale. */
  readonly base: number;
}

/** How a component is combined with the trend: added to it, or as a share of it. */
export type Mode = 'additive' | 'multiplicative';

/** A repeated pattern; `values[0]` is that of the first step after the series. Multiplicative values are shares: 0.1 = 10 % more. */
export interface SeasonTable {
  readonly mode: Mode;
  readonly values: readonly number[];
}

/** `sine · sin(ω·day) + cosine · cos(ω·day)`, ω in radians a day counted from the epoch. */
export interface Wave {
  readonly mode: Mode;
  readonly frequency: number;
  readonly sine: number;
  readonly cosine: number;
}

/**
 * Standard deviation of the forecast error at step h: σ·√(1 + Σ_{j<h} c_j²) with c_j = level + slope·(φ + … + φʲ) +
 * season·[j is a multiple of period] (Hyndman et al., Forecasting with Exponential Smoothing, 2008, table 6.1, class
 * 1), plus the variance of future changepoints (Prophet).
 */
export interface Spread {
  /** One-step standard deviation; a share of the forecast when `relative`. */
  readonly sigma: number;
  readonly relative: boolean;
  readonly level: number;
  readonly slope: number;
  readonly damping: number;
  readonly season: number;
  readonly period: number;
  /** Variance that future changepoints add one unit of scaled time past the end; it grows with the third power of time. */
  readonly changepointVariance: number;
}

/** Forecast of one series by one method, as plain data: `(trend · (1 + shares) + addends) · scale`, then exp if `log`. */
export interface ForecastCurve {
  readonly trend: DampedTrend | PiecewiseTrend;
  readonly seasons: readonly SeasonTable[];
  readonly waves: readonly Wave[];
  readonly scale: number;
  /** True when the curve forecasts the logarithm. */
  readonly log: boolean;
  readonly spread: Spread;
}

/** Effects of holidays and regressors at the steps ahead, (horizon,) in units of the scale; computed outside of the curve. */
export interface Shifts {
  readonly additive: Float64Array;
  readonly multiplicative: Float64Array;
}

/** φ + φ² + … + φʰ. */
export function dampedSteps(damping: number, h: number): number {
  return damping === 1 ? h : (damping * (1 - damping ** h)) / (1 - damping);
}

/** Value of a piecewise trend on a day since the epoch, in units of the scale. */
export function piecewiseAt(trend: PiecewiseTrend, day: number): number {
  const t = (day - trend.origin) / trend.span;
  let value = trend.rate * t + trend.offset;
  for (let i = 0; i < trend.changepoints.length; i++) {
    value += trend.changes[i]! * Math.max(0, t - trend.changepoints[i]!);
  }
  if (trend.kind === 'logistic') value = trend.cap / (1 + Math.exp(-value));
  return value + trend.base;
}

/** Trend at steps 1 … days.length, in units of the scale. */
function trendValues(trend: ForecastCurve['trend'], days: ArrayLike<number>): Float64Array {
  if (trend.kind !== 'damped') return Float64Array.from(days, (day) => piecewiseAt(trend, day));
  return Float64Array.from(days, (_, i) => trend.level + trend.slope * dampedSteps(trend.damping, i + 1));
}

function addWave(sum: Float64Array, wave: Wave, days: ArrayLike<number>): void {
  for (let i = 0; i < sum.length; i++) {
    const angle = wave.frequency * days[i]!;
    sum[i]! += wave.sine * Math.sin(angle) + wave.cosine * Math.cos(angle);
  }
}

/** Sum of the seasons and waves of one mode at steps 1 … days.length. */
function seasonalSum(curve: ForecastCurve, mode: Mode, days: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(days.length);
  for (const season of curve.seasons) {
    if (season.mode !== mode) continue;
    for (let i = 0; i < sum.length; i++) sum[i]! += season.values[i % season.values.length]!;
  }
  for (const wave of curve.waves) if (wave.mode === mode) addWave(sum, wave, days);
  return sum;
}

/** Largest logarithm that is exponentiated (e^230 ≈ 1e100): sums and squares of larger values soon overflow. */
export const MAX_LOG = 230;

/** Position of the steps ahead of a series: its calendar and its number of periods. */
export interface Outlook extends Calendar {
  readonly length: number;
}

/** (horizon,) values of the curve at steps 1 … horizon after the series. */
export function evaluateCurve(curve: ForecastCurve, outlook: Outlook, horizon: number, shifts?: Shifts): Float64Array {
  const days = periodDays(outlook, outlook.length, horizon);
  const values = trendValues(curve.trend, days);
  const shares = seasonalSum(curve, 'multiplicative', days);
  const addends = seasonalSum(curve, 'additive', days);
  for (let i = 0; i < horizon; i++) {
    const share = shares[i]! + (shifts?.multiplicative[i] ?? 0);
    const scaled = (values[i]! * (1 + share) + addends[i]! + (shifts?.additive[i] ?? 0)) * curve.scale;
    values[i] = curve.log ? Math.exp(Math.min(scaled, MAX_LOG)) : scaled;
  }
  return values;
}

function changepointVarianceOn(curve: ForecastCurve, day: number): number {
  const { trend, spread } = curve;
  if (trend.kind === 'damped' || spread.changepointVariance === 0) return 0;
  const beyond = Math.max(0, (day - trend.origin) / trend.span - 1);
  return spread.changepointVariance * (beyond * curve.scale) ** 2 * beyond;
}

/** (horizon,) standard deviations of the errors at steps 1 … horizon. @param mean - result of `evaluateCurve`. */
export function evaluateSpread(curve: ForecastCurve, outlook: Outlook, mean: Float64Array): Float64Array {
  const { spread } = curve;
  const days = periodDays(outlook, outlook.length, mean.length);
  let growth = 1;
  return mean.map((value, i) => {
    if (i > 0) {
      const seasonal = spread.season !== 0 && i % spread.period === 0 ? spread.season : 0;
      growth += (spread.level + spread.slope * dampedSteps(spread.damping, i) + seasonal) ** 2;
    }
    const unit = spread.relative || curve.log ? Math.abs(value) : 1;
    return unit * Math.sqrt(spread.sigma ** 2 * growth + changepointVarianceOn(curve, days[i]!));
  });
}
