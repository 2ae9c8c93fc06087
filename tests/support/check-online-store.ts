import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnlineState, OnlineStore, OnlineValue } from '../../feature-store/online/online-store.js';

const value = (eventTime: number, ...features: number[]): OnlineValue => ({
  viewVersion: 3,
  eventTime,
  features: Float64Array.from(features),
});

/** Bytes of the numbers, so that NaN equals NaN and all other values are compared exactly. */
const bitsOf = (found: OnlineValue | null | undefined): readonly bigint[] | null =>
  found ? [...new BigUint64Array(found.features.slice().buffer)] : null;

/**
 * The contract of `OnlineStore`; run for each implementation on its real server.
 * @param open - another connection to the same stored values, as another process would have it.
 */
export function checkOnlineStore(name: string, open: () => Promise<OnlineStore>): void {
  describe(`${name} as an online store`, () => {
    const source = `s${randomUUID().slice(0, 8)}`;
    let store: OnlineStore;
    let views = 0;
    const nextView = (): string => `view-${views++}`;
    const put = (view: string, entries: Record<string, OnlineValue>, seconds = 600): Promise<void> =>
      store.put(source, view, new Map(Object.entries(entries)), seconds);
    beforeAll(async () => void (store = await open()));
    afterAll(() => store.close());

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('returns values bit for bit in the requested order, and null for unknown entities', async () => {
      const view = nextView();
      const odd = value(1_700_000_000_123, NaN, 0, Infinity, -Infinity, Number.MIN_VALUE, -1e308, 0.1 + 0.2);
      await put(view, { 'user:1 é': odd, u2: value(5), u3: value(6, 1) });
      const [u3, nobody, u1, u2, again] = await store.get(source, view, ['u3', 'nobody', 'user:1 é', 'u2', 'u3']);
      expect(nobody).toBeNull();
      expect(bitsOf(u1)).toEqual(bitsOf(odd));
      expect(u1).toMatchObject({ viewVersion: 3, eventTime: 1_700_000_000_123 });
      expect(u2?.features).toHaveLength(0);
      expect(again).toEqual(u3);
      expect(await store.get(source, view, [])).toEqual([]);
    });

    it('keeps sources and views apart', async () => {
      const [one, two] = [nextView(), nextView()];
      await put(one, { u: value(1, 10) });
      expect(await store.get(source, two, ['u'])).toEqual([null]);
      expect(await store.get(`${source}x`, one, ['u'])).toEqual([null]);
    });

    it('replaces values with a later or equal event time and keeps them otherwise', async () => {
      const view = nextView();
      await put(view, { u: value(100, 1), v: value(100, 1) });
      await put(view, { u: value(99, 2), v: value(101, 2) });
      expect((await store.get(source, view, ['u', 'v'])).map((found) => found?.features[0])).toEqual([1, 2]);
      await put(view, { u: value(100, 3) });
      expect((await store.get(source, view, ['u']))[0]?.features[0]).toBe(3);
    });

    it('expires values after the time to live, and then accepts an earlier event time', async () => {
      const view = nextView();
      await put(view, { u: value(100, 1), kept: value(100, 1) }, 600);
      await put(view, { u: value(200, 2) }, 1);
      await expect.poll(() => store.get(source, view, ['u']), { timeout: 5_000 }).toEqual([null]);
      expect((await store.get(source, view, ['kept']))[0]).not.toBeNull();
      await put(view, { u: value(100, 3) });
      expect((await store.get(source, view, ['u']))[0]?.features[0]).toBe(3);
    });

    it('forgets an entity in all views and states of one source or of every one, and nobody else', async () => {
      const [one, two] = [nextView(), nextView()];
      const id = `u*[${randomUUID()}]`;
      const state: OnlineState = { viewVersion: 1, eventTime: 1, state: {} };
      const fill = async (named: string): Promise<void> => {
        for (const view of [one, two]) await store.put(named, view, new Map([[id, value(1)], [`x:${id}`, value(1)]]), 600); // prettier-ignore
        await store.putStates(named, one, new Map([[id, state]]), 600);
      };
      const others = `${source}-other`;
      await fill(source);
      await fill(others);
      expect(await store.forget(id, source)).toBe(3);
      expect(await store.get(source, one, [id, `x:${id}`])).toEqual([null, expect.anything()]);
      expect(await store.getStates(source, one, [id])).toEqual([null]);
      expect((await store.get(others, two, [id]))[0]).not.toBeNull();
      expect(await store.forget(id, null)).toBe(3);
      expect(await store.forget(id, null)).toBe(0);
      expect(await store.get(others, two, [`x:${id}`])).not.toEqual([null]);
    });

    it('copies the caller’s array', async () => {
      const view = nextView();
      const mine = value(1, 7);
      await put(view, { u: mine });
      mine.features[0] = 8;
      expect((await store.get(source, view, ['u']))[0]?.features[0]).toBe(7);
    });

    it('writes and reads thousands at once', async () => {
      const view = nextView();
      const ids = Array.from({ length: 3_000 }, (_, i) => `u${i}`);
      await put(view, Object.fromEntries(ids.map((id, i) => [id, value(1, ...new Float64Array(50).fill(i))])));
      const found = await store.get(source, view, ids);
      expect(found.map((one) => one?.features[49])).toEqual(ids.map((_, i) => i));
    });

    it('keeps the latest event of several concurrent writers', async () => {
      const view = nextView();
      const others = await Promise.all([open(), open()]);
      const writers = [store, ...others];
      await Promise.all(
        Array.from({ length: 60 }, (_, i) => writers[i % 3]!.put(source, view, new Map([['u', value(i, i)]]), 600)),
      );
      for (const reader of others) expect((await reader.get(source, view, ['u']))[0]?.eventTime).toBe(59);
      await Promise.all(others.map((other) => other.close()));
    });

    it('keeps states as JSON: in the requested order, only if newer, apart from features, until they expire', async () => {
      const view = nextView();
      const at = (eventTime: number, state: unknown): OnlineState => ({ viewVersion: 2, eventTime, state });
      const putStates = (entries: Record<string, OnlineState>, seconds = 600): Promise<void> =>
        store.putStates(source, view, new Map(Object.entries(entries)), seconds);
      const large = { bookedAt: Array.from({ length: 5_000 }, (_, i) => 1_700_000_000_000 + i), note: 'é' };
      await putStates({ 'user:1 é': at(10, large), u2: at(10, { owed: null, since: 0.1 + 0.2 }) });
      await putStates({ u2: at(9, 'late backfill') });
      const found = await store.getStates(source, view, ['u2', 'nobody', 'user:1 é', 'u2']);
      const u2 = at(10, { owed: null, since: 0.1 + 0.2 });
      expect(found).toEqual([u2, null, at(10, large), u2]);
      expect(await store.get(source, view, ['u2'])).toEqual([null]);
      expect(await store.getStates(`${source}x`, view, ['u2'])).toEqual([null]);
      await putStates({ u2: at(11, 'short-lived') }, 1);
      await expect.poll(() => store.getStates(source, view, ['u2']), { timeout: 5_000 }).toEqual([null]);
    });

    it('makes a state visible to another connection', async () => {
      const view = nextView();
      const other = await open();
      const state = { viewVersion: 1, eventTime: 1, state: [1] };
      await store.putStates(source, view, new Map([['u', state]]), 600);
      expect(await other.getStates(source, view, ['u'])).toEqual([state]);
      await other.close();
    });

    it('makes writes and changes visible to another connection', async () => {
      const view = nextView();
      const other = await open();
      await put(view, { u: value(1, 1) });
      expect((await other.get(source, view, ['u']))[0]?.features[0]).toBe(1);
      await put(view, { u: value(2, 2) });
      await expect.poll(async () => (await other.get(source, view, ['u']))[0]?.features[0], { timeout: 5_000 }).toBe(2);
      await other.close();
    });
  });
}
