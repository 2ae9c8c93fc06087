import { describe, expect, it } from 'vitest';
import { accuracy, classScores, confusions, macroF1, microF1, pairedAccuracy } from './classification.js';

const rows = { truth: ['a', 'a', 'a', 'b', 'b', 'c'], predicted: ['a', 'a', 'b', 'b', 'b', 'a'] };

describe('classification', () => {
  it('scores precision, recall and F1 a class, no precision for one never predicted', () => {
    expect(accuracy(rows)).toBeCloseTo(4 / 6, 12);
    expect(classScores(rows)).toEqual([
      { name: 'a', precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 },
      { name: 'b', precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
      { name: 'c', precision: null, recall: 0, f1: 0, support: 1 },
    ]);
    expect(macroF1(rows)).toBeCloseTo((2 / 3 + 0.8) / 3, 12);
  });

  it('counts confusions, most frequent first', () => {
    expect(confusions(rows).map(({ truth, predicted, rows: n }) => `${truth}${predicted}${n}`)).toEqual([
      'aa2',
      'bb2',
      'ab1',
      'ca1',
    ]);
  });

  it('measures sets of labels over all (row, label) pairs', () => {
    expect(microF1([['a', 'b'], ['c'], []], [['a'], ['c', 'a'], []])).toBeCloseTo(4 / 6, 12);
    expect(microF1([[]], [[]])).toBeNull();
  });

  it('compares two models on the same rows; a model with itself differs by 0', () => {
    const ours = Array.from({ length: 100 }, (_, i) => Number(i < 90));
    const theirs = Array.from({ length: 100 }, (_, i) => Number(i < 70));
    const better = pairedAccuracy(ours, theirs);
    expect(better.difference).toBeCloseTo(0.2, 12);
    expect(better.interval.low).toBeGreaterThan(0.1);
    const same = pairedAccuracy(ours, ours);
    expect(same.difference).toBe(0);
    expect(same.interval.low).toBeLessThan(0);
  });

  it('refuses empty input and predictions of another length', () => {
    expect(() => accuracy({ truth: [], predicted: [] })).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
    expect(() => macroF1({ truth: ['a'], predicted: [] })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
