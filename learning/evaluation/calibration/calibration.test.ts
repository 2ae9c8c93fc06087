import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { brier, rocAuc } from '../metrics/index.js';
import { encodeOnnxModel, OnnxGraph } from '../../onnx/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { betaMargin, fitBeta } from './beta.js';
import { calibrationNodes } from './calibration-graph.js';
import { calibratedProbability, calibration, fitCalibration, type Calibration } from './calibration.js';
import { fitIsotonic, poolAdjacentViolators } from './isotonic.js';

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** Margins and labels drawn with log-odds `truth(margin)`. */
function drawn(n: number, seed: number, truth: (margin: number) => number) {
  const random = createRandom(seed);
  const margins = Float64Array.from({ length: n }, () => 2 * random.normal() - 0.5);
  return { margins, labels: margins.map((margin) => (random.uniform() < sigmoid(truth(margin)) ? 1 : 0)) };
}

const scores = (fitted: Calibration, margins: Float64Array): Float64Array =>
  margins.map((margin) => calibratedProbability(fitted, margin));

describe('pool adjacent violators', () => {
  it('pools decreasing values by weight', () => {
    // scikit-learn 1.9.1: IsotonicRegression().fit_transform([0, 1, 2, 3, 4], [1, 3, 2, 4, 3], [1, 1, 3, 1, 1])
    const blocks = poolAdjacentViolators([1, 3, 2, 4, 3], [1, 1, 3, 1, 1]);
    expect(blocks.map(({ value, from, to }) => [value, from, to])).toEqual([
      [1, 0, 0],
      [2.25, 1, 2],
      [3.5, 3, 4],
    ]);
  });

  it('is non-decreasing, keeps the mean, and does not change an increasing sequence', () => {
    const rows = fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, (pairs) => {
        const [values, weights] = [pairs.map(([value]) => value), pairs.map(([, weight]) => weight)];
        const blocks = poolAdjacentViolators(values, weights);
        blocks.slice(1).forEach(({ value }, i) => expect(value).toBeGreaterThan(blocks[i]!.value));
        const sum = blocks.reduce((total, { value, weight }) => total + value * weight, 0);
        expect(sum).toBeCloseTo(
          pairs.reduce((total, [value, weight]) => total + value * weight, 0),
          9,
        );
      }),
    );
    expect(poolAdjacentViolators([1, 2, 3], ones(3))).toHaveLength(3);
  });
});

describe('beta calibration', () => {
  it('recovers the parameters that generated the labels', () => {
    const truth = { kind: 'beta', a: 0.5, b: 1.6, c: -0.4 } as const;
    const { margins, labels } = drawn(20_000, 1, (margin) => betaMargin(truth, margin));
    const { a, b, c } = fitBeta(margins, labels, ones(margins.length));
    for (const [found, wanted] of [
      [a, truth.a],
      [b, truth.b],
      [c, truth.c],
    ] as const)
      expect(Math.abs(found - wanted)).toBeLessThan(0.15);
  });

  it('treats weight 2 as the row repeated twice', () => {
    const { margins, labels } = drawn(400, 2, (margin) => 0.6 * margin);
    const twice = fitBeta(
      Float64Array.of(...margins, ...margins.slice(0, 100)),
      Float64Array.of(...labels, ...labels.slice(0, 100)),
      ones(500),
    );
    const weighted = fitBeta(
      margins,
      labels,
      ones(400).map((_, i) => (i < 100 ? 2 : 1)),
    );
    expect(weighted.a).toBeCloseTo(twice.a, 5);
    expect(weighted.c).toBeCloseTo(twice.c, 5);
  });

  it('keeps the order for uninformative margins and corrects the level only', () => {
    const { margins, labels } = drawn(3000, 3, (margin) => -margin - 1);
    const fitted = fitBeta(margins, labels, ones(3000));
    expect([fitted.a, fitted.b]).toEqual([1, 1]);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(scores(fitted, margins))).toBeCloseTo(mean(labels), 6);
  });

  it('stays finite and within float32 precision for separable labels', () => {
    const margins = Float64Array.from({ length: 300 }, (_, i) => (i - 150) / 40);
    const fitted = fitBeta(
      margins,
      margins.map((margin) => (margin > 0.3 ? 1 : 0)),
      ones(300),
    );
    expect(fitted.a + fitted.b).toBeGreaterThan(2);
    expect(Math.max(fitted.a, fitted.b)).toBeLessThan(40);
  });

  it('does not change the AUC', () => {
    const shapes = fc.tuple(fc.double({ min: 0.2, max: 2, noNaN: true }), fc.double({ min: -2, max: 1, noNaN: true }));
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0 }), ([slope, shift], seed) => {
        const { margins, labels } = drawn(300, seed, (margin) => slope * margin + shift);
        if (new Set(labels).size < 2) return;
        const fitted = fitBeta(margins, labels, ones(300));
        expect(rocAuc(labels, scores(fitted, margins))).toBeCloseTo(rocAuc(labels, margins), 12);
      }),
      { numRuns: 20 },
    );
  });
});

describe('isotonic calibration', () => {
  it('is non-decreasing and strictly between 0 and 1, for separable labels too', () => {
    const margins = Float64Array.from({ length: 100 }, (_, i) => i / 10);
    const fitted = fitIsotonic(
      margins,
      margins.map((m) => (m > 5 ? 1 : 0)),
      ones(100),
    );
    for (const p of fitted.probabilities) expect(p > 0 && p < 1).toBe(true);
    const grid = Float64Array.from({ length: 300 }, (_, i) => -5 + i / 15);
    const answers = scores(fitted, grid);
    answers.slice(1).forEach((p, i) => expect(p).toBeGreaterThanOrEqual(answers[i]!));
    expect(answers[0]).toBeLessThan(0.05);
    expect(answers.at(-1)).toBeGreaterThan(0.95);
  });

  it('throws TOO_FEW_ROWS without rows', () => {
    expect(() => fitIsotonic([], [], [])).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});

describe.each(['beta', 'isotonic'] as const)('%s', (kind) => {
  const bent = (margin: number): number => 0.4 * margin - 0.8;
  const fitted = fitCalibration(kind, ...(Object.values(drawn(4000, 5, bent)) as [Float64Array, Float64Array]));

  it('lowers the Brier score of new rows from an over-confident model', () => {
    const { margins, labels } = drawn(4000, 6, bent);
    expect(brier(labels, scores(fitted, margins))).toBeLessThan(brier(labels, margins.map(sigmoid)) - 0.02);
  });

  it('survives JSON', () => {
    expect(calibration.parse(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
  });
});

describe('calibration graph', () => {
  const { margins, labels } = drawn(3000, 7, (margin) => 0.7 * margin);
  const kinds: Calibration[] = [
    fitCalibration('beta', margins, labels),
    fitCalibration('isotonic', margins, labels),
    { kind: 'none' },
    { kind: 'isotonic', margins: [0], probabilities: [0.3] },
  ];

  it.each(kinds)('answers as the function does: $kind', async (fitted) => {
    const graph = new OnnxGraph('calibration');
    const input = graph.input('margin', 'float32', ['rows', 1]);
    calibrationNodes(graph, input, fitted, 'probability');
    graph.output('probability', 'float32', ['rows', 1]);
    const session = await InferenceSession.create(encodeOnnxModel(graph));
    const grid = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 150);
    const { probability } = await session.run({ margin: new Tensor('float32', grid, [grid.length, 1]) });
    (probability!.data as Float32Array).forEach((found, i) =>
      expect(Math.abs(found - calibratedProbability(fitted, grid[i]!))).toBeLessThan(1e-5),
    );
    await session.release();
  });
});
