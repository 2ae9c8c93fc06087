import { expect, it } from 'vitest';
import { PipelineError, type ErrorCode } from '../../contracts/errors.js';
import { quietContext, type Estimator, type UnsupervisedEstimator } from '../../learning/estimator.js';
import { matrix, selectMatrixRows, type Matrix } from '../../learning/numeric/matrix/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { decodeState, encodeState } from '../../learning/artefact/state-json.js';

/** Settings of the common suite. */
export interface EstimatorCase {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Kind of labels in y. @default 'regression' */
  readonly labels?: 'binary' | 'regression';
}

const ROWS = 60;
const COLS = 4;

function sampleRows(labels: EstimatorCase['labels']): { x: Matrix; y: Float64Array } {
  const random = createRandom(7);
  const x = matrix(
    ROWS,
    COLS,
    Float64Array.from({ length: ROWS * COLS }, () => random.normal()),
  );
  const y = Float64Array.from({ length: ROWS }, (_, i) => x.values[i * COLS]! + 0.3 * random.normal());
  return { x, y: labels === 'binary' ? y.map((value) => (value > 0 ? 1 : 0)) : y };
}

function codeOf(run: () => unknown): ErrorCode | 'nothing thrown' {
  try {
    run();
    return 'nothing thrown';
  } catch (fault) {
    if (fault instanceof PipelineError) return fault.code;
    throw fault;
  }
}

/** An estimator with its labels (if any) bound: the interface common to both kinds. */
interface Fitter<State> {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly x: Matrix;
  fit(params: unknown, x: Matrix): State;
  predict(state: State, x: Matrix): Float64Array;
}

function checkCommon<State>(estimator: Fitter<State>): void {
  const { x, params } = estimator;
  const fit = (): State => estimator.fit(params, x);
  const describe = (claim: string): string => `${estimator.name}: ${claim}`;

  it(describe('gives the same state for the same seed'), () => {
    expect(encodeState(fit())).toBe(encodeState(fit()));
  });

  it(describe('keeps its inputs unchanged'), () => {
    const before = { x: x.values.slice(), params: JSON.stringify(params) };
    estimator.predict(fit(), x);
    expect({ x: x.values, params: JSON.stringify(params) }).toEqual(before);
  });

  it(describe('predicts the same from a state restored from JSON'), () => {
    const state = fit();
    const restored = decodeState(encodeState(state)) as State;
    expect(estimator.predict(restored, x)).toEqual(estimator.predict(state, x));
  });

  it(describe('gives one finite prediction for each row at any batch size'), () => {
    const state = fit();
    const batch = estimator.predict(state, x);
    const single = Array.from({ length: ROWS }, (_, row) => estimator.predict(state, selectMatrixRows(x, [row]))[0]!);
    expect(batch).toHaveLength(ROWS);
    expect(batch.every(Number.isFinite)).toBe(true);
    expect([...batch]).toEqual(single);
    expect(estimator.predict(state, matrix(0, COLS, new Float64Array()))).toHaveLength(0);
  });

  it(describe('refuses wrong shapes'), () => {
    const narrow = matrix(ROWS, COLS - 1, new Float64Array(ROWS * (COLS - 1)));
    expect(codeOf(() => estimator.predict(fit(), narrow))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => estimator.fit(params, matrix(0, COLS, new Float64Array())))).toBe('TOO_FEW_ROWS');
  });

  it(describe('refuses unknown parameters'), () => {
    const misspelled = { ...params, noSuchParameter: 1 };
    expect(codeOf(() => estimator.fit(misspelled, x))).toBe('INVALID_HYPERPARAMETERS');
  });

  it(describe('refuses features that are not finite'), () => {
    const infinite = { ...x, values: x.values.slice() };
    infinite.values[9] = Infinity;
    expect(codeOf(() => estimator.fit(params, infinite))).toBe('NOT_FINITE');
  });
}

/**
 * What every estimator with labels guarantees: same seed same result, inputs untouched, state survives JSON, one finite
 * prediction a row whatever the batch size, and refusal of wrong shapes, unknown parameters and labels or features that
 * are not finite.
 */
export function checkEstimator<Params, State>(estimator: Estimator<Params, State>, options: EstimatorCase = {}): void {
  const params = options.params ?? {};
  const { x, y } = sampleRows(options.labels);
  const fitWith = (labels: ArrayLike<number>) => () => estimator.fit(params, x, labels, quietContext(3));
  checkCommon<State>({
    name: estimator.name,
    params,
    x,
    fit: (given, rows) => estimator.fit(given, rows, y.subarray(0, rows.rows), quietContext(3)),
    predict: (state, rows) => estimator.predict(state, rows),
  });

  it(`${estimator.name}: keeps its labels unchanged`, () => {
    const before = y.slice();
    fitWith(y)();
    expect(y).toEqual(before);
  });

  it(`${estimator.name}: refuses labels that are not finite or have another length`, () => {
    expect(codeOf(fitWith(y.subarray(1)))).toBe('SHAPE_MISMATCH');
    const broken = y.slice();
    broken[5] = NaN;
    expect(codeOf(fitWith(broken))).toBe('NOT_FINITE');
  });
}

/** As `checkEstimator`, for estimators without labels. */
export function checkUnsupervised<Params, State>(
  estimator: UnsupervisedEstimator<Params, State>,
  options: Pick<EstimatorCase, 'params'> = {},
): void {
  checkCommon<State>({
    name: estimator.name,
    params: options.params ?? {},
    x: sampleRows('regression').x,
    fit: (given, rows) => estimator.fit(given, rows, quietContext(3)),
    predict: (state, rows) => estimator.predict(state, rows),
  });
}
