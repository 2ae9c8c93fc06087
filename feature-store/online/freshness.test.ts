import { describe, expect, it } from 'vitest';
import type { EntityStateView } from '../../contracts/entity-state.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { freshnessOf } from './freshness.js';
import { recordMaterialisation } from './materialisations.js';
import { createMemoryStore } from './memory-store.js';

const NOW = Date.UTC(2026, 10, 30);
const DAY_MS = 86_400_000;
const view = (name: string) => ({ name, version: 2, timeToLiveSeconds: 86_400, fields: [] }) as unknown as FeatureView;
const state = (name: string) => ({ name, version: 2, timeToLiveSeconds: 86_400 }) as unknown as EntityStateView;

describe('freshnessOf', () => {
  it('tells fresh, stale, differently versioned and missing ones apart, each version of a view by itself, by event time', async () => {
    const store = createMemoryStore(null);
    const write = (name: string, eventTime: number, version = 2) =>
      recordMaterialisation(store, 'generated', { view: name, version, eventTime, entities: 7 });
    await write('debts@2', NOW - DAY_MS);
    await write('visits', NOW - 2 * DAY_MS);
    await write('cards', NOW, 1);
    await write('tastes', NOW, 1);
    const wanted = {
      views: [view('debts'), view('cards')],
      states: [state('visits'), state('bills'), state('tastes')],
      now: NOW,
    };
    const found = await freshnessOf(store, 'generated', wanted);
    expect(found.map(({ kind, name, state: how }) => [kind, name, how])).toEqual([
      ['feature view', 'debts', 'fresh'],
      ['feature view', 'cards', 'missing'],
      ['state', 'visits', 'stale'],
      ['state', 'bills', 'missing'],
      ['state', 'tastes', 'other version'],
    ]);
    expect(found[0]!.written).toMatchObject({ entities: 7, eventTime: NOW - DAY_MS });
    const other = await freshnessOf(store, 'berka', wanted);
    expect(other.every(({ state: how }) => how === 'missing')).toBe(true);
  });
});
