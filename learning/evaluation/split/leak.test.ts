import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrozenHoldout, SplitRule } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { selectRows, textColumn, timestampColumn } from '../../table.js';
import {
  decodeTrainingRows,
  encodeTrainingRows,
  findLeak,
  freezeHoldout,
  mergeTrainingRows,
  splitHoldout,
  trainingRowsOf,
  unseenRows,
} from './index.js';

const DAY = 86_400_000;

interface Row {
  readonly key: string;
  readonly user: string;
  readonly day: number;
}

const tableOf = (rows: readonly Row[]): Table => ({
  rowCount: rows.length,
  columns: {
    key: { kind: 'text', values: rows.map(({ key }) => key) },
    user: { kind: 'text', values: rows.map(({ user }) => user) },
    at: { kind: 'timestamp', values: Float64Array.from(rows, ({ day }) => day * DAY) },
  },
});

/** A user with the days of its rows, the week in which it leaves, and the week in which it comes back, if it does. */
const user = fc.record({
  days: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 8 }),
  leaves: fc.integer({ min: 0, max: 20 }),
  returns: fc.integer({ min: 0, max: 20 }),
});
const population = fc.array(user, { minLength: 25, maxLength: 60 });
type Population = typeof population extends fc.Arbitrary<infer Value> ? Value : never;

/** What a source shows in a week: users that left are gone with their rows, those that came back have the newer ones. */
function seenAt(people: Population, week: number): Table {
  const rows = people.flatMap(({ days, leaves, returns }, u) => {
    const isGone = week >= leaves && week < returns;
    const since = week >= leaves && week >= returns ? returns * 7 : 0;
    return isGone
      ? []
      : days.flatMap((day, i) => (day < week * 7 && day >= since ? [{ key: `${u}/${i}`, user: `u${u}`, day }] : []));
  });
  return tableOf(rows);
}

const groups = { column: 'user', fraction: 0.25, salt: 's' };
const rules: Readonly<Record<string, SplitRule>> = {
  group: { kind: 'group', ...groups },
  'group with a window': { kind: 'group', ...groups, window: { column: 'at', days: 21 } },
  'time with frozen groups': { kind: 'time', column: 'at', days: 21, groups },
  'time without groups': { kind: 'time', column: 'at', days: 21 },
};

const namesFor = (holdout: FrozenHoldout, part: 'frozen' | 'window') => ({
  key: 'key',
  group: holdout.kind === 'group' || (holdout.kind === 'time' && holdout.groups && part === 'frozen') ? 'user' : null,
});
const keysOf = (table: Table): Set<string | null> => new Set(textColumn(table, 'key'));
const usersOf = (table: Table): Set<string | null> => new Set(textColumn(table, 'user'));
const shared = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): T[] => [...a].filter((value) => b.has(value));

describe.each(Object.entries(rules))('a holdout by %s', (_name, rule) => {
  const weeks = fc.tuple(fc.integer({ min: 6, max: 14 }), fc.integer({ min: -2, max: 6 }));

  it('has no row, and under a rule by group no group, that champion or challenger was trained on', () => {
    fc.assert(
      fc.property(population, weeks, (people, [week, later]) => {
        const before = seenAt(people, week);
        fc.pre(before.rowCount > 0);
        const holdout = freezeHoldout(rule, before);
        // `later` < 0: a run on data older than the champion's.
        const now = seenAt(people, week + later);
        fc.pre(now.rowCount > 0);
        const champion = splitHoldout(holdout, before).train;
        const challenger = splitHoldout(holdout, now);
        const learned = trainingRowsOf(champion, { key: 'key', group: 'user' });

        for (const name of ['frozen', 'window'] as const) {
          const part = challenger[name];
          const names = namesFor(holdout, name);
          const own = trainingRowsOf(challenger.train, names);
          expect(findLeak(part, names, own)).toBe(0);
          expect(shared(keysOf(part), keysOf(challenger.train))).toEqual([]);
          const compared = selectRows(part, unseenRows(part, names, learned));
          expect(shared(keysOf(compared), keysOf(champion))).toEqual([]);
          if (names.group === null) continue;
          expect(shared(usersOf(part), usersOf(challenger.train))).toEqual([]);
          expect(shared(usersOf(compared), usersOf(champion))).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds out the same frozen groups whatever rows arrive, and the newest rows of the others', () => {
    fc.assert(
      fc.property(population, fc.integer({ min: 6, max: 14 }), (people, week) => {
        const [before, now] = [seenAt(people, week), seenAt(people, week + 1)];
        fc.pre(before.rowCount > 0 && now.rowCount > 0);
        const holdout = freezeHoldout(rule, before);
        const [first, second] = [splitHoldout(holdout, before), splitHoldout(holdout, now)];
        const isFrozen = usersOf(first.frozen);
        expect(shared(isFrozen, usersOf(second.train))).toEqual([]);
        if (rule.kind === 'time') expect(shared(isFrozen, usersOf(second.window))).toEqual([]);
        if (second.windowStart === null) return;
        const { windowStart } = second;
        expect(Math.min(Infinity, ...timestampColumn(second.window, 'at'))).toBeGreaterThanOrEqual(windowStart);
        if (rule.kind === 'group')
          expect(Math.max(-Infinity, ...timestampColumn(second.frozen, 'at'))).toBeLessThan(windowStart);
        if (rule.kind === 'time')
          expect(Math.max(-Infinity, ...timestampColumn(second.train, 'at'))).toBeLessThan(windowStart);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the record of training rows', () => {
  const rows = (n: number, from = 0) =>
    Array.from({ length: n }, (_, i) => ({ key: `k${from + i}`, user: 'u', day: i }));
  const names = { key: 'key', group: 'user' };

  it('finds a planted row, and a planted group of another row', () => {
    const record = trainingRowsOf(tableOf([...rows(50), { key: 'x', user: 'planted', day: 0 }]), names);
    const byKey = tableOf([{ key: 'k7', user: 'other', day: 9 }]);
    const byGroup = tableOf([{ key: 'new', user: 'planted', day: 9 }]);
    const clean = tableOf([{ key: 'new', user: 'other', day: 9 }]);
    expect([byKey, byGroup, clean].map((part) => findLeak(part, names, record))).toEqual([1, 1, 0]);
    expect(findLeak(byGroup, { ...names, group: null }, record)).toBe(0);
    expect(unseenRows(byGroup, names, record)).toEqual([]);
  });

  it('survives its encoding, and bytes of another layout are refused', () => {
    const record = trainingRowsOf(tableOf(rows(30)), names);
    expect(decodeTrainingRows(encodeTrainingRows(record))).toEqual(record);
    for (const bytes of [new Uint8Array(0), new Uint8Array(9), encodeTrainingRows(record).slice(0, 16)])
      expect(() => decodeTrainingRows(bytes)).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }) as Error);
  });

  it('is the union of both for a model that continues another', () => {
    const [one, other] = [trainingRowsOf(tableOf(rows(10)), names), trainingRowsOf(tableOf(rows(10, 5)), names)];
    expect(mergeTrainingRows(one, other)).toEqual(trainingRowsOf(tableOf(rows(15)), names));
  });
});
