import { describe, expect, it } from 'vitest';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { syntheticCredit } from '../peers/credit-data.js';
import { renderRows } from './print.js';
import { cpuSeconds } from '../support/cpu.js';
import { benchmarkRow, reaches } from './suite.js';

describe('bars', () => {
  it.each([
    [0.8, { atLeast: 0.8 }, true],
    [0.79, { atLeast: 0.8 }, false],
    [1.5, { atMost: 1.5 }, true],
    [1.6, { atMost: 1.5 }, false],
    [NaN, { atMost: 1.5 }, false],
    [5, null, true],
  ])('%d against %o: %s', (value, target, pass) => {
    expect(reaches(value, target)).toBe(pass);
  });

  it('print value, target, peer and verdict', () => {
    const peer = { name: 'xgboost 3.2.0', value: 0.77521 };
    const table = renderRows([
      benchmarkRow({ name: 'auc', value: 0.774671, unit: 'AUC', target: { atLeast: 0.7732 }, peer }),
      benchmarkRow({ name: 'ratio', value: 2, unit: 'ratio', target: { atMost: 1.5 } }),
    ]);
    expect(table).toMatch(/auc.*0\.7747.*>= 0\.7732.*xgboost 3\.2\.0 0\.7752.*yes/);
    expect(table).toMatch(/ratio.*<= 1\.5.*NO/);
  });

  it('measure work, and the fastest of several runs', () => {
    let runs = 0;
    const seconds = cpuSeconds(3, () => {
      runs += 1;
      for (let i = 0, x = 0; i < 2e6; i++) x = Math.sin(x + i);
    });
    expect(runs).toBe(3);
    expect(seconds).toBeGreaterThan(0);
  });
});

describe('the speed set', () => {
  const { x, y } = syntheticCredit(4000, 1);

  it('has about a fifth positives, integers in front and missing values at the end', () => {
    const share = Array.from(y).reduce((sum, label) => sum + label, 0) / 4000;
    expect(share).toBeGreaterThan(0.12);
    expect(share).toBeLessThan(0.32);
    const column = (j: number): Float64Array => x.values.filter((_, i) => i % 30 === j);
    expect(column(3).every(Number.isInteger)).toBe(true);
    expect(column(25).filter(Number.isNaN).length / 4000).toBeCloseTo(0.05, 1.5);
    expect(rocAuc(y, column(8))).toBeGreaterThan(0.58);
  });

  it('is the same for the same seed', () => {
    expect(syntheticCredit(100, 5)).toEqual(syntheticCredit(100, 5));
  });
});
