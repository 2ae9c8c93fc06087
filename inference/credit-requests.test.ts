import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../contracts/dataset.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { parseInputs } from './answer.js';
import { numberColumn } from '../learning/table.js';
import { readJson } from '../learning/artefact/index.js';
import {
  encodeInputs,
  encodeTable,
  preprocessing,
  type Preprocessing,
} from '../learning/tabular/preprocessing/index.js';
import { projectRoot } from '../platform/project.js';
import { trainContext } from '../tests/support/check-model.js';
import { completeRows, withDerived } from '../models/credit-risk-scorer/data/derived-inputs.js';
import { fileFormats } from '../models/credit-risk-scorer/data/formats.js';
import { requestColumns } from '../models/credit-risk-scorer/data/request-columns.js';
import { indicativeInstalment, requestFeatures } from '../models/credit-risk-scorer/data/request-features.js';
import { employments, loanKinds } from '../models/credit-risk-scorer/data/vocabulary.js';
import { score } from '../models/credit-risk-scorer/evaluation/score.js';
import { params } from '../models/credit-risk-scorer/params.js';
import { train } from '../models/credit-risk-scorer/training/train.js';
import { type CreditPredictor, openPredictor } from '../models/credit-risk-scorer/prediction/predictor.js';

const fixture = join(projectRoot, 'models/credit-risk-scorer/fixtures/credit-applications.csv');
const vehicle = {
  kind: 'vehicle',
  requestedAmount: 420_000,
  termMonths: 48,
  monthlyIncome: 61_000,
  employment: 'salaried',
  collateralValue: 560_000,
  bankBalance: 88_000,
  monthlyDebtPayments: 4200,
  openLoans: 1,
  latePayments: 0,
  worstDelayDays: 0,
  creditHistoryMonths: 74,
  utilisationShare: 0.31,
  debtToIncome: 0.257,
  loanToValue: 0.75,
};

let folder: string;
let data: TrainingData;
let state: Preprocessing;
let predictor: CreditPredictor;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credit-requests-'));
  const { format, table } = await readDataFile(fixture, fileFormats);
  data = { schema: format.schema, table };
  const files = await train(trainContext(), data, params.parse({ nEstimators: 20 }));
  state = readJson(files, 'preprocessing.json', preprocessing);
  predictor = await openPredictor(files);
});
afterAll(async () => {
  await predictor.close();
  await rm(folder, { recursive: true });
});

describe('a request', () => {
  it.each([
    [{ kind: 'Vehicle' }, /^kind: .*not in the list.*; the nearest is vehicle$/],
    [{ kind: 'boat' }, /^kind: .*not in the list, wanted one of personal, home/],
    [{ kind: '' }, /^kind: found an empty text that is not in the list/],
    [{ monthlyIncome: -61_000 }, /^monthlyIncome: found a negative number, wanted at least 0$/],
    [{ termMonths: 0 }, /^termMonths: found a number, wanted at least 1$/],
    [{ termMonths: 12.5 }, /^termMonths: found a fraction, wanted a whole number/],
    [{ latePayments: -3 }, /^latePayments: found a negative number, wanted at least 0$/],
    [{ bankBalance: 1e11 }, /^bankBalance: found a number, wanted at most 10,000,000,000$/],
  ])('is refused with %j, which no training row may have', (change, says) => {
    expect(() => parseInputs(predictor.input, [{ ...vehicle, ...change }])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(says) as string }),
    );
  });

  it('by reference keeps the bounds of the columns of the backend', () => {
    const known = { kind: 'vehicle', requestedAmount: 420_000, termMonths: 48 };
    expect(requestFeatures.known.safeParse(known).success).toBe(true);
    for (const column of requestColumns) {
      if (!('minimum' in column) || ['loanToValue', 'emiToIncome'].includes(column.name)) continue;
      const below = { ...known, [column.name]: column.minimum - 1 };
      expect(requestFeatures.known.safeParse(below).success, column.name).toBe(false);
    }
  });
});

const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { freq: 4, nil: null });
const money = (minimum = 0) => fc.integer({ min: minimum, max: 10_000_000 });
const application = fc
  .record({
    kind: fc.constantFrom(...loanKinds),
    requestedAmount: money(1),
    termMonths: fc.integer({ min: 1, max: 600 }),
    monthlyIncome: maybe(money()),
    employment: maybe(fc.constantFrom(...employments)),
    collateralValue: maybe(money()),
    bankBalance: maybe(money(-100_000)),
    monthlyDebtPayments: maybe(money()),
    openLoans: maybe(fc.integer({ min: 0, max: 30 })),
    latePayments: maybe(fc.integer({ min: 0, max: 12 })),
    worstDelayDays: maybe(fc.integer({ min: 0, max: 365 })),
    creditHistoryMonths: maybe(fc.double({ min: 0, max: 400, noNaN: true })),
    utilisationShare: maybe(fc.double({ min: 0, max: 2, noNaN: true })),
    sends: fc.boolean(),
  })
  .map(({ sends, ...row }) => {
    const { requestedAmount, termMonths, monthlyIncome, collateralValue, monthlyDebtPayments } = row;
    const value = collateralValue ? requestedAmount / collateralValue : null;
    const owed = (monthlyDebtPayments ?? NaN) + indicativeInstalment(requestedAmount, termMonths);
    const debt = monthlyIncome && !Number.isNaN(owed) ? owed / monthlyIncome : null;
    const within = (share: number | null): number | null => (sends && share !== null && share < 1e4 ? share : null);
    return { ...row, debtToIncome: within(debt), loanToValue: within(value) };
  });

describe('a row', () => {
  it('has the same features and the same answer in a file and in a request (property)', async () => {
    const derive = predictor.derivations;
    expect(derive.map(({ feature }) => feature)).toEqual(['loanToValue', 'debtToIncome']);
    await fc.assert(
      fc.asyncProperty(fc.array(application, { minLength: 100, maxLength: 100 }), async (rows) => {
        const file = join(folder, 'rows.json');
        const named = rows.map((row, i) => ({ ...row, applicationId: `a${i}`, applicantId: `p${i}`, appliedAt: '2026-01-05', gender: null, ageYears: null, defaulted: i % 2 })); // prettier-ignore
        await writeFile(file, JSON.stringify(named));
        const { table } = await readDataFile(file, fileFormats);
        const requests = rows.map((row) => predictor.input.parse(row));
        expect(encodeTable(state, completeRows(table, derive))).toEqual(encodeInputs(state, requests));
        expect(requests).toEqual(rows.map((row) => withDerived(row, derive)));
        const asked = (await predictor.predict(requests)).map(({ probability }) => probability);
        const judged = await score(predictor, { schema: data.schema, table }, trainContext());
        expect(Array.from(numberColumn(judged, 'probability'))).toEqual(asked);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
