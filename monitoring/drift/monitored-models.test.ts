import { describe, expect, it } from 'vitest';
import { findMonitored, loadCatalogue } from '../../models/catalogue.js';
import { monitoredColumns } from './held-out-columns.js';

describe.each((await loadCatalogue()).map(({ name }) => name))('columns monitored of %s', (name) => {
  it('are named once, have the drift features among them, and say what the model answers', async () => {
    const model = await findMonitored(name);
    const columns = monitoredColumns(model);
    const names = columns.map((column) => column.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...model.driftFeatures]));
    expect(columns.some(({ role }) => role === 'score')).toBe(true);
  });

  it('cannot be told from an empty answer, and none is taken from rows of another layout', async () => {
    const model = await findMonitored(name);
    const scored = new Set(monitoredColumns(model).flatMap((column) => (column.role === 'score' ? [column.name] : [])));
    for (const column of monitoredColumns(model)) {
      expect([undefined, null]).toContain(column.ofAnswer({ input: {}, output: null }));
      expect(column.ofAnswer({ input: null, output: null })).toBeUndefined();
      const rows = { rowCount: 0, columns: {} };
      if (!scored.has(column.name)) expect(column.ofHeldOut({ rows, scored: rows })).toBeNull();
    }
  });
});

describe('monitoredColumns', () => {
  it('are the drift features as inputs where a model states no columns', async () => {
    const model = { ...(await findMonitored('credit-risk-scorer')), monitoring: null };
    expect(monitoredColumns(model).map(({ name, kind }) => [name, kind])).toEqual(
      model.driftFeatures.map((name) => [name, 'numeric']),
    );
  });
});

describe('logged answers by column', () => {
  const valuesOf = async (name: string, answer: { input: unknown; output: unknown }) =>
    Object.fromEntries(
      monitoredColumns(await findMonitored(name)).map((column) => [column.name, column.ofAnswer(answer)]),
    );

  it('are the features and the hour of a transaction', async () => {
    const input = {
      bookedAt: '2026-11-30T14:30:00+05:30',
      amount: -5,
      category: null,
      features: { amount: -5, night: 0 },
    };
    expect(await valuesOf('anomaly-detector', { input, output: { score: 0.4 } })).toMatchObject({
      ...{ amount: -5, night: 0, count7Days: null, category: null, score: 0.4, hour: 14.5 },
    });
  });

  it('are all transactions of a forecast, and the first whole month', async () => {
    const transactions = [
      { bookedAt: '2026-11-05', amount: -1200, category: 'groceries' },
      { bookedAt: '2026-11-05T08:15', amount: 10, instalments: 12 },
    ];
    const month = (from: string, days: number, mean: number) => ({ from, days, total: { mean } });
    const output = { monthly: [month('2026-11-06', 25, 1), month('2026-12-01', 31, 2)] };
    expect(await valuesOf('spending-predictor', { input: { transactions }, output })).toEqual({
      ...{ category: ['groceries', null], instalments: [null, 12], amount: [-1200, 10], hour: [8.25], monthTotal: 2 },
    });
    expect(await valuesOf('spending-predictor', { input: { customerId: 'u1' }, output: {} })).toMatchObject({
      ...{ category: undefined, monthTotal: undefined },
    });
  });

  it('are texts with what was found in them', async () => {
    const intent = { intent: 'balance', outOfScope: { score: 0.1 }, classes: [{ probability: 0.9 }] };
    expect(await valuesOf('intent-classifier', { input: { text: 'hi' }, output: intent })).toEqual({
      ...{ text: 'hi', intent: 'balance', outOfScope: 0.1 },
    });
    const entities = { entities: [{ type: 'DATE' }, { type: 'AMOUNT' }] };
    expect(await valuesOf('financial-ner', { input: { text: 'hi' }, output: entities })).toEqual({
      ...{ text: 'hi', entityType: ['DATE', 'AMOUNT'], entityCount: 2 },
    });
  });
});
