import { describe, expect, it } from 'vitest';
import { judge, memoryRatio } from './judge.js';
import type { Outcome } from './load.js';

const answered = (i: number, more: Partial<Outcome> = {}): Outcome => ({
  ...{ route: '/predict/credit-risk', byReference: i % 2 === 0, sentAt: i * 100, milliseconds: 5, status: 200 },
  ...{ code: null, version: '1.0.0', isFlagged: false, ...more },
});
const outcomes = Array.from({ length: 6000 }, (_, i) => answered(i));
const memory = Array.from({ length: 300 }, (_, i) => ({ at: i * 2000, megabytes: 250 }));
const events = [{ name: 'kill redis', at: 180_000 }];
const load = {
  outcomes,
  events,
  memory,
  milliseconds: 600_000,

  change: { route: '/predict/credit-risk', former: '1.0.0', successor: '1.0.1' },
};
const unavailable = { status: 503, code: 'FEATURES_UNAVAILABLE', version: null };
/** The load with other outcomes from a place on. */
const changed = (from: number, count: number, more: Partial<Outcome>) => ({
  ...load,
  outcomes: outcomes.map((outcome, i) => (i >= from && i < from + count ? answered(i, more) : outcome)),
});

describe('a soak test', () => {
  it('passes when all is answered', () => {
    expect(judge(load)).toMatchObject({ requests: 6000, byReference: 3000, errorShare: 0, memoryRatio: 1, faults: [] });
  });

  it('excuses the stated refusals of an outage, and only those', () => {
    expect(judge(changed(1805, 20, unavailable))).toMatchObject({ errorShare: 0, faults: [], errors: [{ count: 20 }] });
    expect(judge(changed(1805, 20, { ...unavailable, code: 'INTERNAL' })).faults).toHaveLength(1);
    expect(judge(changed(100, 20, unavailable)).faults).toEqual(['errors without a stated cause: 20 of 6000']);
    expect(judge(changed(1805, 20, { status: null, code: 'ECONNRESET', version: null })).faults).toHaveLength(1);
  });

  it('allows fewer than one in a thousand errors, and says why nobody knows', () => {
    const verdict = judge(changed(100, 5, unavailable));
    expect(verdict.faults).toEqual([]);
    expect(verdict.errors).toEqual([
      { kind: '/predict/credit-risk 503 FEATURES_UNAVAILABLE', count: 5, from: 10, to: 10.4, explanation: null },
    ]);
  });

  const changes = [
    { name: 'promotion', at: 90_000 },
    { name: 'rollback', at: 270_000 },
  ];
  it('wants the version in use to answer; requests of one moment may be answered by either', () => {
    const promoted = { ...changed(902, 1800, { version: '1.0.1' }), events: changes };
    expect(judge(promoted).faults).toEqual([]);
    const overlapping = promoted.outcomes.map((one, i) => (i === 903 ? answered(i, { sentAt: 90_203 }) : one));
    expect(judge({ ...promoted, outcomes: overlapping }).faults).toEqual([]);
    const late = promoted.outcomes.map((one, i) => (i === 910 || i === 2800 ? answered(i, { version: i === 910 ? '1.0.0' : '1.0.1' }) : one)); // prettier-ignore
    expect(judge({ ...promoted, outcomes: late }).faults).toEqual(['answers of a version that was not in use: 2']);
    expect(judge({ ...load, events: changes }).faults).toEqual(['the promotion was never seen']);
  });

  it('refuses memory that grows by more than a tenth from the second to the last minute', () => {
    const growing = memory.map(({ at }) => ({ at, megabytes: 250 + at / 15_000 }));
    expect(judge({ ...load, memory: growing }).faults).toEqual(['memory grew 1.125 times, wanted at most 1.1']);
    expect(memoryRatio(growing.slice(0, 45), 90_000)).toBeCloseTo(1.008, 3);
  });
});
