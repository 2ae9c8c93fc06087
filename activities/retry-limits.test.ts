import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptInfo, exhausted, followsCrash, nextAttempt, recordOf, type RetryLimits } from './retry-limits.js';

const limits: RetryLimits = { outagePatienceMs: 100_000, longestPauseMs: 8000, crashAttempts: 3 };
const long = (attempt: number, heartbeatDetails?: unknown): AttemptInfo => ({
  attempt,
  heartbeatTimeoutMs: 5000,
  heartbeatDetails,
});
const short = (attempt: number): AttemptInfo => ({ attempt, heartbeatDetails: undefined });

type Event = 'outage' | 'crash' | 'lost';

/** Plays attempts that end in this order. @returns how many were made, and whether the step was given up. */
function play(events: readonly Event[], tookMs: number): { readonly attempts: number; readonly givenUp: boolean } {
  let details: unknown;
  for (const [index, event] of events.entries()) {
    const info = long(index + 1, details);
    if (exhausted(info, limits) !== null) return { attempts: index, givenUp: true };
    if (event === 'lost') continue; // nothing is recorded, and the details stay as they were
    const next = nextAttempt(event === 'outage' ? 'SERVICE_UNAVAILABLE' : 'CHILD_CRASHED', tookMs, { info, limits });
    if (next.kind === 'none') return { attempts: index + 1, givenUp: true };
    if (next.kind === 'after outage') details = next.record;
  }
  return { attempts: events.length, givenUp: exhausted(long(events.length + 1, details), limits) !== null };
}

describe('nextAttempt', () => {
  it('gives up a step at the allowed number of crashes, whatever outages lie between', () => {
    const events = fc.array(fc.constantFrom<Event>('outage', 'crash', 'lost'), { maxLength: 14 });
    fc.assert(
      fc.property(events, (order) => {
        const crashes = order.filter((event) => event !== 'outage').length;
        const waits = 1000 + 2000 + 4000 + 8000 * Math.max(0, order.length - 3);
        fc.pre(waits < limits.outagePatienceMs);
        expect(play(order, 0).givenUp).toBe(crashes >= limits.crashAttempts);
      }),
    );
  });

  it('waits through outages for the patience and no longer', () => {
    const { attempts, givenUp } = play(
      Array.from({ length: 1000 }, () => 'outage' as const),
      100,
    );
    expect(givenUp).toBe(true);
    // 1 + 2 + 4 s, then 8 s each: the fifteenth attempt begins after 95 s, the sixteenth after 103 s.
    expect(attempts).toBe(16);
  });

  it('counts the time of the attempts themselves', () => {
    expect(
      play(
        Array.from({ length: 10 }, () => 'outage' as const),
        60_000,
      ),
    ).toEqual({ attempts: 2, givenUp: true });
  });

  it('limits a short step by the pauses of its attempts, also where they left no answer', () => {
    const again = (attempt: number) => nextAttempt('SERVICE_UNAVAILABLE', 0, { info: short(attempt), limits });
    expect(again(1)).toMatchObject({ kind: 'after outage', pauseMs: 1000 });
    expect(again(4)).toMatchObject({ kind: 'after outage', pauseMs: 8000 });
    expect(again(15)).toMatchObject({ kind: 'after outage' });
    expect(again(16)).toMatchObject({ kind: 'none' });
    expect(exhausted(short(1000), limits)).toBeNull();
  });

  it('ends a step at once for a fault that stays', () => {
    expect(nextAttempt('SINGLE_CLASS', 0, { info: long(1), limits })).toEqual({ kind: 'none', why: '' });
  });

  it('pauses as long as the limit when that is below the first pause', () => {
    const quick = { ...limits, longestPauseMs: 250 };
    for (const attempt of [1, 2, 9])
      expect(nextAttempt('STORAGE_FULL', 0, { info: short(attempt), limits: quick })).toMatchObject({ pauseMs: 250 });
  });
});

it('tells an attempt after a crash from one after an outage', () => {
  const outage = { outages: 1, waitedMs: 1500 };
  expect([long(1), long(2, outage), short(2)].map(followsCrash)).toEqual([false, false, false]);
  expect([long(2), long(3, outage)].map(followsCrash)).toEqual([true, true]);
});

describe('recordOf', () => {
  it('reads the record beside the progress of a heartbeat, and none from other details', () => {
    expect(recordOf(long(2, { stage: 'boosting', done: 1, total: 2, outages: 3, waitedMs: 9 }))).toEqual({
      outages: 3,
      waitedMs: 9,
    });
    for (const details of [undefined, null, 'x', { stage: 'boosting', done: 1, total: 2 }])
      expect(recordOf(long(2, details))).toEqual({ outages: 0, waitedMs: 0 });
  });
});
