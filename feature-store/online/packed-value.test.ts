import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.js';
import { EVENT_TIME_OFFSET, packValue, unpackValue } from './packed-value.js';

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
});
