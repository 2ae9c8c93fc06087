import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../../../learning/evaluation/split/index.js';
import { projectRoot } from '../../../platform/project.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { shards, train } from '../training/train.js';
import { fileFormats } from '../data/formats.js';
import { params } from '../params.js';
import { openPredictor } from './predictor.js';
import type { SpendingRequest } from './request.js';

const settings = params.parse({ origins: 2, forecastHorizon: 90 });
let data: TrainingData;
let files: ArtefactFiles;
let predictor: Awaited<ReturnType<typeof openPredictor>>;

beforeAll(async () => {
  const file = join(projectRoot, 'models/spending-predictor/fixtures/transactions.csv');
  const { format, table } = await readDataFile(file, fileFormats);
  const { schema } = format;
  data = { schema, table: splitHoldout(freezeHoldout(schema.split, table), table).train };
  files = await train(trainContext(), data, settings);
  predictor = await openPredictor(files);
});
afterAll(() => predictor.close());

const whyOf = async (request: SpendingRequest) => (await predictor.explain(predictor.input.parse(request))).explanation;

describe('the trained spending predictor', () => {
  it('has the same artefact bytes with and without shards', async () => {
    const parts: Uint8Array[] = [];
    for (let index = 0; index < 3; index++)
      parts.push(await shards.fit(trainContext(), data, settings, { index, count: 3 }));
    const sharded = await train({ ...trainContext(), shards: parts }, data, settings);
    expect(Object.keys(sharded)).toEqual(Object.keys(files));
    for (const [name, bytes] of Object.entries(files))
      expect(Buffer.from(sharded[name]!).equals(Buffer.from(bytes)), name).toBe(true);
  });

  it.each(['-01', '-07', '-30'])('explains the first month from day %s on by components that add up', async (day) => {
    const [now] = await predictor.predict([{ customerId: 'customer-01', horizonDays: 5 }]);
    const request = { customerId: 'customer-01', asOf: `${now!.asOf.slice(0, 7)}${day}`, horizonDays: 40 };
    const [answer] = await predictor.predict([request]);
    const { month, total, components, sentences } = await whyOf(request);
    expect([month, total]).toEqual([answer!.monthly[0]!.month, answer!.monthly[0]!.total.mean]);
    const sum = components.reduce((all, { amount }) => all + amount, 0);
    // Parts below half a unit are not listed.
    expect(Math.abs(sum - total)).toBeLessThan(0.005 * total + 2);
    const due = answer!.bills.filter(({ next }) => next === month);
    expect(components.filter(({ name }) => name.startsWith('bill: '))).toHaveLength(due.length);
    const words = sentences.join(' ');
    if (due.length === 0) expect(words).toContain('No recurring bill is due');
    for (const { payee, category } of due.slice(0, 3)) expect(words).toContain(payee ?? category);
  });

  it('explains a forecast without or with little history by similar customers', async () => {
    expect((await whyOf({ transactions: [] })).sentences.at(-1)).toMatch(/^No whole month of this customer is known/);
    const [answer] = await predictor.predict([{ transactions: [], horizonDays: 5 }]);
    const sent = new Date(Date.parse(answer!.asOf) - 25 * 86_400_000).toISOString();
    const little = await whyOf({ transactions: [{ bookedAt: sent, amount: -900 }] });
    expect(little.sentences.at(-1)).toMatch(/^(No whole month|Only 1 whole month is)/);
  });

  it('refuses an unknown customer without transactions', async () => {
    const refused = predictor.predict([{ customerId: 'customer-001', horizonDays: 5 }]);
    await expect(refused).rejects.toMatchObject({ code: 'CUSTOMER_NOT_FOUND' });
    await expect(predictor.predict([{ customerId: 'constructor' }])).rejects.toMatchObject({
      code: 'CUSTOMER_NOT_FOUND',
    });
    const [known] = await predictor.predict([{ customerId: 'customer-01', horizonDays: 5 }]);
    const [sent] = await predictor.predict([{ customerId: 'customer-001', transactions: [], horizonDays: 5 }]);
    const [anonymous] = await predictor.predict([{ transactions: [], horizonDays: 5 }]);
    expect([known!.customerKnown, sent!.customerKnown, anonymous!.customerKnown]).toEqual([true, false, false]);
    expect(sent).toEqual(anonymous);
  });

  it('stores the income of customers, and has no income share with eight customers', async () => {
    const { customers } = JSON.parse(new TextDecoder().decode(files['customers.json'])) as {
      customers: Record<string, { income: number[] }>;
    };
    expect(customers['customer-01']!.income.length).toBeGreaterThan(20);
    const model = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
      pooledIncome: { weights: number[]; share: number };
    };
    expect(model.pooledIncome.weights).toHaveLength(3);
    // Eight customers cannot show that income helps.
    expect(model.pooledIncome.share).toBe(0);
  });

  it('refuses a month after the known data without transactions', async () => {
    const [now] = await predictor.predict([{ customerId: 'customer-01', horizonDays: 30 }]);
    const later = new Date(Date.parse(now!.asOf) + 120 * 86_400_000).toISOString().slice(0, 10);
    const request = { customerId: 'customer-01', asOf: later, horizonDays: 30 };
    await expect(predictor.predict([request])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(predictor.predict([{ ...request, transactions: [] }])).resolves.toHaveLength(1);
  });
});
