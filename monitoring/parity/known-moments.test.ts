import { describe, expect, it } from 'vitest';
import { type KnownSnapshot, replaySource } from './known-moments.js';

const HOUR_MS = 3_600_000;
const NEWEST = Date.UTC(2026, 9, 1);
const view = { tables: ['transactions'] } as const;

/** A snapshot of a source whose last event is of `NEWEST`, taken so many hours later. */
const taken = (hours: number): KnownSnapshot => ({
  hash: `after-${hours}`,
  manifest: {
    asOf: NEWEST + hours * HOUR_MS,
    tables: [{ table: 'transactions', eventTime: { from: 0, to: NEWEST } }],
  } as unknown as KnownSnapshot['manifest'],
});
const snapshots = [taken(72), taken(48)];
const hashOf = (at: number) => replaySource(snapshots, view, { eventTime: NEWEST + 1, at })?.snapshot.hash;

describe('replaySource', () => {
  it('takes, of snapshots of one moment, the last one before the read', () => {
    expect(hashOf(NEWEST + 80 * HOUR_MS)).toBe('after-72');
    expect(hashOf(NEWEST + 50 * HOUR_MS)).toBe('after-48');
  });

  it('takes the newest one where none is before the read', () => expect(hashOf(NEWEST)).toBe('after-72'));
});
