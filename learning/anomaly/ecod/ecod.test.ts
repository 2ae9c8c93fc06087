import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { checkUnsupervised } from '../../../tests/support/check-estimator.js';
import { quietContext } from '../../estimator.js';
import { matrix, matrixFromColumns, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { ecodGraph, ecod, toOnnx, type EcodState } from './index.js';

checkUnsupervised(ecod);

const fit = (x: Matrix, knots = 64): EcodState => ecod.fit({ knots }, x, quietContext(0));

async function runGraph(state: EcodState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [ecodGraph.score]: scores } = await session.run({ [ecodGraph.input]: features });
  await session.release();
  return scores!.data as Float32Array;
}

/** ECOD by its definition, from all rows, without knots. */
function referenceEcod(x: Matrix): number[] {
  const column = (j: number): number[] =>
    Array.from({ length: x.rows }, (_, i) => Math.fround(x.values[i * x.cols + j]!));
  const parts = Array.from({ length: x.cols }, (_, j) => {
    const values = column(j);
    const mean = values.reduce((a, b) => a + b) / x.rows;
    const skewness = values.reduce((sum, value) => sum + (value - mean) ** 3, 0);
    const share = (test: (other: number) => boolean): number => -Math.log(values.filter(test).length / x.rows);
    return values.map((value) => {
      const [low, high] = [share((other) => other <= value), share((other) => other >= value)];
      return [low, high, skewness < 0 ? low : high];
    });
  });
  return Array.from({ length: x.rows }, (_, i) =>
    Math.max(...[0, 1, 2].map((side) => parts.reduce((sum, rows) => sum + rows[i]![side]!, 0))),
  );
}

const skewedRows = (rows: number): Matrix => {
  const random = createRandom(4);
  const cell = (i: number): number =>
    [random.normal(), Math.exp(random.normal()), -Math.exp(random.normal()), random.integer(4)][i % 4]!;
  return matrix(
    rows,
    4,
    Float64Array.from({ length: rows * 4 }, (_, i) => cell(i)),
  );
};

it('equals ECOD when each value has a knot', () => {
  const x = skewedRows(100);
  const scores = ecod.predict(fit(x, 1000), x);
  referenceEcod(x).forEach((wanted, i) => expect(scores[i]!).toBeCloseTo(wanted, 4));
});

it('stays within 1.5 nats of ECOD with few knots', () => {
  const x = skewedRows(1500);
  const scores = ecod.predict(fit(x), x);
  const gaps = referenceEcod(x).map((wanted, i) => Math.abs(wanted - scores[i]!));
  expect(Math.max(...gaps)).toBeLessThan(1.5);
  expect(gaps.reduce((a, b) => a + b) / gaps.length).toBeLessThan(0.4);
});

it('scores values outside the training range as half a row, on either side', () => {
  const state = fit(matrixFromColumns([[1, 2, 3, 4]]));
  const far = ecod.predict(state, matrixFromColumns([[-50, 50, 2.5]]));
  expect(far[0]).toBeCloseTo(Math.log(8), 6);
  expect(far[1]).toBeCloseTo(Math.log(8), 6);
  expect(far[2]!).toBeLessThan(1);
});

it('exports a graph that agrees with predict to a relative 1e-5, knots and unseen values included', async () => {
  const x = skewedRows(700);
  const state = fit(x);
  const unseen = matrix(701, 4, Float64Array.from([...x.values.map((value) => value * 1.7), 1e9, -1e9, 0, 2]));
  for (const rows of [x, unseen]) {
    const [answers, scores] = [await runGraph(state, rows), ecod.predict(state, rows)];
    scores.forEach((score, i) => expect(Math.abs(answers[i]! - score) / (1 + score)).toBeLessThan(1e-5));
  }
});

it('scores the value of a constant column as 0', () => {
  const state = fit(matrixFromColumns([[5, 5, 5]]));
  expect(ecod.predict(state, matrixFromColumns([[5]]))[0]).toBeCloseTo(0, 12);
});
