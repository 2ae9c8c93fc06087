import { mean } from '../../../numeric/statistics/mean.js';
import type { ProphetDesign } from './design.js';
import { dot, gramOf } from './gram.js';
import {
  absolutePenalty,
  bestSigma,
  hinges,
  layoutOf,
  modelParts,
  negativeLog,
  priorPrecision,
  residualSquares,
  type Layout,
  type ModelParts,
} from './model.js';
import { minimiseSparse } from './sparse-quadratic.js';

/** Maximum a posteriori parameters. */
export interface MapSolution {
  readonly theta: Float64Array;
  readonly sigma: number;
  readonly logPosterior: number;
  readonly iterations: number;
}

/** Relative change of σ below which the alternation ends. */
const SIGMA_TOLERANCE = 1e-11;
const MAX_ROUNDS = 200;

/** Squared residuals from the Gram matrix: θᵀGθ − 2 bᵀθ + yᵀy. @param total - yᵀy. */
function squaresOf(gram: Float64Array, moment: Float64Array, theta: Float64Array, total: number): number {
  const p = theta.length;
  let squares = total - 2 * dot(moment, theta);
  for (let i = 0; i < p; i++) {
    if (theta[i] === 0) continue;
    for (let j = 0; j < p; j++) squares += theta[i]! * gram[i * p + j]! * theta[j]!;
  }
  return Math.max(squares, 0);
}

/** G + share · diag(diagonal). */
const withRidge = (gram: Float64Array, diagonal: Float64Array, share: number): Float64Array => {
  const q = gram.slice();
  for (let j = 0; j < diagonal.length; j++) q[j * diagonal.length + j]! += share * diagonal[j]!;
  return q;
};

function linearColumns(design: ProphetDesign): Float64Array[] {
  const ones = new Float64Array(design.y.length).fill(1);
  const trend = design.growth === 'flat' ? [ones] : [design.t, ones, ...hinges(design)];
  return [...trend, ...design.features.map(({ values }) => values)];
}

/**
 * Solution of an additive model: given σ, the negative log posterior is an ℓ1-penalised quadratic, which is minimised
 * exactly; given the other parameters, σ has a closed form. The two steps alternate on one Gram matrix until σ converges.
 */
export function solveAdditive(design: ProphetDesign): MapSolution {
  const layout = layoutOf(design);
  const columns = linearColumns(design);
  const gram = gramOf(columns);
  const moment = Float64Array.from(columns, (column) => dot(column, design.y));
  const total = dot(design.y, design.y);
  const precision = priorPrecision(design, layout);
  const penalty = absolutePenalty(design, layout);
  let theta = new Float64Array(layout.size) as Float64Array;
  let sigma = bestSigma(total / 100, design.y.length);
  let iterations = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const variance = sigma ** 2;
    const problem = {
      q: withRidge(gram, precision, variance),
      b: moment,
      penalty: penalty.map((weight) => weight * variance),
    };
    const found = minimiseSparse(problem, theta);
    theta = found.theta;
    iterations += found.steps + 1;
    const next = bestSigma(squaresOf(gram, moment, theta, total), design.y.length);
    const change = Math.abs(next - sigma) / sigma;
    sigma = next;
    if (change < SIGMA_TOLERANCE) break;
  }
  const squares = residualSquares(design, modelParts(design, layout, theta).fitted);
  return { theta, sigma, logPosterior: -negativeLog(design, layout, { theta, sigma, squares }), iterations };
}

/** Prophet's initial values for logistic growth: a curve through the first and the last value. */
function logisticStart({ y, cap }: ProphetDesign): [number, number] {
  const clip = (value: number): number => Math.min(Math.max(value, 0.01 * cap), 0.99 * cap);
  let first = cap / clip(y[0]!);
  const last = cap / clip(y[y.length - 1]!);
  if (Math.abs(first - last) <= 0.01) first *= 1.05;
  const [a, b] = [Math.log(first - 1), Math.log(last - 1)];
  return [a - b, a / (a - b)];
}

/** Prophet's initial values: the trend through the first and the last value, all other parameters 0. */
function firstGuess(design: ProphetDesign, layout: Layout): Float64Array {
  const theta = new Float64Array(layout.size);
  const { y, growth } = design;
  if (growth === 'flat') theta[layout.offset] = mean(y);
  else if (growth === 'logistic') [theta[layout.rate], theta[layout.offset]] = logisticStart(design);
  else [theta[layout.rate], theta[layout.offset]] = [y[y.length - 1]! - y[0]!, y[0]!];
  return theta;
}

/** (n,) column of derivatives of the fitted values for each parameter. */
function jacobian(design: ProphetDesign, layout: Layout, parts: ModelParts, theta: Float64Array): Float64Array[] {
  const { trend, slope, factor } = parts;
  const along = slope.map((value, i) => value * factor[i]!);
  const times = (values: Float64Array): Float64Array => values.map((value, i) => value * along[i]!);
  const columns: Float64Array[] = [];
  const logistic = design.growth === 'logistic';
  const k = layout.rate < 0 ? 0 : theta[layout.rate]!;
  const m = theta[layout.offset]!;
  if (layout.rate >= 0) columns.push(design.t.map((time, i) => (logistic ? time - m : time) * along[i]!));
  columns.push(logistic ? along.map((value) => -k * value) : along);
  columns.push(...hinges(design).map(times));
  for (const { values, mode } of design.features) {
    columns.push(mode === 'additive' ? values : values.map((value, i) => value * trend[i]!));
  }
  return columns;
}

/** Current parameters of the search with their residual sigma and negative log posterior. */
interface Position {
  readonly theta: Float64Array;
  readonly parts: ModelParts;
  readonly sigma: number;
  readonly value: number;
}

function positionAt(design: ProphetDesign, layout: Layout, theta: Float64Array): Position {
  const parts = modelParts(design, layout, theta);
  const squares = residualSquares(design, parts.fitted);
  const sigma = bestSigma(squares, design.y.length);
  return { theta, parts, sigma, value: negativeLog(design, layout, { theta, sigma, squares }) };
}

/** Relative gain below which the search ends, and largest damping that is tried. */
const GAIN_TOLERANCE = 1e-10;
const MAX_DAMPING = 1e10;
const MAX_STEPS = 300;

/** The linearised problem at a position. */
class Linearisation {
  private readonly gram: Float64Array;
  private readonly moment: Float64Array;
  private readonly diagonal: Float64Array;

  constructor(
    private readonly design: ProphetDesign,
    private readonly layout: Layout,
    private readonly at: Position,
  ) {
    const columns = jacobian(design, layout, at.parts, at.theta);
    this.gram = gramOf(columns);
    const residual = design.y.map((value, i) => value - at.parts.fitted[i]!);
    const p = layout.size;
    // The unknown is θ, not the step, because the penalty of the rate changes is on θ.
    this.moment = Float64Array.from(columns, (column, i) => {
      let moment = dot(column, residual);
      for (let j = 0; j < p; j++) moment += this.gram[i * p + j]! * at.theta[j]!;
      return moment;
    });
    this.diagonal = Float64Array.from({ length: p }, (_, j) => this.gram[j * p + j]! + 1e-12);
  }

  /** θ at the minimum of the linearised negative log posterior with Marquardt's damping. */
  solve(damping: number): Float64Array {
    const variance = this.at.sigma ** 2;
    const q = withRidge(
      withRidge(this.gram, priorPrecision(this.design, this.layout), variance),
      this.diagonal,
      damping,
    );
    const b = this.moment.map((value, j) => value + damping * this.diagonal[j]! * this.at.theta[j]!);
    const penalty = absolutePenalty(this.design, this.layout).map((weight) => weight * variance);
    return minimiseSparse({ q, b, penalty }, this.at.theta).theta;
  }
}

/**
 * Solution of a model with multiplicative features or logistic growth: Levenberg–Marquardt steps on the linearised
 * model, each an ℓ1-penalised quadratic solved exactly, σ profiled out. Every accepted step raises the posterior, so the
 * search converges; it ends when the relative gain of a step is below 1e-10 or no damping gives a gain.
 */
export function solveNonlinear(design: ProphetDesign): MapSolution {
  const layout = layoutOf(design);
  let position = positionAt(design, layout, firstGuess(design, layout));
  let damping = 1e-3;
  let iterations = 0;
  search: while (iterations < MAX_STEPS) {
    const linear = new Linearisation(design, layout, position);
    for (;;) {
      iterations++;
      const next = positionAt(design, layout, linear.solve(damping));
      const gain = position.value - next.value;
      if (gain > 0) {
        position = next;
        damping = Math.max(damping / 5, 1e-12);
        if (gain < GAIN_TOLERANCE * (1 + Math.abs(next.value))) break search;
        break;
      }
      damping *= 5;
      if (damping > MAX_DAMPING || iterations >= MAX_STEPS) break search;
    }
  }
  const { theta, sigma, value } = position;
  return { theta, sigma, logPosterior: -value, iterations };
}

/** Maximum a posteriori parameters: exact for additive models, else by a convergent search. Deterministic. */
export function solveMap(design: ProphetDesign): MapSolution {
  const additive = design.growth !== 'logistic' && design.features.every(({ mode }) => mode === 'additive');
  return additive ? solveAdditive(design) : solveNonlinear(design);
}
