import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.js';
import { EVENT_TIME_OFFSET, packState, packValue, unpackState, unpackValue } from './packed-value.js';

describe('packValue and unpackValue', () => {
  it('round-trip every value bit for bit, except that −0 becomes 0', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.array(fc.double()), (viewVersion, eventTime, numbers) => {
        const features = Float64Array.from(numbers);
        const packed = packValue({ viewVersion: viewVersion >>> 0, eventTime, features });
        expect(packed).toHaveLength(16 + 8 * numbers.length);
        expect(packed.readDoubleLE(EVENT_TIME_OFFSET)).toBe(eventTime);
        expect(unpackValue(packed)).toEqual({
          viewVersion,
          eventTime,
          features: features.map((feature) => feature + 0),
        });
      }),
    );
  });

  it('reject a value with missing or extra bytes', () => {
    const packed = packValue({ viewVersion: 1, eventTime: 1, features: Float64Array.of(1, 2) });
    for (const broken of [packed.subarray(0, 31), packed.subarray(0, 7), Buffer.concat([packed, Buffer.alloc(8)])])
      expect(() => unpackValue(broken)).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }));
  });
});

describe('packState and unpackState', () => {
  it('round-trip any JSON, with version and event time', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.jsonValue(), (viewVersion, eventTime, json) => {
        const state: unknown = JSON.parse(JSON.stringify(json)); // −0 is 0 in JSON
        const packed = packState({ viewVersion, eventTime, state });
        expect(packed.readDoubleLE(EVENT_TIME_OFFSET)).toBe(eventTime);
        expect(unpackState(packed)).toEqual({ viewVersion, eventTime, state });
      }),
    );
  });

  it('compress a large state', () => {
    const state = { times: Array.from({ length: 1000 }, (_, i) => 1_700_000_000_000 + i * 1000) };
    const packed = packState({ viewVersion: 1, eventTime: 1, state });
    expect(packed.length).toBeLessThan(JSON.stringify(state).length / 3);
    expect(unpackState(packed).state).toEqual(state);
  });

  it('reject missing bytes, and bytes that are no JSON', () => {
    const packed = packState({ viewVersion: 1, eventTime: 1, state: { a: 1 } });
    const noJson = Buffer.from(packed);
    noJson[17] = 0x21;
    const notDeflated = Buffer.from(packed);
    notDeflated[16] = 1;
    for (const broken of [packed.subarray(0, packed.length - 1), Buffer.alloc(3), noJson, notDeflated])
      expect(() => unpackState(broken)).toThrow(expect.objectContaining({ code: 'BLOB_CORRUPT' }));
  });
});

describe('createMemoryStore without a database', () => {
  it('stores, keeps newer values, expires, and shares nothing with another store', async () => {
    const store = createMemoryStore(null);
    await store.ping();
    const entry = { viewVersion: 1, eventTime: 5, features: Float64Array.of(NaN, 1) };
    await store.put('generated', 'view', new Map([['u', entry]]), 60);
    await store.put('generated', 'view', new Map([['u', { ...entry, eventTime: 4 }]]), 60);
    expect(await store.get('generated', 'view', ['u', 'v'])).toEqual([entry, null]);
    await store.put('generated', 'view', new Map([['u', { ...entry, eventTime: 6 }]]), 0);
    expect(await store.get('generated', 'view', ['u'])).toEqual([null]);
    expect(await createMemoryStore(null).get('generated', 'view', ['u'])).toEqual([null]);
  });

  it('keeps states beside features of the same view name', async () => {
    const store = createMemoryStore(null);
    const state = { viewVersion: 1, eventTime: 5, state: { visits: [1, 2] } };
    await store.putStates('generated', 'view', new Map([['u', state]]), 60);
    await store.putStates('generated', 'view', new Map([['u', { ...state, eventTime: 4 }]]), 60);
    expect(await store.getStates('generated', 'view', ['v', 'u'])).toEqual([null, state]);
    expect(await store.get('generated', 'view', ['u'])).toEqual([null]);
  });
});
