import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../numeric/random/index.js';
import {
  compareColumns,
  compareWithProfile,
  decodeProfile,
  type DriftColumn,
  type DriftResult,
  encodeProfile,
  mergeProfiles,
  profileColumns,
  type ReferenceProfile,
} from '../index.js';
import { distancesOf, distributionOf } from '../values/distribution.js';
import { createSpace } from '../values/summary.js';
import { distributionOfSketch, mergeNumbers, sketchNumbers } from './numeric-sketch.js';

/** Columns of the forms that tables have; `shift` is in standard deviations, about. */
const shapes: Readonly<Record<string, (random: Random, shift: number) => number | string>> = {
  normal: (random, shift) => random.normal() + shift,
  amounts: (random, shift) => Math.exp(random.normal()) * (1 + shift),
  zeros: (random, shift) => (random.uniform() < 0.4 ? 0 : Math.exp(random.normal() + shift)),
  counts: (random, shift) => Math.floor(6 * random.uniform() * (1 + shift)),
  times: (random, shift) => 1.7e12 + Math.floor(864e5 * (30 * random.uniform() + 9 * shift)),
  words: (random, shift) => `w${Math.floor(40 * random.uniform() ** (1 + shift))}`,
  flag: (random, shift) => Number(random.uniform() < 0.3 + shift / 2),
};

function columns(rows: number, seed: number, shift: number): DriftColumn[] {
  return Object.entries(shapes).map(([name, draw]) => {
    const random = createRandom(seed).fork(name);
    const values = Array.from({ length: rows }, () => draw(random, shift));
    if (typeof values[0] === 'string') return { name, kind: 'categorical', values: values as string[] };
    return { name, kind: 'numeric', values: Float64Array.from(values as number[]) };
  });
}

const slice = (all: DriftColumn[], from: number, to: number): DriftColumn[] =>
  all.map((column) => ({ ...column, values: (column.values as string[]).slice(from, to) }) as unknown as DriftColumn);

/** The profile of rows that come in batches. */
function inBatches(all: DriftColumn[], rows: number, batches: number): ReferenceProfile {
  const size = Math.ceil(rows / batches);
  const parts = Array.from({ length: batches }, (_, i) => profileColumns(slice(all, i * size, (i + 1) * size)));
  return parts.reduce(mergeProfiles);
}

const verdicts = ({ columns: found }: DriftResult): boolean[] => found.map(({ drifted }) => drifted);

describe('compareWithProfile', () => {
  it('gives the verdict of the rows in at least 99 % of the columns, from one profile and from merged ones', () => {
    let [same, all] = [0, 0];
    const sizes = [100, 900, 2500, 6000, 12_000];
    for (let seed = 0; seed < 40; seed++) {
      const rows = sizes[seed % sizes.length]!;
      const reference = columns(rows, seed, 0);
      // Shifts around the thresholds, where verdicts are hardest.
      const current = columns(
        Math.ceil(rows / (1 + (seed % 3))),
        1000 + seed,
        [0, 0.05, 0.1, 0.15, 0.3][(seed >> 1) % 5]!,
      );
      const options = { resamples: 499 };
      const exact = verdicts(compareColumns(reference, current, options));
      for (const profile of [profileColumns(reference), inBatches(reference, rows, 5)]) {
        const sketched = verdicts(compareWithProfile(profile, current, options));
        sketched.forEach((verdict, i) => (same += Number(verdict === exact[i])));
        all += exact.length;
      }
    }
    expect(all).toBeGreaterThan(500);
    expect(same / all).toBeGreaterThanOrEqual(0.99);
  });

  it('equals the comparison of rows exactly while columns have at most 2,048 distinct values', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 1500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.nat(1000),
        (rows, window, seed) => {
          const [reference, current] = [columns(rows, seed, 0), columns(window, seed + 1, 0.2)];
          const options = { resamples: 499 };
          const wanted = compareColumns(reference, current, options);
          expect(verdicts(compareWithProfile(profileColumns(reference), current, options))).toEqual(verdicts(wanted));
          const merged = compareWithProfile(inBatches(reference, rows, 3), profileColumns(current), options);
          merged.columns.forEach((column, i) => {
            expect(column.pValue).toBe(wanted.columns[i]!.pValue);
            expect(column.effect!.value).toBeCloseTo(wanted.columns[i]!.effect!.value, 9);
          });
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('numeric sketch', () => {
  const sorted = (values: Float64Array) => distributionOf(values, createSpace());
  const lognormals = (n: number, seed: number) => {
    const random = createRandom(seed);
    return new Float64Array(n).map(() => (random.uniform() < 0.3 ? 0 : Math.exp(random.normal())));
  };

  it('is off by at most 0.31 % of the rows in any quantile, and keeps a frequent value exactly', () => {
    const exact = sorted(lognormals(50_000, 1));
    const sketch = sketchNumbers(exact);
    expect(sketch.values.length).toBeLessThan(1000);
    expect(sketch.weights[0]).toBe(exact.weights[0]);
    const { gap, area } = distancesOf(exact, distributionOfSketch(sketch));
    expect(gap).toBeLessThan(0.0031);
    expect(area / exact.deviation).toBeLessThan(0.001);
    expect([sketch.mean, sketch.deviation, sketch.rows]).toEqual([exact.mean, exact.deviation, exact.rows]);
  });

  it('stays as small and about as exact when it is merged of forty', () => {
    const parts = Array.from({ length: 40 }, (_, i) => lognormals(3000, i));
    const whole = new Float64Array(120_000);
    parts.forEach((part, i) => whole.set(part, i * 3000));
    const exact = sorted(whole);
    const merged = parts.map((part) => sketchNumbers(sorted(part))).reduce(mergeNumbers);
    expect(merged.values.length).toBeLessThanOrEqual(2048);
    expect(merged.rows).toBe(120_000);
    expect(merged.mean).toBeCloseTo(exact.mean, 12);
    expect(merged.deviation).toBeCloseTo(exact.deviation, 12);
    const { gap, area } = distancesOf(exact, distributionOfSketch(merged));
    expect(gap).toBeLessThan(0.0062);
    expect(area / exact.deviation).toBeLessThan(0.002);
  });

  it('merges sketches without rows', () => {
    const none = sketchNumbers(sorted(new Float64Array(3).fill(NaN)));
    expect(mergeNumbers(none, none)).toMatchObject({ rows: 0, missing: 6, mean: 0, deviation: 0 });
    const some = sketchNumbers(sorted(Float64Array.of(1, 2, 3)));
    expect(mergeNumbers(none, some)).toMatchObject({ rows: 3, missing: 3, mean: 2 });
  });
});

describe('profiles', () => {
  it('survive storage: equal profiles have equal bytes, and other text is refused', () => {
    const text: DriftColumn = { name: 'text', kind: 'text', values: ['one two', null, 'two three', ''] };
    const profile = profileColumns([...slice(columns(4, 1, 0), 0, 4), text]);
    const stored = encodeProfile(profile);
    expect(decodeProfile(stored)).toEqual(profile);
    expect(encodeProfile(decodeProfile(stored))).toBe(stored);
    expect(() => decodeProfile('{"schemaVersion":2}')).toThrow(expect.objectContaining({ code: 'ARTEFACT_INVALID' }));
    expect(() => decodeProfile('no JSON')).toThrow(expect.objectContaining({ code: 'ARTEFACT_INVALID' }));
  });

  it('keep constant memory whatever the rows', () => {
    const size = (rows: number) => encodeProfile(profileColumns(columns(rows, 1, 0).slice(0, 1))).length;
    expect(size(40_000)).toBeLessThan(1.2 * size(5000));
    expect(size(40_000)).toBeLessThan(40_000);
  });

  it('merge texts and truncated categories, and refuse other columns', () => {
    const text = (values: string[]): DriftColumn[] => [{ name: 't', kind: 'text', values }];
    const [a, b] = [text(['x y', 'y']), text(['z'])];
    expect(mergeProfiles(profileColumns(a), profileColumns(b))).toEqual(profileColumns(text(['x y', 'y', 'z'])));
    const ids = (from: number): DriftColumn[] => [
      {
        name: 'c',
        kind: 'categorical',
        values: Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 'often' : `${from + i}`)),
      },
    ];
    const [merged] = mergeProfiles(profileColumns(ids(0)), profileColumns(ids(4000))).columns;
    expect(merged).toMatchObject({ kind: 'categorical', rows: 8000, other: 8000 - 4000 - 2047 });
    const moved = compareWithProfile({ schemaVersion: 1, rows: 8000, columns: [merged!] }, [
      {
        name: 'c',
        kind: 'categorical',
        values: Array.from({ length: 2000 }, (_, i) => (i % 10 === 0 ? 'often' : `n${i}`)),
      },
    ]);
    expect(moved.columns[0]!.drifted).toBe(true);
    expect(() => mergeProfiles(profileColumns(a), profileColumns(ids(0)))).toThrow('have other columns');
    const numeric: DriftColumn[] = [{ name: 't', kind: 'numeric', values: Float64Array.of(1) }];
    expect(() => mergeProfiles(profileColumns(a), profileColumns(numeric))).toThrow(
      'is text in one profile, numeric in the other',
    );
  });
});
