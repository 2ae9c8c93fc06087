import { describe, expect, it } from 'vitest';
import type { DatasetSchema, TrainingData } from '../../contracts/dataset.js';
import { measuredValue } from './metrics/index.js';
import {
  AUC_ROC,
  binaryMetrics,
  binaryNotes,
  binaryTable,
  compareBinary,
  evaluateBinary,
  readBinary,
} from './binary-classification.js';

const schema = { label: 'bad' } as DatasetSchema;
const labels = Float64Array.from({ length: 120 }, (_, row) => Number(row % 3 === 0));
const probability = labels.map((label, row) => 0.1 + 0.5 * label + 0.3 * Math.abs(Math.sin(row)));
const holdoutOf = (values: Float64Array): TrainingData => ({
  schema,
  table: { rowCount: values.length, columns: { bad: { kind: 'number', values } } },
});
const nouns = { rows: 'loans', positives: 'bad' };
const seed = { seed: 7 };

describe('binaryTable', () => {
  it('is read back without the rows whose label is unknown', () => {
    const table = binaryTable(holdoutOf(Float64Array.of(1, NaN, 0)), [0.9, 0.5, 0.2]);
    expect(table.rowCount).toBe(3);
    expect(readBinary(table)).toEqual({ labels: Float64Array.of(1, 0), scores: Float64Array.of(0.9, 0.2) });
  });
});

describe('binaryMetrics', () => {
  it('starts with the AUC-ROC and gives all but the log loss an interval around the value', () => {
    const overlapping = probability.map((value, row) => (row % 7 === 0 ? 1 - value : value));
    const metrics = binaryMetrics({ labels, scores: overlapping }, 7);
    expect(metrics.map(({ name }) => name)).toEqual([
      ...[AUC_ROC, 'gini', 'ks', 'brier', 'averagePrecision', 'logLoss', 'expectedCalibrationError'],
    ]);
    for (const { name, value, interval, n } of metrics.map((metric) => ({ ...metric, value: measuredValue(metric) }))) {
      expect(n).toBe(120);
      if (name === 'logLoss') continue;
      expect(interval!.low, name).toBeLessThanOrEqual(value);
      expect(interval!.high, name).toBeGreaterThanOrEqual(value);
    }
    expect(metrics[1]!.value).toBeCloseTo(2 * measuredValue(metrics[0]!) - 1, 12);
  });

  it('gives no interval of one point when every pair is ordered rightly, nor from four rows of a class', () => {
    const [auc, gini] = binaryMetrics({ labels, scores: probability }, 7);
    expect(auc).toMatchObject({
      value: 1,
      remark: expect.stringMatching(/every resample .* gives the same value/) as string,
    });
    expect([auc!.interval, gini!.interval]).toEqual([undefined, undefined]);
    const few = binaryMetrics({ labels: labels.subarray(0, 12), scores: probability.subarray(0, 12) }, 7);
    expect(few[0]!.remark).toBe('an interval needs at least 5 rows of the rarer class, found 4');
  });

  it('refuses a single class', () => {
    expect(() => binaryMetrics({ labels: [1, 1], scores: [0.2, 0.4] }, 7)).toThrow(
      expect.objectContaining({ code: 'SINGLE_CLASS' }),
    );
  });
});

describe('binaryNotes', () => {
  it('counts rows and positives, and warns when positives are few', () => {
    const notes = binaryNotes({ labels, scores: probability }, 7, nouns);
    expect(notes[0]).toBe('120 held-out loans, 40 bad (33.3 %)');
    expect(notes[1]).toMatch(/^only 40 bad loans in the holdout/);
    const doubled = { labels: [...labels, ...labels], scores: [...probability, ...probability] };
    expect(binaryNotes(doubled, 7, nouns)).toHaveLength(2);
  });
});

describe('evaluateBinary and compareBinary', () => {
  const table = binaryTable(holdoutOf(labels), probability);

  it('evaluates a scored table', () => {
    const evaluation = evaluateBinary(table, seed, nouns);
    expect(evaluation.metrics).toEqual(binaryMetrics(readBinary(table), 7));
    expect(evaluation.notes).toHaveLength(3);
  });

  it('finds a better ranking better, and no difference to the same ranking', () => {
    const constant = binaryTable(holdoutOf(labels), labels.map(() => 0.5)); // prettier-ignore
    const better = compareBinary(table, constant, 'baseline', seed);
    expect(better).toMatchObject({ against: 'baseline', metric: AUC_ROC, n: 120, other: 0.5 });
    expect(better.interval.low).toBeGreaterThan(0);
    expect(compareBinary(table, table, 'champion', seed).difference).toBe(0);
  });

  it('refuses rows that differ', () => {
    const shorter = binaryTable(holdoutOf(labels.slice(0, 100)), probability.slice(0, 100));
    expect(() => compareBinary(table, shorter, 'champion', seed)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
