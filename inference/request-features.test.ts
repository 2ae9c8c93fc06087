import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EntityStateView } from '../contracts/entity-state.js';
import type { StateRequest } from '../contracts/model-definition.js';
import type { FeatureView } from '../contracts/feature-view.js';
import { createMemoryStore } from '../feature-store/online/memory-store.js';
import { findModel } from '../models/catalogue.js';
import { readStates, readStoredFeatures, requireRequestFeatures } from './request-features.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 10);
const reference = { source: 'generated', entityId: 'u1' };

const viewOf = (name: string, fields: readonly string[], version = 1): FeatureView => ({
  name,
  version,
  entity: 'user',
  tables: [],
  columns: {},
  timeToLiveSeconds: 2 * 86_400,
  fields: fields.map((field) => ({ name: field, description: '', unit: 'count' })),
  prepare: () => () => new Float64Array(fields.length),
});
const views = [viewOf('habits', ['visits', 'gaps']), viewOf('debts', ['owed'])];

/** A store that holds one value a view. */
async function storeWith(...values: { view: string; features: number[]; viewVersion?: number; age?: number }[]) {
  const store = createMemoryStore(null);
  for (const { view, features, viewVersion = 1, age = 0 } of values) {
    const value = { viewVersion, eventTime: NOW - age * DAY_MS, features: Float64Array.from(features) };
    await store.put('generated', view, new Map([['u1', value]]), 3600);
  }
  return store;
}

describe('readStoredFeatures', () => {
  it('returns the fields of all views by name, unknown ones as null, with their as-of moments', async () => {
    const store = await storeWith({ view: 'habits', features: [3, NaN] }, { view: 'debts', features: [5], age: 1 });
    expect(await readStoredFeatures(store, views, reference, NOW)).toEqual({
      values: { visits: 3, gaps: null, owed: 5 },
      valuesOfViews: { habits: new Float64Array([3, NaN]), debts: new Float64Array([5]) },
      views: [
        { view: 'habits', version: 1, asOf: '2026-01-10T00:00:00.000Z', stale: false },
        { view: 'debts', version: 1, asOf: '2026-01-09T00:00:00.000Z', stale: false },
      ],
    });
  });

  it('marks a view older than its time to live as stale', async () => {
    const store = await storeWith({ view: 'habits', features: [3, 1], age: 3 }, { view: 'debts', features: [5] });
    const { views: read } = await readStoredFeatures(store, views, reference, NOW);
    expect(read.map(({ stale }) => stale)).toEqual([true, false]);
  });

  it('throws ENTITY_NOT_FOUND when no view knows the entity', async () => {
    const store = await storeWith({ view: 'habits', features: [3, 1] }, { view: 'debts', features: [5] });
    for (const change of [{ entityId: 'u2' }, { source: 'berka' }])
      await expect(readStoredFeatures(store, views, { ...reference, ...change }, NOW)).rejects.toMatchObject({
        code: 'ENTITY_NOT_FOUND',
        details: { views: ['habits', 'debts'] },
      });
  });

  it.each([
    ['is absent', []],
    ['was computed by another version', [{ view: 'debts', features: [5], viewVersion: 2 }]],
    ['has another number of fields', [{ view: 'debts', features: [5, 6] }]],
  ])('throws FEATURES_INCOMPLETE when a view %s', async (_, debts) => {
    const store = await storeWith({ view: 'habits', features: [3, 1] }, ...debts);
    await expect(readStoredFeatures(store, views, reference, NOW)).rejects.toMatchObject({
      code: 'FEATURES_INCOMPLETE',
      details: { missing: ['debts version 1'] },
    });
  });
});

const stateView = (name: string, entity: EntityStateView['entity']): EntityStateView => ({
  ...{ name, version: 2, entity, idColumn: 'id', timeColumn: 'at', timeToLiveSeconds: 86_400 },
  state: z.unknown(),
  build: () => [],
});
const ofCustomer: StateRequest = {
  view: stateView('bills', 'user'),
  required: true,
  entityIdOf: ({ customerId }) => customerId,
};
const ofShop: StateRequest = {
  view: stateView('shop', 'counterparty'),
  required: false,
  entityIdOf: ({ known }) => (known as { shop: string | null }).shop,
};

describe('readStates', () => {
  async function stateStore(...values: [view: string, id: string, viewVersion: number, eventTime: number][]) {
    const store = createMemoryStore(null);
    for (const [view, id, viewVersion, eventTime] of values) {
      const state = { viewVersion, eventTime, state: { of: id } };
      await store.putStates('generated', view, new Map([[id, state]]), 3600);
    }
    return store;
  }
  const known = [{ shop: 'grocer' }, { shop: null }, { shop: 'nobody' }, { shop: 'grocer' }];
  const states = [ofCustomer, ofShop];

  it('reads each named entity once and gives every request its own', async () => {
    const old = NOW - 2 * DAY_MS;
    const store = await stateStore(['bills', 'u1', 2, old], ['shop', 'grocer', 2, NOW]);
    const found = await readStates(store, { states }, reference, { known, now: NOW });
    const [bills, shop] = [
      { state: { of: 'u1' }, asOf: old },
      { state: { of: 'grocer' }, asOf: NOW },
    ];
    expect(found.states).toEqual([
      { bills, shop },
      { bills, shop: null },
      { bills, shop: null },
      { bills, shop },
    ]);
    expect(found.read).toEqual([
      { state: 'bills', version: 2, entity: 'user', entityId: 'u1', asOf: '2026-01-08T00:00:00.000Z', stale: true },
      { state: 'shop', version: 2, entity: 'counterparty', entityId: 'grocer', asOf: '2026-01-10T00:00:00.000Z', stale: false },
      { state: 'shop', version: 2, entity: 'counterparty', entityId: 'nobody', asOf: null, stale: false },
    ]); // prettier-ignore
  });

  it('throws ENTITY_NOT_FOUND without a required state', async () => {
    const store = await stateStore(['shop', 'grocer', 2, NOW]);
    await expect(readStates(store, { states }, reference, { known, now: NOW })).rejects.toMatchObject({
      code: 'ENTITY_NOT_FOUND',
      details: { views: ['bills'] },
    });
  });

  it('throws FEATURES_INCOMPLETE for a state that another version of the code built', async () => {
    const store = await stateStore(['bills', 'u1', 2, NOW], ['shop', 'grocer', 1, NOW]);
    await expect(readStates(store, { states }, reference, { known, now: NOW })).rejects.toMatchObject({
      code: 'FEATURES_INCOMPLETE',
      details: { missing: ['shop version 2'] },
    });
  });

  it('reads nothing for a model without states', async () => {
    const found = await readStates(await stateStore(), {}, reference, { known, now: NOW });
    expect(found).toEqual({ states: [{}, {}, {}, {}], read: [] });
  });
});

describe('requireRequestFeatures', () => {
  it('throws INVALID_INPUT for a model without requestFeatures', async () => {
    const model = await findModel('intent-classifier');
    expect(() => requireRequestFeatures(model)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
