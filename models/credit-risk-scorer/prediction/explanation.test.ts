import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetSchema, TrainingData } from '../../../contracts/dataset.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { train } from '../training/train.js';
import { reasonsFor, type ExplanationFacts } from './explanation.js';
import { params } from '../params.js';
import { openPredictor, type CreditPredictor } from './predictor.js';
import { describeField, formatCell, featureLabelOf } from './feature-labels.js';

const schema: DatasetSchema = {
  line: 'test',
  columns: [{ name: 'housing', type: 'category', categories: ['A151', 'A152'], description: 'x' }],
  key: 'id',
  label: 'bad',
  features: [
    { name: 'debtToIncome', kind: 'numeric', description: 'x', monotone: 1 },
    { name: 'creditHistoryMonths', kind: 'numeric', description: 'x', monotone: -1 },
    { name: 'requestedAmount', kind: 'numeric', description: 'x' },
    { name: 'openLoans', kind: 'numeric', description: 'x' },
    { name: 'bankBalance', kind: 'numeric', description: 'x' },
    { name: 'housing', kind: 'categorical', description: 'x' },
  ],
  split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
  minimumRows: 1,
};

/** Six facts that act together, so that a contribution may differ in sign from what its own value would say. */
function loans(rows: number, seed: number): TrainingData {
  const random = createRandom(seed);
  const values = Array.from({ length: rows }, () => Array.from({ length: 6 }, () => random.uniform()));
  const risk = ([debt, history, amount, open, balance, home]: number[]): number =>
    3 * debt! -
    2 * history! +
    3 * debt! * amount! +
    open! * (amount! > 0.5 ? 2 : -1) -
    balance! +
    (home! > 0.5 ? 1 : 0) -
    1.5;
  const number = (scale: number, i: number) => ({
    kind: 'number' as const,
    values: Float64Array.from(values, (row) => (random.uniform() < 0.05 ? NaN : scale * row[i]!)),
  });
  return {
    schema,
    table: {
      rowCount: rows,
      columns: {
        id: { kind: 'text', values: values.map((_, i) => `loan-${i}`) },
        debtToIncome: number(1, 0),
        creditHistoryMonths: number(120, 1),
        requestedAmount: number(1e6, 2),
        openLoans: number(5, 3),
        bankBalance: number(1e5, 4),
        housing: { kind: 'text', values: values.map((row) => (row[5]! > 0.5 ? 'A151' : 'A152')) },
        bad: {
          kind: 'number',
          values: Float64Array.from(values, (row) => (random.uniform() < 1 / (1 + Math.exp(-risk(row))) ? 1 : 0)),
        },
      },
    },
  };
}

const MEDIANS: Readonly<Record<string, number>> = { debtToIncome: 0.5, creditHistoryMonths: 60 };

describe('explanations', () => {
  let predictor: CreditPredictor;
  beforeAll(async () => {
    predictor = await openPredictor(await train(trainContext(), loans(900, 1), params.parse({ nEstimators: 60 })));
  });
  afterAll(() => predictor.close());

  const unknown = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { freq: 8, nil: null });
  const between = (max: number) => unknown(fc.double({ min: 0, max, noNaN: true }));
  const inputs = fc.record({
    debtToIncome: between(1.3),
    creditHistoryMonths: between(150),
    requestedAmount: unknown(fc.integer({ min: 1, max: 1_200_000 })),
    openLoans: unknown(fc.integer({ min: 0, max: 6 })),
    bankBalance: between(1.2e5),
    housing: unknown(fc.constantFrom('A151', 'A152', 'new')),
  });
  const known = inputs.filter((input) => Object.values(input).some((cell) => cell !== null));

  it('has contributions that add up to the margin, and the probability that predict gives', async () => {
    await fc.assert(
      fc.asyncProperty(known, async (input) => {
        const { contributions, margin, expectedMargin, probability } = (await predictor.explain(input)).explanation;
        const sum = Object.values(contributions).reduce((total, one) => total + one, expectedMargin);
        expect(Math.abs(sum - margin)).toBeLessThan(1e-6);
        expect(Object.keys(contributions)).toEqual(schema.features.map(({ name }) => name));
        expect((await predictor.predict([input]))[0]!.probability).toBe(probability);
      }),
      { numRuns: 60 },
    );
  });

  it('gives at most four ranked reasons, none against a monotone constraint', async () => {
    await fc.assert(
      fc.asyncProperty(known, async (input) => {
        const { reasons, strengths, probability } = (await predictor.explain(input)).explanation;
        for (const list of [reasons, strengths]) {
          expect(list.length).toBeLessThanOrEqual(4);
          list.slice(1).forEach((reason, i) => {
            expect(reason.rank).toBe(i + 2);
            expect(Math.abs(reason.contribution)).toBeLessThanOrEqual(Math.abs(list[i]!.contribution));
          });
        }
        for (const { code, text } of reasons) {
          const cell = input[code as keyof typeof input];
          if (!(code in MEDIANS) || cell === null) continue;
          // "above" only where more means more risk; and a value as is typical never scores worse than this one.
          expect(text).toContain(code === 'debtToIncome' ? ', above the typical ' : ', below the typical ');
          const [typical] = await predictor.predict([{ ...input, [code]: MEDIANS[code]! }]);
          expect(typical!.probability).toBeLessThanOrEqual(probability + 0.02);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says "not known" of a word that training has not seen, and never the word', async () => {
    const { reasons, strengths } = (await predictor.explain({ debtToIncome: 0.5, housing: 'boat' })).explanation;
    const texts = [...reasons, ...strengths].map(({ text }) => text);
    expect(texts).toContain('Housing: not known');
    expect(texts.join(' ')).not.toContain('boat');
  });

  it('names features with labels and units', async () => {
    const risky = {
      debtToIncome: 1.2,
      creditHistoryMonths: 2,
      requestedAmount: 900_000,
      openLoans: 5,
      housing: 'A151',
    };
    const { reasons, band } = (await predictor.explain(risky)).explanation;
    expect(reasons.map(({ code }) => code)).toContain('debtToIncome');
    const debt = reasons.find(({ code }) => code === 'debtToIncome')!;
    expect(debt.text).toMatch(/^Instalments as a share of income: 120 %, above the typical \d\d(\.\d)? %$/);
    expect(['D', 'E']).toContain(band);
  });
});

describe('reasonsFor, describeField and formatCell', () => {
  const facts: ExplanationFacts = {
    schemaVersion: 1,
    features: [
      { name: 'utilisation', monotone: 1, typical: 0.3 },
      { name: 'checkingStatus', monotone: 0, typical: null },
      { name: 'bankBalance', monotone: 0, typical: 50_000 },
    ],
  };

  it('leave out reasons against a monotone constraint, and name unknown values', () => {
    const cells = { utilisation: 0.1, checkingStatus: 'A11' };
    const reasons = reasonsFor(facts, [0.9, 0.5, 0.2], cells, 1);
    expect(reasons.map(({ text }) => text)).toEqual(['Checking account: overdrawn', 'Bank balance: not known']);
    expect(reasons.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(reasonsFor(facts, [-0.9, 0, 0], cells, -1)[0]?.text).toBe(
      'Used share of the card limits: 10 %, below the typical 30 %',
    );
  });

  it('describe a field of a request with its unit', () => {
    expect(describeField('requestedAmount')).toBe('Amount asked for in INR');
    expect(describeField('emiToIncome')).toBe('Instalment as a share of declared income; 1 = all (100 %)');
  });

  it('format values with their units', () => {
    expect(formatCell('requestedAmount', 250_000)).toBe('INR 250,000');
    expect(formatCell('creditAmount', 1169)).toBe('DM 1,169');
    expect(formatCell('daysLateMean', 1)).toBe('1 day');
    expect(formatCell('termMonths', 24)).toBe('24 months');
    expect(formatCell('emiToIncome', 0.2345)).toBe('23.5 %');
    expect(formatCell('employment', 'self_employed')).toBe('self-employed');
    expect(featureLabelOf('someNewFeature').label).toBe('Some new feature');
  });
});
