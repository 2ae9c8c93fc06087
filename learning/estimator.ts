import type { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import type { ComputeContext } from '../contracts/model-definition.js';
import { notFinite, requireAtLeast, requireFinite, requireLength, parseParameters } from './checks.js';
import type { Matrix } from './numeric/matrix/index.js';

/** Rows that a fit measures on and does not learn from, for instance to stop early. */
export interface ValidationRows {
  readonly x: Matrix;
  readonly y: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

/** What the caller passes to `fit`: seed, cancellation, progress, and row values that are not features. */
export interface FitContext extends ComputeContext {
  /** (n,) finite, ≥ 0, not all 0; weight 2 means the row twice. @default all 1 */
  readonly weights?: ArrayLike<number>;
  readonly validation?: ValidationRows;
  /**
   * For gradient boosting: adds another term's derivatives to those of the objective, once a round. `pairs[2i]` is row
   * i's gradient, `pairs[2i + 1]` its hessian, both to stay float32 values. @default none
   */
  readonly adjustDerivatives?: (margins: ArrayLike<number>, pairs: Float64Array) => void;
}

/** What the author of any estimator writes; `defineEstimator` and `defineUnsupervised` add the shared checks. */
interface CommonDefinition<Params, State> {
  /** Kebab-case noun that saved data may name. */
  readonly name: string;
  /** Every field with a documented default. */
  readonly params: z.ZodType<Params>;
  /** Whether features may be NaN (= missing). @default false */
  readonly missingAllowed?: boolean;
  /** @param x - (m, p).  @returns (m,). */
  predict(state: State, x: Matrix): Float64Array;
}

/** What the author of an estimator that learns from labels writes. */
export interface EstimatorDefinition<Params, State> extends CommonDefinition<Params, State> {
  /** @returns learned state: plain data that survives `encodeState`/`decodeState`. */
  fit(params: Params, x: Matrix, y: ArrayLike<number>, context: FitContext): State;
}

/** What the author of an estimator that reads features alone writes. */
export interface UnsupervisedDefinition<Params, State> extends CommonDefinition<Params, State> {
  /** @returns learned state: plain data that survives `encodeState`/`decodeState`. */
  fit(params: Params, x: Matrix, context: ComputeContext): State;
}

interface FittedPredictor<Params, State> {
  readonly name: string;
  readonly params: z.ZodType<Params>;
  /** @param x - (m, p).  @returns (m,).  @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`. */
  predict(state: State, x: Matrix): Float64Array;
}

/** A frozen value: fit gives state, predict takes it. Params are parsed, so defaults may be left out. */
export interface Estimator<Params, State> extends FittedPredictor<Params, State> {
  /**
   * @param params - an object for `params`; absent fields take their defaults.
   * @param x - (n, p).  @param y - (n,), finite.
   * @throws PipelineError `INVALID_HYPERPARAMETERS`, `SHAPE_MISMATCH`, `NOT_FINITE`, `TOO_FEW_ROWS` (none at all).
   */
  fit(params: unknown, x: Matrix, y: ArrayLike<number>, context: FitContext): State;
}

/** As `Estimator`, without labels (scikit-learn's `fit(X, y=None)`). */
export interface UnsupervisedEstimator<Params, State> extends FittedPredictor<Params, State> {
  /**
   * @param params - an object for `params`; absent fields take their defaults.
   * @param x - (n, p).
   * @throws PipelineError `INVALID_HYPERPARAMETERS`, `SHAPE_MISMATCH`, `NOT_FINITE`, `TOO_FEW_ROWS` (none at all).
   */
  fit(params: unknown, x: Matrix, context: ComputeContext): State;
}

/**
 * Refuses Infinity even where NaN is allowed: it usually comes from an unnoticed division by zero.
 * @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE` with row and column.
 */
export function requireFeatures(x: Matrix, missingAllowed: boolean): void {
  requireLength('x', x.values.length, x.rows * x.cols, 'values');
  for (let i = 0; i < x.values.length; i++) {
    const value = x.values[i]!;
    if (Number.isFinite(value) || (missingAllowed && Number.isNaN(value))) continue;
    const [row, column] = [Math.floor(i / x.cols), i % x.cols];
    throw notFinite(`x[${row}, ${column}]`, value, { row, column });
  }
}

function requireWeights(weights: ArrayLike<number>, rows: number): void {
  requireLength('weights', weights.length, rows);
  requireFinite('weights', weights);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    if (weights[i]! < 0) throw new PipelineError('INVALID_INPUT', `weights[${i}] is negative`, { row: i });
    sum += weights[i]!;
  }
  if (sum === 0) throw new PipelineError('INVALID_INPUT', 'all weights are 0');
}

function requireRows(x: Matrix, missingAllowed: boolean): void {
  requireAtLeast('rows to learn from', x.rows, 1);
  requireFeatures(x, missingAllowed);
}

function requireLabelledRows({ x, y, weights }: ValidationRows, missingAllowed: boolean): void {
  requireLength('y', y.length, x.rows);
  requireRows(x, missingAllowed);
  requireFinite('y', y);
  if (weights) requireWeights(weights, x.rows);
}

const predictorOf = <Params, State>(
  definition: CommonDefinition<Params, State>,
  missingAllowed: boolean,
): FittedPredictor<Params, State> => ({
  name: definition.name,
  params: definition.params,
  predict(state: State, x: Matrix) {
    requireFeatures(x, missingAllowed);
    return definition.predict(state, x);
  },
});

/** The rows and context of one supervised fit. */
export interface FitInputs {
  readonly x: Matrix;
  readonly y: ArrayLike<number>;
  readonly context: FitContext;
}

/**
 * The checks before every supervised fit.
 * @returns the parsed parameters.
 * @throws PipelineError `INVALID_HYPERPARAMETERS`, `SHAPE_MISMATCH`, `NOT_FINITE`, `TOO_FEW_ROWS`, `INVALID_INPUT`.
 */
export function checkFit<Params>(
  definition: Pick<CommonDefinition<Params, never>, 'name' | 'params' | 'missingAllowed'>,
  params: unknown,
  { x, y, context }: FitInputs,
): Params {
  const missingAllowed = definition.missingAllowed ?? false;
  const parsed = parseParameters(definition, params);
  requireLabelledRows({ x, y, ...(context.weights && { weights: context.weights }) }, missingAllowed);
  if (context.validation) {
    requireLabelledRows(context.validation, missingAllowed);
    requireWidth(context.validation.x, x.cols);
  }
  return parsed;
}

/**
 * Declares an estimator that learns from labels: a frozen value whose `fit` and `predict` check parameters, shapes and
 * finiteness before the algorithm runs. Random seed, progress and cancellation come from the caller's context.
 */
export function defineEstimator<Params, State>(
  definition: EstimatorDefinition<Params, State>,
): Estimator<Params, State> {
  const missingAllowed = definition.missingAllowed ?? false;
  return Object.freeze({
    ...predictorOf(definition, missingAllowed),
    fit: (params: unknown, x: Matrix, y: ArrayLike<number>, context: FitContext) =>
      definition.fit(checkFit(definition, params, { x, y, context }), x, y, context),
  });
}

/** Declares an estimator that reads features alone; otherwise as `defineEstimator`. */
export function defineUnsupervised<Params, State>(
  definition: UnsupervisedDefinition<Params, State>,
): UnsupervisedEstimator<Params, State> {
  const missingAllowed = definition.missingAllowed ?? false;
  return Object.freeze({
    ...predictorOf(definition, missingAllowed),
    fit(params: unknown, x: Matrix, context: ComputeContext) {
      const parsed = parseParameters(definition, params);
      requireRows(x, missingAllowed);
      return definition.fit(parsed, x, context);
    },
  });
}

/** @throws PipelineError `SHAPE_MISMATCH` when the number of columns of x differs from the fitted one. */
export function requireWidth(x: Matrix, cols: number): void {
  requireLength('x', x.cols, cols, 'columns');
}

/** A context without progress and cancellation, for tests and small fits. */
export function quietContext(seed: number): FitContext {
  return { seed, signal: new AbortController().signal, onProgress: () => undefined };
}
