import { describe, expect, it } from 'vitest';
import type { DatasetSchema, TrainingData } from '../../contracts/dataset.js';
import { quietContext } from '../estimator.js';
import { createRandom } from '../numeric/random/index.js';
import { selectRows } from '../table.js';
import { rowInputs } from './preprocessing/index.js';
import { fitTreeArtefact, openTreeArtefact } from './tree-artefact.js';

const ROWS = 400;
const columns = [
  { name: 'amount', type: 'number', nullable: true, description: 'Amount in INR.' },
  { name: 'kind', type: 'category', categories: ['home', 'gold'], description: 'Kind of loan.' },
] as const;
const schema = {
  line: 'test',
  columns,
  label: 'late',
  features: [
    { name: 'amount', kind: 'numeric', description: 'Amount in INR.', monotone: 1 },
    { name: 'kind', kind: 'categorical', description: 'Kind of loan.' },
  ],
} as unknown as DatasetSchema;

const random = createRandom(3);
const amounts = Float64Array.from({ length: ROWS }, () => (random.uniform() < 0.1 ? NaN : 100_000 * random.uniform()));
const kinds = Array.from({ length: ROWS }, () => (random.uniform() < 0.5 ? 'home' : 'gold'));
const risk = (row: number): number => (amounts[row]! > 50_000 ? 0.7 : 0.2) + (kinds[row] === 'gold' ? 0.1 : 0);
const dataOf = (label: (row: number) => number): TrainingData => ({
  schema,
  table: {
    rowCount: ROWS,
    columns: {
      amount: { kind: 'number', values: amounts },
      kind: { kind: 'text', values: kinds },
      late: { kind: 'number', values: Float64Array.from({ length: ROWS }, (_, row) => label(row)) },
    },
  },
});
const binary = dataOf((row) => Number(random.uniform() < risk(row)));
const params = { nEstimators: 30, maxDepth: 3 };
const checkpoint = { load: () => Promise.resolve(null), save: () => Promise.resolve(), isDue: () => false };
const context = { ...quietContext(7), checkpoint };
const fit = (data: TrainingData, extra = {}) => fitTreeArtefact(context, data, { ...params, ...extra });

describe('an artefact of trees', () => {
  it('answers probabilities by name, rising with a feature that may only raise them', async () => {
    const opened = await openTreeArtefact(await fit(binary), columns);
    const answers = await opened.answer([10_000, 40_000, 60_000, 90_000].map((amount) => ({ amount, kind: 'home' })));
    expect([...answers].sort()).toEqual([...answers]);
    expect(answers[3]! - answers[0]!).toBeGreaterThan(0.3);
    for (const answer of answers) expect(answer > 0 && answer < 1).toBe(true);
    expect(await opened.answer([])).toHaveLength(0);
    await opened.close();
  });

  it('describes its input by the columns it is opened with', async () => {
    const opened = await openTreeArtefact(await fit(binary), columns);
    expect(opened.input.safeParse({ amount: 1, kind: null }).success).toBe(true);
    expect(opened.input.safeParse({ amont: 1 }).success).toBe(false);
    expect(opened.features.map(({ name }) => name)).toEqual(['amount', 'kind']);
    await opened.close();
  });

  it('answers numbers in the unit of the label; a batch equals one by one', async () => {
    const amountDue = dataOf((row) => 1000 + 80_000 * risk(row));
    const opened = await openTreeArtefact(await fit(amountDue, { objective: 'squared' }));
    const inputs = rowInputs(amountDue, opened);
    const batch = await opened.answer(inputs);
    expect(batch.every((value) => value > 10_000 && value < 80_000)).toBe(true);
    for (const [i, input] of inputs.slice(0, 50).entries()) expect((await opened.answer([input]))[0]).toBe(batch[i]);
    await opened.close();
  });

  it('has the same bytes for the same seed', async () => {
    expect(await fit(binary, { subsample: 0.7 })).toEqual(await fit(binary, { subsample: 0.7 }));
  });

  it('refuses few rows, one class and an artefact without its files', async () => {
    const few = { schema, table: selectRows(binary.table, [0, 1, 2]) };
    await expect(fit(few)).rejects.toMatchObject({ code: 'TOO_FEW_ROWS' });
    await expect(fit(dataOf(() => 1))).rejects.toMatchObject({ code: 'SINGLE_CLASS' });
    await expect(openTreeArtefact({})).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });
});
