import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnSpec, DatasetSchema } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { rowCoverage } from './coverage.js';
import {
  encodedNames,
  encodedWidth,
  encodeInputs,
  encodeTable,
  fitPreprocessing,
  inputSchema,
  knownCells,
  plainInput,
} from './preprocessing.js';

const schema: DatasetSchema = {
  line: 'test',
  columns: [
    { name: 'income', type: 'number', description: 'x' },
    { name: 'kind', type: 'category', categories: ['home', 'gold'], description: 'x' },
    { name: 'city', type: 'text', description: 'x' },
  ],
  key: 'id',
  label: 'bad',
  features: [
    { name: 'income', kind: 'numeric', description: 'x' },
    { name: 'kind', kind: 'categorical', description: 'x' },
    { name: 'city', kind: 'categorical', description: 'x' },
  ],
  split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
  minimumRows: 1,
};

const table = (income: number[], kind: (string | null)[], city: (string | null)[]): Table => ({
  rowCount: income.length,
  columns: {
    income: { kind: 'number', values: Float64Array.from(income) },
    kind: { kind: 'text', values: kind },
    city: { kind: 'text', values: city },
  },
});

const training = table([1.5, NaN, 3], ['home', 'home', null], ['Pune', 'Agra', 'Pune']);
const state = fitPreprocessing(schema, training);

describe('preprocessing', () => {
  it('has one input a number and one a category: the closed list, else what training holds', () => {
    expect(encodedNames(state)).toEqual(['income', 'kind=home', 'kind=gold', 'city=Agra', 'city=Pune']);
    expect(encodedWidth(state)).toBe(5);
  });

  it('writes rows in order, with missing as NaN', () => {
    expect(encodeTable(state, training)).toEqual(Float32Array.of(1.5, 1, 0, 0, 1, NaN, 1, 0, 1, 0, 3, NaN, NaN, 0, 1));
  });

  it('takes a category it does not know for missing', () => {
    expect(encodeTable(state, table([1], ['yacht'], ['Oslo']))).toEqual(Float32Array.of(1, NaN, NaN, NaN, NaN));
  });

  it('names row and column of an infinite number, and a column that is absent or of the wrong kind', () => {
    expect(() => encodeTable(state, table([1, -Infinity], ['home', null], [null, null]))).toThrow(
      expect.objectContaining({ code: 'NOT_FINITE', details: { row: 2, column: 'income' } }),
    );
    const { income, kind } = training.columns;
    const without = { rowCount: 3, columns: { income: kind!, kind: income! } };
    expect(() => encodeTable(state, without)).toThrow(expect.objectContaining({ code: 'MISSING_COLUMN' }));
  });

  it('accepts features by name, absent or null as unknown, and nothing else', () => {
    const input = inputSchema(state, String);
    for (const sound of [{ income: 3 }, { income: null, kind: 'home' }, { city: 'never seen' }])
      expect(input.safeParse(sound).success).toBe(true);
    for (const wrong of [{}, { income: null }, { incme: 3 }, { income: '3' }, { kind: 1 }, { income: NaN }, 7, null])
      expect(input.safeParse(wrong).success).toBe(false);
  });
});

describe('a plain input', () => {
  const bounded = {
    ...state,
    features: [
      ...state.features,
      { name: 'owner', kind: 'numeric' as const, minimum: 0, maximum: 1, integer: true as const },
      { name: 'share', kind: 'numeric' as const, minimum: 0, maximum: 1 },
    ],
  };
  const numbers = fc.oneof(fc.double(), fc.integer({ min: -2, max: 2 }), fc.constantFrom(0.5, 1, 0));
  const words = fc.constantFrom('home', 'gold', 'yacht', '', 'Pune');
  const values = fc.oneof(numbers, words, fc.constantFrom(null, undefined, true, [], {}));
  const names = fc.constantFrom('income', 'kind', 'city', 'owner', 'share', 'incme');
  const wellFormed = fc.record(
    {
      income: numbers,
      kind: words,
      city: words,
      owner: fc.constantFrom(0, 1, null),
      share: fc.constantFrom(0, 0.5, 1),
    },
    { requiredKeys: [] },
  );

  it('is what the schema gives, and everything that is taken fits the schema', () => {
    const [schemaOf, plain] = [inputSchema(bounded, String), plainInput(bounded)];
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(names, values, { noNullPrototype: true }), wellFormed), (input) => {
        const accepted = plain(input);
        if (accepted === null) return;
        taken += 1;
        expect(schemaOf.parse(input)).toEqual(accepted);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it.each([null, 7, [], {}, { income: null }, { incme: 3 }, { income: '3' }, { owner: true }, { share: 1.5 }])(
    'leaves %j to the schema',
    (input) => expect(plainInput(bounded)(input)).toBeNull(),
  );
});

describe('a request', () => {
  it('lacks a word that training has not seen; an empty text is unknown, as in a file', () => {
    const input = inputSchema(state, String);
    const unseen = input.parse({ income: 2, kind: 'home', city: 'Oslo' });
    expect(rowCoverage(state, unseen)).toMatchObject({ missing: ['city'], unseen: ['city'], inputs: 3 });
    expect(knownCells(state, unseen)).toEqual({ income: 2, kind: 'home', city: null });
    const empty = input.parse({ income: 2, kind: 'home', city: '' });
    expect(rowCoverage(state, empty)).toMatchObject({ missing: ['city'], unseen: [] });
    expect(encodeInputs(state, [unseen])).toEqual(encodeInputs(state, [empty]));
  });

  it('has flags as files write them, and bounds and whole numbers as the columns have them', () => {
    const columns: ColumnSpec[] = [
      { name: 'owner', type: 'flag', description: 'x' },
      { name: 'loans', type: 'integer', minimum: 0, maximum: 9, description: 'x' },
    ];
    const features = columns.map(({ name }) => ({ name, kind: 'numeric' as const, description: 'x' }));
    const numbers: Table = {
      rowCount: 1,
      columns: Object.fromEntries(columns.map(({ name }) => [name, { kind: 'number', values: Float64Array.of(1) }])),
    };
    const fitted = fitPreprocessing({ ...schema, columns, features }, numbers);
    const input = inputSchema(fitted, String);
    expect(input.parse({ owner: true, loans: 3 })).toEqual({ owner: 1, loans: 3 });
    expect(input.parse({ owner: 0, loans: null })).toEqual({ owner: 0, loans: null });
    for (const wrong of [{ owner: 2 }, { owner: 'yes' }, { loans: -1 }, { loans: 10 }, { loans: 1.5 }])
      expect(input.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});
