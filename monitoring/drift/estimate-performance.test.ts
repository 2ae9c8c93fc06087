import { describe, expect, it } from 'vitest';
import type { ProbabilityOfAnswers } from '../../contracts/monitored-columns.js';
import type { Table } from '../../contracts/table.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { numberColumn } from '../../learning/table.js';
import { estimatePerformance, fitEstimator } from './estimate-performance.js';

const random = createRandom(5);
const draw = (count: number, power: number): number[] => Array.from({ length: count }, () => random.uniform() ** power);
const number = (values: readonly number[]) => ({ kind: 'number' as const, values: Float64Array.from(values) });

/** Calibrated: the label is drawn with the stated probability; unknown for the first ten. */
function scoredRows(count: number): Table {
  const probability = draw(count, 1);
  const truth = probability.map((p, row) => (row < 10 ? Number.NaN : Number(random.uniform() < p)));
  return { rowCount: count, columns: { truth: number(truth), probability: number(probability) } };
}

const facts = (kind: ProbabilityOfAnswers['kind'], metric: ProbabilityOfAnswers['metric']): ProbabilityOfAnswers => ({
  ...{ kind, metric, ofAnswer: () => null },
  ofHeldOut: (scored) => ({ truth: numberColumn(scored, 'truth'), probability: numberColumn(scored, 'probability') }),
});

describe('estimatePerformance', () => {
  it('is the share of right answers that confidences promise', () => {
    const confidence = facts('confidence', 'accuracy');
    const fitted = fitEstimator(confidence, scoredRows(4000));
    const window = draw(2000, 0.25); // more confident than the held-out rows: 0.8 on average
    const found = estimatePerformance(confidence, fitted, window);
    expect(found).toMatchObject({ method: 'CBPE', metric: 'accuracy', direction: 'higher' });
    expect(found.estimated).toBeCloseTo(0.8, 1);
    expect(found.reference).toBeCloseTo(0.5, 1);
    expect(found.low).toBeLessThan(found.estimated!);
    expect(found.high).toBeGreaterThan(found.estimated!);
    expect(found.assumptions.join('\n')).toMatch(/calibrated-scores \(holds\)[\s\S]*no-concept-drift \(not checked\)/);
  });

  it('is the area under the curve that probabilities promise', () => {
    const calibrated = facts('calibrated', 'aucRoc');
    const found = estimatePerformance(calibrated, fitEstimator(calibrated, scoredRows(4000)), draw(2000, 1));
    expect(found.estimated).toBeCloseTo(5 / 6, 1); // of labels drawn with uniform probabilities
    expect(found.reference).toBeCloseTo(5 / 6, 1);
  });

  it('is not given for a window without answers or a reference of few labels, and says why', () => {
    const calibrated = facts('calibrated', 'aucRoc');
    const empty = estimatePerformance(calibrated, fitEstimator(calibrated, scoredRows(500)), []);
    expect(empty).toMatchObject({ estimated: null, low: null, high: null });
    expect(empty.assumptions[0]).toContain('no rows');
    const few = estimatePerformance(calibrated, fitEstimator(calibrated, scoredRows(30)), draw(50, 1));
    expect(few.estimated).toBeNull();
    expect(few.assumptions[0]).toMatch(/20 labelled rows/);
  });
});
