import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { compareColumns, compareWithProfile, type DriftColumn, profileColumns, rankByImportance } from './index.js';

const numeric = (name: string, values: ArrayLike<number>): DriftColumn => ({
  name,
  kind: 'numeric',
  values: Float64Array.from(values),
});
const words = (
  name: string,
  values: readonly (string | null)[],
  kind: 'categorical' | 'text' = 'categorical',
): DriftColumn => ({
  name,
  kind,
  values,
});
const normals = (n: number, seed: number, mean = 0): Float64Array => {
  const random = createRandom(seed);
  return new Float64Array(n).map(() => mean + random.normal());
};
const repeat = <Value>(n: number, value: (i: number) => Value): Value[] =>
  Array.from({ length: n }, (_, i) => value(i));
const only = (reference: DriftColumn, current: DriftColumn, options = {}) =>
  compareColumns([reference], [current], options).columns[0]!;

describe('columns of every form', () => {
  it('does not call an equal constant drifted, and a moved one yes, whatever its unit', () => {
    for (const unit of [1e-9, 1, 1e9]) {
      const constant = (value: number) => numeric('fee', new Float64Array(100).fill(value * unit));
      expect(only(constant(5), constant(5))).toMatchObject({ drifted: false, decided: true, note: 'one value only' });
      expect(only(constant(5), constant(6))).toMatchObject({ drifted: true, method: 'z-test' });
    }
  });

  it('compares booleans as numbers and as categories with one verdict', () => {
    const flags = (share: number, n: number) => repeat(n, (i) => Number(i % 100 < 100 * share));
    const asNumber = only(numeric('flag', flags(0.3, 2000)), numeric('flag', flags(0.6, 2000)));
    const text = (values: number[]) => words('flag', values.map(String));
    const asWord = only(text(flags(0.3, 2000)), text(flags(0.6, 2000)));
    expect([asNumber.method, asNumber.drifted]).toEqual(['z-test', true]);
    expect([asWord.method, asWord.drifted]).toEqual(['z-test', true]);
    expect(asWord.pValue).toBeCloseTo(asNumber.pValue!, 12);
  });

  it('says that a column without values in the window was not compared, and finds the missing values', () => {
    const result = compareColumns([numeric('age', normals(200, 1))], [numeric('age', new Float64Array(100).fill(NaN))]);
    expect(result.columns[0]).toMatchObject({ decided: false, drifted: false, note: 'no value in the window' });
    expect(result.columns[1]).toMatchObject({
      column: 'age (missing)',
      of: 'age',
      kind: 'missing',
      drifted: true,
      effect: { name: 'missing-share', value: 1 },
    });
    expect(result.drifted).toBe(true);
  });

  it('decides nothing on a column whose reference has no values', () => {
    const empty = new Float64Array(200).fill(NaN);
    const result = compareColumns([numeric('age', empty)], [numeric('age', empty)]);
    expect(result.columns[0]).toMatchObject({ decided: false, note: '0 values in the reference, wanted at least 30' });
    expect(result.columns[1]).toMatchObject({ column: 'age (missing)', drifted: false, decided: true });
  });

  it('reads codes with a dictionary as the texts they stand for', () => {
    const [before, after] = [repeat(300, (i) => `w${i % 3}`), repeat(300, (i) => (i % 10 === 0 ? null : `w${i % 2}`))];
    const dictionary = ['w2', 'w1', 'unused', 'w0'];
    const coded = (kind: 'categorical' | 'text', values: readonly (string | null)[]): DriftColumn => ({
      name: 'word',
      kind,
      values: {
        codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))),
        words: dictionary,
      },
    });
    for (const kind of ['categorical', 'text'] as const) {
      const plain = compareColumns([words('word', before, kind)], [words('word', after, kind)]);
      expect(plain.columns.map(({ drifted }) => drifted)).toEqual([true, true]);
      expect(compareColumns([coded(kind, before)], [coded(kind, after)])).toEqual(plain);
    }
  });

  it('counts infinite numbers as missing and says how many', () => {
    const values = normals(300, 1);
    values[0] = Infinity;
    values[1] = -Infinity;
    const found = only(numeric('ratio', values), numeric('ratio', normals(300, 2)));
    expect(found).toMatchObject({ referenceCount: 298, referenceMissing: 2, currentMissing: 0, drifted: false });
    expect(found.note).toBe('infinite numbers count as missing: 2 in the reference, 0 in the window');
  });

  it('does not call unlike identifiers drifted, and finds a new category among many', () => {
    const ids = (from: number, n: number) =>
      words(
        'id',
        repeat(n, (i) => `u${from + i}`),
      );
    expect(only(ids(0, 5000), ids(5000, 5000))).toMatchObject({
      drifted: false,
      note: '4096 rare values compared as one',
    });
    expect(only(ids(0, 800), ids(800, 800)).drifted).toBe(false);
    const shops = (share: number) =>
      words(
        'shop',
        repeat(6000, (i) => (i % 100 < share ? 'new' : `s${(i * 7919) % 3000}`)),
      );
    expect(only(shops(0), shops(10)).drifted).toBe(true);
  });

  it('says that kinds differ and that a column is on one side alone', () => {
    const result = compareColumns(
      [numeric('amount', normals(100, 1)), numeric('age', normals(100, 2))],
      [
        words(
          'amount',
          repeat(100, () => 'x'),
        ),
        numeric('other', normals(100, 3)),
      ],
    );
    expect(result.columns.map(({ column, note, decided }) => [column, note, decided])).toEqual([
      ['amount', 'numeric in the reference, categorical in the window', false],
      ['age', 'the window has no such column', false],
      ['other', 'the reference has no such column', false],
    ]);
    expect(result).toMatchObject({ drifted: false, driftedShare: 0, undecided: 'no column could be compared' });
  });

  it('refuses columns of unequal length, a name given twice and unknown options', () => {
    const pair = [numeric('a', normals(40, 1)), numeric('b', normals(41, 1))];
    expect(() => compareColumns(pair, pair)).toThrow('column "b" has 41 rows, wanted 40');
    expect(() => profileColumns([pair[0]!, pair[0]!])).toThrow('column "a" is given twice');
    const one = [pair[0]!];
    expect(() => compareColumns(one, one, { falseDiscoveryRate: 2 })).toThrow(
      expect.objectContaining({ code: 'INVALID_HYPERPARAMETERS' }),
    );
    expect(() => compareWithProfile(profileColumns(one), one, { mode: 'evidently' })).toThrow(
      'compares rows, found a profile',
    );
  });

  it('compares no columns at all', () => {
    expect(compareColumns([], []).undecided).toBe('the reference has 0 rows, wanted at least 30');
  });
});

describe('texts', () => {
  const random = createRandom(5);
  const vocabulary = repeat(60, (i) => `word${i}`);
  const texts = (n: number, from: number) =>
    words(
      'message',
      repeat(n, () => repeat(8, () => vocabulary[from + random.integer(40)]!).join(' ')),
      'text',
    );

  it('finds other words, and not the same words in other texts', () => {
    expect(only(texts(600, 0), texts(500, 20))).toMatchObject({ method: 'word-presence', drifted: true });
    expect(only(texts(600, 0), texts(500, 0)).drifted).toBe(false);
  });

  it('finds that texts have become empty, and that they are missing', () => {
    const [before, empty] = [
      texts(300, 0),
      words(
        'message',
        repeat(300, () => ''),
        'text',
      ),
    ];
    expect(only(before, empty).drifted).toBe(true);
    const gone = words(
      'message',
      repeat(300, (i) => (i % 2 === 0 ? null : 'word1 word2')),
      'text',
    );
    expect(compareColumns([before], [gone]).columns[1]).toMatchObject({ kind: 'missing', drifted: true });
  });

  it('gives the same result from a profile, exactly', () => {
    const [before, after] = [[texts(300, 0)], [texts(200, 10)]];
    expect(compareWithProfile(profileColumns(before), after)).toEqual(compareColumns(before, after));
  });

  it('are not compared in mode evidently, which says so', () => {
    expect(only(texts(100, 0), texts(100, 20), { mode: 'evidently' })).toMatchObject({
      decided: false,
      note: 'texts are compared in mode "default" only',
    });
  });
});

describe('options', () => {
  const [reference, current] = [[numeric('x', normals(3000, 1))], [numeric('x', normals(3000, 2, 0.4))]];

  it('judge by another effect and by other thresholds', () => {
    expect(compareColumns(reference, current, { wasserstein: 1 }).columns[0]!.drifted).toBe(false);
    const byIndex = compareColumns(reference, current, { numericEffect: 'psi' }).columns[0]!;
    expect(byIndex).toMatchObject({ drifted: true, effect: { name: 'psi' }, threshold: 0.1 });
    const category = (share: number) => [
      words(
        'c',
        repeat(2000, (i) => (i % 100 < share ? 'a' : 'b')),
      ),
    ];
    const found = compareColumns(category(20), category(60), { categoricalEffect: 'psi' }).columns[0]!;
    expect(found.effect!.value).toBeCloseTo(0.4 * Math.log(3) + -0.4 * Math.log(0.5), 12);
  });

  it('need a share of the columns to call the data set drifted', () => {
    const [before, after] = [
      [...reference, numeric('y', normals(3000, 3))],
      [...current, numeric('y', normals(3000, 4))],
    ];
    expect(compareColumns(before, after).drifted).toBe(true);
    expect(compareColumns(before, after, { driftedShare: 0.6 })).toMatchObject({ drifted: false, driftedShare: 0.5 });
    expect(compareColumns(before, after, { mode: 'evidently' })).toMatchObject({ drifted: true, driftedShare: 0.5 });
  });

  it('find a column whose effect lies within the margin below the threshold', () => {
    const close = [numeric('x', normals(400, 2, 0.25))];
    const options = { wasserstein: 0.4 };
    expect(compareColumns(reference, close, options).columns[0]!.drifted).toBe(true);
    expect(compareColumns(reference, close, { ...options, effectMargin: 0 }).columns[0]!.drifted).toBe(false);
  });
});

describe('rankByImportance', () => {
  it('puts drifted columns first, by effect times importance', () => {
    const columns = ['a', 'b', 'c'].map((name, i) => numeric(name, normals(2000, i)));
    const current = [normals(2000, 5, 0.3), normals(2000, 6, 0.6), normals(2000, 7)].map((values, i) =>
      numeric(columns[i]!.name, values),
    );
    const result = compareColumns(columns, current);
    const ranked = rankByImportance(result, { a: 30, b: 5, c: 65 });
    expect(ranked.map(({ column, rank, importance }) => [column, rank, importance])).toEqual([
      ['a', 1, 0.3],
      ['b', 2, 0.05],
      ['c', 3, 0.65],
    ]);
    expect(rankByImportance(result, {})[0]!.column).toBe('b');
    expect(rankByImportance(result, { other: 1 }).map(({ score }) => score)).toEqual([0, 0, 0]);
    const evidently = compareColumns(columns, current, { mode: 'evidently' });
    expect(rankByImportance(evidently, {})[0]!.column).toBe('b');
    const small = (all: DriftColumn[]) =>
      all.map(({ name, values }) => numeric(name, (values as Float64Array).slice(0, 500)));
    expect(rankByImportance(compareColumns(small(columns), small(current), { mode: 'evidently' }), {})[0]!.column).toBe(
      'b',
    );
  });
});
