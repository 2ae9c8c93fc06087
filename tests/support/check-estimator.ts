import { expect, it } from 'vitest';
import { PipelineError, type ErrorCode } from '../../contracts/errors.js';
import { quietContext, type Estimator } from '../../learning/estimator.js';
import { matrix, selectMatrixRows, type Matrix } from '../../learning/numeric/matrix/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { decodeState, encodeState } from '../../learning/artefact/state-json.js';

/** What the common suite needs to know of an estimator. */
export interface EstimatorCase {
  readonly params?: Readonly<Record<string, unknown>>;
  /** What y holds. @default 'regression' */
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

/**
 * What every estimator promises: same seed same result, inputs untouched, state survives JSON, one finite prediction a
 * row whatever the batch size, and refusal of wrong shapes, unknown parameters and labels that are no numbers.
 */
export function checkEstimator<Params, State>(estimator: Estimator<Params, State>, options: EstimatorCase = {}): void {
  const params = options.params ?? {};
  const { x, y } = sampleRows(options.labels);
  const fit = (): State => estimator.fit(params, x, y, quietContext(3));
  const fitWith = (rows: Matrix, labels: ArrayLike<number>) => () =>
    estimator.fit(params, rows, labels, quietContext(3));
  const describe = (claim: string): string => `${estimator.name}: ${claim}`;

  it(describe('gives the same state for the same seed'), () => {
    expect(encodeState(fit())).toBe(encodeState(fit()));
  });

  it(describe('leaves its inputs untouched'), () => {
    const before = { x: x.values.slice(), y: y.slice(), params: JSON.stringify(params) };
    estimator.predict(fit(), x);
    expect({ x: x.values, y, params: JSON.stringify(params) }).toEqual(before);
  });

  it(describe('predicts the same from a state that went through JSON'), () => {
    const state = fit();
    const restored = decodeState(encodeState(state)) as State;
    expect(estimator.predict(restored, x)).toEqual(estimator.predict(state, x));
  });

  it(describe('gives one finite prediction a row whatever the batch size'), () => {
    const state = fit();
    const batch = estimator.predict(state, x);
    const single = Array.from({ length: ROWS }, (_, row) => estimator.predict(state, selectMatrixRows(x, [row]))[0]!);
    expect(batch).toHaveLength(ROWS);
    expect(batch.every(Number.isFinite)).toBe(true);
    expect([...batch]).toEqual(single);
    expect(estimator.predict(state, matrix(0, COLS, new Float64Array()))).toHaveLength(0);
  });

  it(describe('refuses wrong shapes'), () => {
    expect(codeOf(fitWith(x, y.subarray(1)))).toBe('SHAPE_MISMATCH');
    const narrow = matrix(ROWS, COLS - 1, new Float64Array(ROWS * (COLS - 1)));
    expect(codeOf(() => estimator.predict(fit(), narrow))).toBe('SHAPE_MISMATCH');
    expect(codeOf(fitWith(matrix(0, COLS, new Float64Array()), []))).toBe('TOO_FEW_ROWS');
  });

  it(describe('refuses parameters it does not know'), () => {
    const misspelled = { ...params, noSuchParameter: 1 };
    expect(codeOf(() => estimator.fit(misspelled, x, y, quietContext(3)))).toBe('INVALID_HYPERPARAMETERS');
  });

  it(describe('refuses labels and features that are not finite'), () => {
    const broken = y.slice();
    broken[5] = NaN;
    expect(codeOf(fitWith(x, broken))).toBe('NOT_FINITE');
    const infinite = { ...x, values: x.values.slice() };
    infinite.values[9] = Infinity;
    expect(codeOf(fitWith(infinite, y))).toBe('NOT_FINITE');
  });
}
