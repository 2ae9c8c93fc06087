import { describe, expect, it } from 'vitest';
import type { DataQuality } from '../contracts/dataset.js';
import { qualityReasons } from './quality-reasons.js';

const check = {
  table: 'loans',
  column: null,
  check: 'labels are 0 or 1',
  failedRows: 0,
  example: '60 rows have no label',
};
const quality = (change: Partial<DataQuality>): DataQuality => ({
  ...{ passed: false, checkedRows: 400, rejectedRows: 0, reportHash: 'a'.repeat(64), failedChecks: [] },
  ...change,
});

describe('qualityReasons', () => {
  it('count no faulty rows where a check of the whole table does not hold', () => {
    expect(qualityReasons(quality({ failedChecks: [check] }))).toEqual([
      'the 400 rows as a whole fail 1 of the checks',
      'loans: labels are 0 or 1 does not hold (60 rows have no label)',
    ]);
  });

  it('count faulty rows by column', () => {
    const range = { ...check, column: 'amount', check: 'range', failedRows: 7, example: null };
    expect(qualityReasons(quality({ rejectedRows: 7, failedChecks: [range] }))).toEqual([
      '7 of 400 rows have a fault',
      'loans.amount: range fails in 7 rows',
    ]);
  });
});
