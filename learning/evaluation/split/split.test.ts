import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../../contracts/table.js';
import { murmur3 } from '../../numeric/hash/murmur.js';
import { numberColumn, textColumn } from '../../table.js';
import { foldRows, freezeHoldout, hashFraction, splitHoldout, stratifiedFolds } from './index.js';

const DAY = 86_400_000;
const users = (n: number, first = 0): Table => ({
  rowCount: n,
  columns: {
    user: { kind: 'text', values: Array.from({ length: n }, (_, i) => `u${Math.floor((first + i) / 2)}`) },
    at: { kind: 'timestamp', values: Float64Array.from({ length: n }, (_, i) => (first + i) * DAY) },
    row: { kind: 'number', values: Float64Array.from({ length: n }, (_, i) => first + i) },
  },
});
const groupRule = { kind: 'group', column: 'user', fraction: 0.3, salt: 'credit' } as const;

describe('hashFraction', () => {
  // Vectors of the reference implementation (SMHasher).
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['hello', 0, 0x248bfa47],
    ['hello, world', 0, 0x149bbb7f],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('murmur3 of "%s" with seed %i', (text, seed, wanted) => {
    expect(murmur3(new TextEncoder().encode(text), seed)).toBe(wanted);
  });

  it('gives the recorded values, so that a frozen holdout does not change with a release', () => {
    expect(hashFraction('credit', 'user-1')).toBe(0.39309288091641303);
    expect(hashFraction('credit', 'user-2')).not.toBe(hashFraction('fraud', 'user-2'));
    expect(hashFraction('ab', 'c')).not.toBe(hashFraction('a', 'bc'));
  });

  it('is uniform: ten bands of 20,000 ids hold about 10 % each', () => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Math.floor(hashFraction('s', String(i)) * 10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

describe('splitHoldout by group', () => {
  const holdout = freezeHoldout(groupRule, users(0));

  it('keeps the rows of a group together and holds out about the fraction', () => {
    const { train, holdout: held } = splitHoldout(holdout, users(4000));
    const trained = new Set(textColumn(train, 'user'));
    expect(textColumn(held, 'user').some((user) => trained.has(user))).toBe(false);
    expect(held.rowCount / 4000).toBeGreaterThan(0.26);
    expect(held.rowCount / 4000).toBeLessThan(0.34);
    expect(train.rowCount + held.rowCount).toBe(4000);
  });

  it('keeps a row on its side when rows are appended', () => {
    const early = numberColumn(splitHoldout(holdout, users(300)).holdout, 'row');
    const late = numberColumn(splitHoldout(holdout, users(900)).holdout, 'row');
    expect([...late].filter((row) => row < 300)).toEqual([...early]);
  });

  it('takes numbers as groups too, and refuses an empty one by row', () => {
    const byNumber = { ...holdout, column: 'row' };
    expect(splitHoldout(byNumber, users(100)).holdout.rowCount).toBeGreaterThan(10);
    const broken = users(3);
    (broken.columns['user']!.values as (string | null)[])[1] = null;
    const wanted: unknown = expect.objectContaining({ code: 'INVALID_VALUE', details: { column: 'user', row: 1 } });
    expect(() => splitHoldout(holdout, broken)).toThrow(wanted);
  });
});

describe('splitHoldout by time', () => {
  const rule = { kind: 'time', column: 'at', days: 10 } as const;

  it('holds out rows at or after the frozen cut', () => {
    const frozen = freezeHoldout(rule, users(100));
    expect(frozen).toEqual({ kind: 'time', column: 'at', cut: 89 * DAY });
    const { train, holdout } = splitHoldout(frozen, users(120));
    expect(numberColumn(train, 'row').at(-1)).toBe(88);
    expect(numberColumn(holdout, 'row')[0]).toBe(89);
    expect(holdout.rowCount).toBe(31);
  });

  it('throws TOO_FEW_ROWS without a row that has a time', () => {
    expect(() => freezeHoldout(rule, users(0))).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});

describe('splitHoldout as given', () => {
  const rule = { kind: 'given', column: 'part', heldOut: ['test'] } as const;
  const parts = (values: readonly (string | null)[]): Table => ({
    rowCount: values.length,
    columns: { part: { kind: 'text', values } },
  });

  it('holds out the parts that the data name', () => {
    const table = parts(['train', 'test', 'validation', 'test']);
    const { train, holdout } = splitHoldout(freezeHoldout(rule, table), table);
    expect(train.columns.part?.values).toEqual(['train', 'validation']);
    expect(holdout.columns.part?.values).toEqual(['test', 'test']);
  });

  it('refuses a row without a part', () => {
    const table = parts(['train', null]);
    expect(() => splitHoldout(freezeHoldout(rule, table), table)).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE', details: { column: 'part', row: 1 } }),
    );
  });
});

describe('stratifiedFolds', () => {
  it('distributes rows of each class and all rows evenly', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 200 });
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0 }), (y, k, seed) => {
        const folds = stratifiedFolds(y, k, seed);
        for (const label of [null, 0, 1, 2]) {
          const counts = new Array<number>(k).fill(0);
          folds.forEach((fold, row) => (counts[fold]! += label === null || y[row] === label ? 1 : 0));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('depends on the seed alone; each row is tested once', () => {
    const y = Array.from({ length: 50 }, (_, i) => i % 2);
    expect(stratifiedFolds(y, 5, 1)).toEqual(stratifiedFolds(y, 5, 1));
    expect(stratifiedFolds(y, 5, 1)).not.toEqual(stratifiedFolds(y, 5, 2));
    const folds = stratifiedFolds(y, 5, 1);
    const tested = [0, 1, 2, 3, 4].flatMap((fold) => foldRows(folds, fold).test).sort((a, b) => a - b);
    expect(tested).toEqual([...y.keys()]);
    expect(foldRows(folds, 0).train).toHaveLength(40);
  });

  it('refuses one fold, and more folds than rows', () => {
    expect(() => stratifiedFolds([0, 1], 1, 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => stratifiedFolds([0, 1], 3, 0)).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});
