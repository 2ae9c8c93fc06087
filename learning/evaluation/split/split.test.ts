import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../../contracts/table.js';
import { murmur3 } from '../../numeric/hash/murmur.js';
import { numberColumn, textColumn } from '../../table.js';
import {
  completeHoldout,
  foldRows,
  freezeHoldout,
  hashFraction,
  mayBeCompleted,
  splitHoldout,
  stratifiedFolds,
  windowStartOf,
} from './index.js';

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

  it('holds out the newest days, which move with the data', () => {
    const frozen = freezeHoldout(rule, users(100));
    expect(frozen).toEqual({ kind: 'time', column: 'at', cut: 89 * DAY, days: 10 });
    const { train, window, frozen: none, windowStart } = splitHoldout(frozen, users(120));
    expect(windowStart).toBe(109 * DAY);
    expect(numberColumn(train, 'row').at(-1)).toBe(108);
    expect(numberColumn(window, 'row')[0]).toBe(109);
    expect([window.rowCount, none.rowCount]).toEqual([11, 0]);
  });

  it('keeps the rows of frozen groups from training wholly, and judges those of its own period', () => {
    const groups = { column: 'user', fraction: 0.3, salt: 's' };
    const holdout = freezeHoldout({ ...rule, groups }, users(100));
    const { train, frozen, window } = splitHoldout(holdout, users(140));
    const isFrozen = (user: string | null): boolean => hashFraction('s', user!) < 0.3;
    expect(textColumn(train, 'user').some(isFrozen) || textColumn(window, 'user').some(isFrozen)).toBe(false);
    expect(textColumn(frozen, 'user').every(isFrozen)).toBe(true);
    const rows = [...numberColumn(frozen, 'row')];
    expect([Math.min(...rows) >= 89, Math.max(...rows) <= 99]).toEqual([true, true]);
  });

  it('has no frozen part in data of few groups', () => {
    const groups = { column: 'user', fraction: 0.3, salt: 's' };
    const holdout = freezeHoldout({ ...rule, groups }, users(30));
    expect(holdout).not.toHaveProperty('groups');
    expect(splitHoldout(holdout, users(30)).frozen.rowCount).toBe(0);
  });

  it('still reads the holdout of a line from before there were two parts', () => {
    const { train, frozen, window } = splitHoldout({ kind: 'time', column: 'at', cut: 89 * DAY }, users(120));
    expect([train.rowCount, frozen.rowCount, window.rowCount]).toEqual([89, 31, 0]);
  });

  it('throws TOO_FEW_ROWS without a row that has a time', () => {
    expect(() => freezeHoldout(rule, users(0))).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});

describe('the window of a rule by group', () => {
  const rule = { ...groupRule, window: { column: 'at', days: 10 } };

  it('is the newest rows of frozen groups and the groups that appear first in the newest days', () => {
    const { train, window, frozen } = splitHoldout(freezeHoldout(rule, users(0)), users(100));
    const first = numberColumn(window, 'row')[0]!;
    expect(first).toBeGreaterThanOrEqual(89);
    expect(numberColumn(train, 'row').every((row) => row < 90)).toBe(true);
    expect(numberColumn(frozen, 'row').every((row) => row < 89)).toBe(true);
    const trained = new Set(textColumn(train, 'user'));
    expect(textColumn(window, 'user').some((user) => trained.has(user))).toBe(false);
    expect(train.rowCount + frozen.rowCount + window.rowCount).toBe(100);
  });

  it('takes at most half of the time that the data span', () => {
    const rows = users(13);
    expect(windowStartOf(freezeHoldout(rule, rows), rows)).toBe(6 * DAY);
    expect(splitHoldout(freezeHoldout(rule, rows), rows).train.rowCount).toBeGreaterThan(0);
  });

  it('is counted from the newest row with a known label', () => {
    const rows = users(100);
    const label = Float64Array.from({ length: 100 }, (_, row) => (row < 60 ? 1 : NaN));
    const table = { ...rows, columns: { ...rows.columns, label: { kind: 'number', values: label } as const } };
    const holdout = freezeHoldout({ ...rule, window: { ...rule.window, known: 'label' } }, table);
    expect(windowStartOf(holdout, table)).toBe(49 * DAY);
  });
});

describe('completeHoldout', () => {
  const groups = { column: 'user', fraction: 0.3, salt: 's' };
  const time = { kind: 'time', column: 'at', days: 10, groups } as const;

  it('adds frozen groups and length to a line with a cut only, and keeps the cut', () => {
    const old = { kind: 'time', column: 'at', cut: 50 * DAY } as const;
    expect(mayBeCompleted(old, time)).toBe(true);
    expect(completeHoldout(old, time, users(100))).toEqual({ ...old, days: 10, groups });
  });

  it('freezes groups from now on when a rule gets them', () => {
    const old = freezeHoldout({ kind: 'time', column: 'at', days: 10 }, users(60));
    expect(completeHoldout(old, time, users(100))).toEqual(freezeHoldout(time, users(100)));
    expect(completeHoldout(old, time, users(30))).toBe(old);
  });

  it('adds a window to a rule by group and keeps its draw', () => {
    const old = { ...groupRule, salt: 'credit#2' };
    const window = { column: 'at', days: 10 };
    expect(completeHoldout(old, { ...groupRule, window }, users(9))).toEqual({ ...old, window });
  });

  it('leaves complete ones and other kinds as they are', () => {
    const complete = freezeHoldout(time, users(100));
    expect(mayBeCompleted(complete, time)).toBe(false);
    expect(completeHoldout(complete, time, users(200))).toBe(complete);
    expect(mayBeCompleted(complete, groupRule)).toBe(false);
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
