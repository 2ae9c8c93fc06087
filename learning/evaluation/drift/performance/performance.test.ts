import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from '../../../artefact/state-json.js';
import { matrix } from '../../../numeric/matrix/index.js';
import { createRandom } from '../../../numeric/random/index.js';
import { rocAuc } from '../../metrics/index.js';
import {
  type ClassifierEstimator,
  estimateClassifierPerformance,
  estimateRegressorPerformance,
  fitClassifierEstimator,
  fitRegressorEstimator,
  type RegressorEstimator,
} from '../index.js';

const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** Labels drawn from the true probability; scores are its log-odds times `confidence`. */
function scoredRows(n: number, seed: number, { mean = 0, confidence = 1 } = {}) {
  const random = createRandom(seed);
  const margins = new Float64Array(n).map(() => mean + 1.5 * random.normal());
  return {
    scores: margins.map((margin) => sigmoid(confidence * margin)),
    labels: margins.map((margin) => Number(random.uniform() < sigmoid(margin))),
  };
}

const accuracyOf = ({ scores, labels }: ReturnType<typeof scoredRows>): number =>
  labels.reduce((hits, label, i) => hits + Number(label === Number(scores[i]! >= 0.5)), 0) / labels.length;

describe('estimateClassifierPerformance', () => {
  const fitted = fitClassifierEstimator({ ...scoredRows(8000, 1), origin: 'held-out' });

  it('estimates what the labels of a shifted window show, within its interval', () => {
    const window = scoredRows(8000, 2, { mean: 1.5 });
    const { metrics, confusion, assumptions, undecided } = estimateClassifierPerformance(fitted, window.scores);
    const metric = (name: string) => metrics.find((one) => one.name === name)!;
    for (const [name, realised] of [
      ['accuracy', accuracyOf(window)],
      ['rocAuc', rocAuc(window.labels, window.scores)],
    ] as const) {
      expect(Math.abs(metric(name).value! - realised)).toBeLessThan(0.015);
      expect(metric(name).low!).toBeLessThan(realised);
      expect(metric(name).high!).toBeGreaterThan(realised);
    }
    // Without the estimate the reference's accuracy would be believed.
    expect(metric('accuracy').value! - metric('accuracy').reference!).toBeGreaterThan(0.04);
    expect(
      Object.values(confusion! as unknown as Record<string, number>).reduce((sum, count) => sum + count, 0),
    ).toBeCloseTo(8000, 6);
    expect(undecided).toBeNull();
    expect(assumptions.map(({ name, holds }) => [name, holds])).toEqual([
      ['reference-not-trained-on', true],
      ['calibrated-scores', true],
      ['covered-window', true],
      ['no-concept-drift', null],
    ]);
  });

  it('recalibrates scores that promise too much', () => {
    const sure = { confidence: 3 };
    const recalibrated = fitClassifierEstimator(scoredRows(8000, 1, sure));
    const window = scoredRows(8000, 2, { ...sure, mean: 1 });
    expect(recalibrated.calibration.kind).not.toBe('none');
    expect(recalibrated.calibrationError.before).toBeGreaterThan(3 * recalibrated.calibrationError.after);
    const [accuracy] = estimateClassifierPerformance(recalibrated, window.scores).metrics;
    expect(Math.abs(accuracy!.value! - accuracyOf(window))).toBeLessThan(0.02);
  });

  it('says that scores are not calibrated, that rows were trained on, and that a window lies outside the reference', () => {
    const random = createRandom(3);
    const noise = new Float64Array(400).map(() => Number(random.uniform() < 0.5));
    const scores = noise.map((_, i) => 0.3 + 0.4 * ((i * 0.618) % 1));
    const doubtful: ClassifierEstimator = {
      ...fitClassifierEstimator({ scores, labels: noise, origin: 'trained-on' }),
      calibrationError: { before: 0.2, after: 0.2, noise: 0.02 },
    };
    const { assumptions } = estimateClassifierPerformance(doubtful, new Float64Array(100).fill(0.99));
    expect(assumptions.map(({ holds }) => holds)).toEqual([false, false, false, null]);
    expect(assumptions[2]!.finding).toBe('100.0 % of the scores lie outside the reference, wanted at most 1.0 %');
  });

  it('survives storage and gives the same estimate', () => {
    const { scores } = scoredRows(500, 4);
    const stored = decodeState(encodeState(fitted)) as ClassifierEstimator;
    expect(estimateClassifierPerformance(stored, scores)).toEqual(estimateClassifierPerformance(fitted, scores));
  });

  it('estimates nothing without rows, and says why', () => {
    expect(estimateClassifierPerformance(fitted, new Float64Array(0)).undecided).toBe('the window has no rows');
    const few = fitClassifierEstimator(scoredRows(29, 1));
    expect(few.undecided).toBe('the reference has 29 labelled rows, wanted 30');
    expect(estimateClassifierPerformance(few, Float64Array.of(0.5)).metrics).toEqual([]);
    const { scores } = scoredRows(100, 1);
    const oneSided = fitClassifierEstimator({ scores, labels: scores.map((_, i) => Number(i < 9)) });
    expect(oneSided.undecided).toBe('the reference has 9 rows of its rarer label, wanted 10');
    expect(
      fitClassifierEstimator({ scores: new Float64Array(0), labels: new Float64Array(0) }).undecided,
    ).not.toBeNull();
    expect(() => estimateClassifierPerformance(fitted, Float64Array.of(Number.NaN))).toThrow(
      expect.objectContaining({ code: 'NOT_FINITE' }),
    );
  });

  it('leaves a metric without a value where the window does not define it', () => {
    const low = estimateClassifierPerformance(fitted, new Float64Array(50).fill(0.2)).metrics;
    expect(low.find(({ name }) => name === 'precision')).toMatchObject({ value: null, low: null, high: null });
  });
});

/** Noise that grows with the feature. */
function amounts(n: number, seed: number, mean = 0) {
  const random = createRandom(seed);
  const features = matrix(
    n,
    1,
    new Float64Array(n).map(() => mean + random.normal()),
  );
  const predictions = features.values.map((value) => 2 * value);
  const actuals = predictions.map((value, i) => value + Math.exp(features.values[i]!) * random.normal());
  return { features, predictions, actuals };
}

describe('estimateRegressorPerformance', () => {
  const fitted = fitRegressorEstimator({ ...amounts(4000, 1), origin: 'held-out' });

  it('estimates the error on a shifted window, within its interval', () => {
    const window = amounts(4000, 2, -0.5);
    const realised = window.actuals.map((actual, i) => Math.abs(actual - window.predictions[i]!));
    const wanted = realised.reduce((sum, loss) => sum + loss, 0) / realised.length;
    const { metrics, assumptions } = estimateRegressorPerformance(fitted, window);
    const [mae, rmse] = metrics;
    expect(Math.abs(mae!.value! - wanted)).toBeLessThan(0.1);
    expect(mae!.low!).toBeLessThan(wanted);
    expect(mae!.high!).toBeGreaterThan(wanted);
    expect(mae!.reference! - mae!.value!).toBeGreaterThan(0.2);
    expect(rmse!.value!).toBeGreaterThan(mae!.value!);
    expect(assumptions.map(({ name, holds }) => [name, holds])).toEqual([
      ['reference-not-trained-on', true],
      ['learnable-errors', true],
      ['covered-window', true],
      ['no-concept-drift', null],
    ]);
  });

  it('says that a window lies outside the reference, where trees cannot extrapolate', () => {
    const { assumptions } = estimateRegressorPerformance(fitted, amounts(500, 3, 8));
    expect(assumptions.find(({ name }) => name === 'covered-window')!.holds).toBe(false);
  });

  it('works on predictions alone, survives storage, and refuses other features', () => {
    const none = ({ predictions, actuals }: ReturnType<typeof amounts>) => ({
      features: matrix(actuals.length, 0, new Float64Array(0)),
      predictions,
      actuals,
    });
    const alone = fitRegressorEstimator(none(amounts(1000, 1)));
    const window = none(amounts(300, 2));
    const stored = decodeState(encodeState(alone)) as RegressorEstimator;
    expect(estimateRegressorPerformance(stored, window)).toEqual(estimateRegressorPerformance(alone, window));
    expect(() => estimateRegressorPerformance(fitted, window)).toThrow('the window has 0 features, wanted 1');
  });

  it('estimates nothing without rows, and says why', () => {
    expect(estimateRegressorPerformance(fitted, amounts(0, 1)).undecided).toBe('the window has no rows');
    const few = fitRegressorEstimator(amounts(29, 1));
    expect(few.undecided).toBe('the reference has 29 rows with known values, wanted 30');
    expect(estimateRegressorPerformance(few, amounts(50, 1))).toMatchObject({ metrics: [], undecided: few.undecided });
  });
});
