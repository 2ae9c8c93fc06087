import { sum } from '../../../numeric/statistics/sum.js';
import { filterEnd, filterSeries, type FilterEnd, type Smoothing, type StartState } from './filter.js';
import { formName, type EtsForm } from './form.js';
import { nelderMead } from './nelder-mead.js';
import { startState } from './start.js';

/** One form fitted by maximum likelihood. */
export interface EtsFit {
  readonly form: EtsForm;
  readonly period: number;
  readonly smoothing: Smoothing;
  readonly start: StartState;
  readonly end: FilterEnd;
  /** Number of values; the next season's position is `length mod period`. */
  readonly length: number;
  /** One-step standard deviation; relative when the error is multiplicative. */
  readonly sigma: number;
  /** −2 log-likelihood up to a constant that is the same for all forms. */
  readonly deviance: number;
  /** Akaike's information criterion corrected for short series (AICc); Infinity with too few values for the parameters. */
  readonly aicc: number;
}

/** Bounds of R's `ets` ("usual"): 0 < α < 1, 0 < β < α, 0 < γ < 1 − α, 0.8 ≤ φ ≤ 0.98. */
const LOW = 1e-4;
const HIGH = 0.9999;
const DAMPING = { low: 0.8, high: 0.98 };

/** Index of each parameter in the search vector; −1 = not estimated. */
interface Layout {
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly level: number;
  readonly slope: number;
  readonly size: number;
}

function layoutOf({ trend, season }: EtsForm): Layout {
  let size = 1;
  const take = (wanted: boolean): number => (wanted ? size++ : -1);
  const [beta, gamma] = [take(trend !== 'N'), take(season !== 'N')];
  return { beta, gamma, phi: take(trend === 'Ad'), level: take(true), slope: take(trend !== 'N'), size };
}

const inside = (value: number, low: number, high: number): boolean => value >= low && value <= high;

/** Copies the search vector into smoothing and start. @returns false outside the bounds. */
function unpack(x: ArrayLike<number>, layout: Layout, smoothing: Smoothing, start: StartState): boolean {
  const alpha = x[0]!;
  smoothing.alpha = alpha;
  smoothing.beta = layout.beta < 0 ? 0 : x[layout.beta]!;
  smoothing.gamma = layout.gamma < 0 ? 0 : x[layout.gamma]!;
  smoothing.phi = layout.phi < 0 ? 1 : x[layout.phi]!;
  start.level = x[layout.level]!;
  if (layout.slope >= 0) start.slope = x[layout.slope]!;
  return (
    inside(alpha, LOW, HIGH) &&
    (layout.beta < 0 || inside(smoothing.beta, LOW, alpha)) &&
    (layout.gamma < 0 || inside(smoothing.gamma, LOW, 1 - alpha)) &&
    (layout.phi < 0 || inside(smoothing.phi, DAMPING.low, DAMPING.high))
  );
}

/** Smoothing weights at which the search starts. */
export type SmoothingGuess = Readonly<Smoothing>;

const FIRST_GUESS: SmoothingGuess = { alpha: 0.3, beta: 0.05, gamma: 0.1, phi: 0.95 };

function startVector(layout: Layout, guess: SmoothingGuess, start: StartState): Float64Array {
  const x = new Float64Array(layout.size);
  const alpha = Math.min(Math.max(guess.alpha, 2 * LOW), 0.99);
  x[0] = alpha;
  if (layout.beta >= 0) x[layout.beta] = Math.min(Math.max(guess.beta, LOW), 0.9 * alpha);
  if (layout.gamma >= 0) x[layout.gamma] = Math.min(Math.max(guess.gamma, LOW), 0.9 * (1 - alpha));
  if (layout.phi >= 0) x[layout.phi] = Math.min(Math.max(guess.phi, 0.81), 0.97);
  x[layout.level] = start.level;
  if (layout.slope >= 0) x[layout.slope] = start.slope;
  return x;
}

function startSteps(layout: Layout, x: Float64Array, scale: number): Float64Array {
  const steps = new Float64Array(layout.size);
  steps[0] = x[0]! > 0.5 ? -0.25 : 0.25;
  if (layout.beta >= 0) steps[layout.beta] = Math.min(0.05, x[0]! - x[layout.beta]!) * 0.9;
  if (layout.gamma >= 0) steps[layout.gamma] = Math.min(0.1, 1 - x[0]! - x[layout.gamma]!) * 0.9;
  if (layout.phi >= 0) steps[layout.phi] = -0.05;
  steps[layout.level] = scale * 0.5;
  if (layout.slope >= 0) steps[layout.slope] = scale * 0.05;
  return steps;
}

/** −2 log-likelihood with σ profiled out. The squares have a lower bound, so that an exact fit has a finite deviance. */
function deviance(end: FilterEnd, form: EtsForm, n: number, tiny: number): number {
  const squares = Math.max(end.squares, form.error === 'M' ? 1e-20 * n : tiny);
  return n * Math.log(squares) + (form.error === 'M' ? 2 * end.logs : 0);
}

/** Parameters that the criterion counts: those estimated, the free seasonal states and σ. */
function countParameters(layout: Layout, form: EtsForm, period: number): number {
  return layout.size + (form.season === 'N' ? 0 : period - 1) + 1;
}

function correctedAkaike(fitted: number, parameters: number, n: number): number {
  const room = n - parameters - 1;
  return room > 0 ? fitted + 2 * parameters + (2 * parameters * (parameters + 1)) / room : Infinity;
}

export interface EtsSearch {
  readonly guess?: SmoothingGuess | undefined;
  /** @default 250 · parameters; the search usually converges earlier */
  readonly maxEvaluations?: number;
}

/** Mean absolute value; 1 for a series of zeros. */
function meanAbsolute(y: Float64Array): number {
  const total = sum(y.map(Math.abs));
  return total > 0 ? total / y.length : 1;
}

/** Mean absolute difference between neighbours. */
function meanAbsoluteStep(y: Float64Array): number {
  let total = 0;
  for (let i = 1; i < y.length; i++) total += Math.abs(y[i]! - y[i - 1]!);
  return y.length > 1 ? total / (y.length - 1) : 0;
}

/**
 * Fits one form: smoothing weights, initial level and slope by maximum likelihood (Nelder–Mead), initial seasonal states
 * by classical decomposition. Deterministic; O(n) for each step of the search.
 * @param y - (n,) finite, n ≥ 2.
 * @returns null when the form cannot be fitted (a multiplicative form has a one-step forecast ≤ 0).
 */
export function fitForm(y: Float64Array, form: EtsForm, period: number, search: EtsSearch = {}): EtsFit | null {
  const layout = layoutOf(form);
  const smoothing: Smoothing = { ...FIRST_GUESS };
  const start = startState(y, form, period);
  const end = filterEnd(start.season.length);
  const size = meanAbsolute(y);
  const tiny = y.length * (size * 1e-10) ** 2;
  const evaluate = (x: Float64Array): number => {
    if (!unpack(x, layout, smoothing, start)) return Infinity;
    return filterSeries(y, form, { smoothing, start }, end) ? deviance(end, form, y.length, tiny) : Infinity;
  };
  const first = startVector(layout, search.guess ?? FIRST_GUESS, start);
  if (evaluate(first) === Infinity) return null;
  const steps = startSteps(layout, first, meanAbsoluteStep(y) || size * 0.01);
  const maxEvaluations = search.maxEvaluations ?? 250 * layout.size;
  const best = nelderMead(evaluate, first, { steps, maxEvaluations, tolerance: 1e-4 });
  evaluate(best.x);
  const parameters = countParameters(layout, form, period);
  const sigma = Math.sqrt(end.squares / Math.max(1, y.length - layout.size));
  const aicc = correctedAkaike(best.value, parameters, y.length);
  return { form, period, smoothing, start, end, length: y.length, sigma, deviance: best.value, aicc };
}

/** The fit with the smallest AICc; the first one when all are infinite. */
export function bestFit(fits: readonly EtsFit[]): EtsFit {
  return fits.reduce((best, fit) => (fit.aicc < best.aicc ? fit : best));
}

/** Details of the fit for a stored state. */
export function fitDetails({ form, period, smoothing, aicc }: EtsFit): Record<string, number | string> {
  const { alpha, beta, gamma, phi } = smoothing;
  return { form: formName(form), period, alpha, beta, gamma, phi, ...(aicc < Infinity && { aicc }) };
}
