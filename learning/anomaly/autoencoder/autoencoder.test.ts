import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkUnsupervised } from '../../../tests/support/check-estimator.js';
import { quietContext } from '../../estimator.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import { rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { autoencoderGraph, layerWidths, loadAutoencoder, toOnnx, type AutoencoderState } from './index.js';

const { estimator, backend } = await loadAutoencoder();

checkUnsupervised(estimator, { params: { epochs: 3 } });

/** Columns 2 to 5 follow columns 0 and 1, but not in the last `odd` rows. */
function relatedRows(rows: number, odd: number): [Matrix, Float64Array] {
  const random = createRandom(8);
  const x = matrix(
    rows,
    6,
    Float64Array.from({ length: rows * 6 }, () => random.normal()),
  );
  for (let i = 0; i < rows - odd; i++) {
    for (let j = 2; j < 6; j++) x.values[i * 6 + j] = x.values[i * 6 + (j % 2)]! + 0.1 * x.values[i * 6 + j]!;
  }
  return [x, Float64Array.from({ length: rows }, (_, i) => (i >= rows - odd ? 1 : 0))];
}

const fit = (x: Matrix, params: object = {}): AutoencoderState => estimator.fit(params, x, quietContext(3));

async function runGraph(state: AutoencoderState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [autoencoderGraph.score]: scores } = await session.run({ [autoencoderGraph.input]: features });
  await session.release();
  return scores!.data as Float32Array;
}

describe(`autoencoder on TensorFlow.js backend ${backend}`, () => {
  it('detects rows that break learned relations', () => {
    const [x, labels] = relatedRows(1000, 30);
    const auc = rocAuc(labels, estimator.predict(fit(x, { batchSize: 64 }), x));
    const start = rocAuc(labels, estimator.predict(fit(x, { epochs: 1, learningRate: 1e-6 }), x));
    expect(auc).toBeGreaterThan(0.9);
    expect(auc).toBeGreaterThan(start + 0.1);
  });

  it('exports a graph that agrees with predict to 1e-5', async () => {
    const [x] = relatedRows(300, 20);
    const state = fit(x, { epochs: 2 });
    const [answers, scores] = [await runGraph(state, x), estimator.predict(state, x)];
    expect(Math.max(...scores.map((score, i) => Math.abs(score - answers[i]!)))).toBeLessThan(1e-5);
  });

  it('handles one feature, one row and constant columns', async () => {
    for (const x of [matrix(1, 1, Float64Array.of(4)), matrix(30, 2, new Float64Array(60).fill(3))]) {
      const state = fit(x, { epochs: 1 });
      expect(estimator.predict(state, x).every(Number.isFinite)).toBe(true);
      expect([...(await runGraph(state, x))].every(Number.isFinite)).toBe(true);
    }
  });

  it('stops when the signal is aborted', () => {
    const [x] = relatedRows(100, 0);
    const context = { ...quietContext(1), signal: AbortSignal.abort(new Error('enough')) };
    expect(() => estimator.fit({}, x, context)).toThrow('enough');
  });
});

it('has layer widths that narrow to a bottleneck and widen again', () => {
  expect(layerWidths(30)).toEqual([15, 10, 15, 30]);
  expect(layerWidths(2)).toEqual([1, 1, 1, 2]);
  expect(layerWidths(200)).toEqual([32, 32, 32, 200]);
});
