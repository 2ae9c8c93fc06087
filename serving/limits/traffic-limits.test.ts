import { beforeEach, describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import type { CallerLimits } from '../../platform/config/traffic-settings.js';
import type { Caller } from '../identity/verify-token.js';
import { type CountingRedis, createSharedCounts, type SharedCounts } from './shared-counts.js';
import { createTrafficLimits, type TrafficLimits } from './traffic-limits.js';

const MINUTE_MS = 60_000;
let clock: number;
let redis: FakeRedis;

/** Counts as Redis does; its pipelines may fail, or wait to be let on. */
class FakeRedis {
  readonly values = new Map<string, number>();
  fault: Error | null = null;
  sent = 0;

  readonly client = {
    pipeline: () => {
      const commands: (() => number)[] = [];
      const pipeline = {
        incrby: (key: string, count: number) => {
          commands.push(() => {
            this.values.set(key, (this.values.get(key) ?? 0) + count);
            return this.values.get(key)!;
          });
        },
        pexpire: () => void commands.push(() => 1),
        exec: () => {
          this.sent += 1;
          if (this.fault) return Promise.reject(this.fault);
          return Promise.resolve(commands.map((run) => [null, run()]));
        },
      };
      return pipeline;
    },
  } as unknown as NonNullable<CountingRedis>;
}

const caller = (subject: string, userId: string | null = null): Caller => ({ subject, userId, scopes: new Set() });
const none: CallerLimits = { requestsPerMinute: null, answersPerDay: null };
const limitsOver = (counts: SharedCounts, programs: Partial<CallerLimits>, customers: Partial<CallerLimits> = {}) =>
  createTrafficLimits(counts, {
    ...{ mostInFlight: 100, scoreDecimals: {} },
    programs: { ...none, ...programs },
    customers: { ...none, ...customers },
  });
const processOf = (shared: FakeRedis | null): SharedCounts => createSharedCounts(shared?.client ?? null, () => clock);

const allowed = (limits: TrafficLimits, times: number, who = caller('ada'), route = '/predict/a'): number =>
  Array.from({ length: times }, () => limits.request(who, route)).filter((verdict) => verdict.allowed).length;

const spent = (limits: TrafficLimits, answers: number, who = caller('ada')): string => {
  try {
    limits.spend(who, answers);
    return 'ok';
  } catch (fault) {
    return fault instanceof PipelineError ? `${fault.code}: ${fault.message}` : 'other';
  }
};

beforeEach(() => {
  clock = 1_000 * MINUTE_MS;
  redis = new FakeRedis();
});

describe('requests a minute', () => {
  it('are counted by subject and route, and what is left is said', () => {
    const limits = limitsOver(processOf(null), { requestsPerMinute: 3 });
    expect(limits.request(caller('ada'), '/predict/a')).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetSeconds: 60,
    });
    expect(allowed(limits, 5)).toBe(2);
    expect(allowed(limits, 5, caller('bob'))).toBe(3);
    expect(allowed(limits, 5, caller('ada'), '/predict/b')).toBe(3);
    expect(limits.request(caller('ada'), '/predict/a')).toMatchObject({ allowed: false, remaining: 0 });
  });

  it('slide: a burst at the end of a minute leaves nothing for the beginning of the next', () => {
    const limits = limitsOver(processOf(null), { requestsPerMinute: 60 });
    clock += MINUTE_MS - 1;
    expect(allowed(limits, 100)).toBe(60);
    clock += 1;
    expect(allowed(limits, 100)).toBe(0);
    clock += MINUTE_MS / 2;
    expect(allowed(limits, 100)).toBe(30);
    clock += 3 * MINUTE_MS;
    expect(allowed(limits, 100)).toBe(60);
  });

  it.each([-10, 10])('start anew when the clock jumps by %i minutes, and hold there', (minutes) => {
    const limits = limitsOver(processOf(null), { requestsPerMinute: 60 });
    expect(allowed(limits, 100)).toBe(60);
    clock += minutes * MINUTE_MS;
    expect(allowed(limits, 100)).toBe(60);
    expect(allowed(limits, 100)).toBe(0);
  });

  it('are shared by processes from one exchange to the next', async () => {
    const [one, other] = [processOf(redis), processOf(redis)];
    const [here, there] = [limitsOver(one, { requestsPerMinute: 10 }), limitsOver(other, { requestsPerMinute: 10 })];
    expect([allowed(here, 6), allowed(there, 3)]).toEqual([6, 3]);
    await one.sync();
    await other.sync(); // knows of all nine now
    expect(allowed(there, 5)).toBe(1);
    await other.sync();
    expect(redis.values.size).toBe(1);
    expect([...redis.values.values()]).toEqual([10]);
    expect([...redis.values.keys()][0]).not.toMatch(/ada/);
  });

  it('are counted here while Redis is away, and told when it is back', async () => {
    const counts = processOf(redis);
    const limits = limitsOver(counts, { requestsPerMinute: 10 });
    redis.fault = new Error('gone');
    expect(allowed(limits, 4)).toBe(4);
    await counts.sync();
    expect(allowed(limits, 20)).toBe(6);
    redis.fault = null;
    await counts.sync();
    expect([...redis.values.values()]).toEqual([10]);
  });

  it('of a former minute are not sent with those of this one', async () => {
    const counts = processOf(redis);
    const limits = limitsOver(counts, { requestsPerMinute: 10 });
    allowed(limits, 4);
    const syncing = counts.sync();
    clock += 2 * MINUTE_MS;
    allowed(limits, 2);
    await syncing;
    await counts.sync();
    expect([...redis.values.values()].sort()).toEqual([2, 4]);
    expect(allowed(limits, 20)).toBe(8);
  });

  it('send nothing when nothing was asked', async () => {
    await processOf(redis).sync();
    await processOf(null).sync();
    expect(redis.sent).toBe(0);
  });

  it('forget the oldest subjects beyond 50,000', () => {
    const limits = limitsOver(processOf(null), { requestsPerMinute: 1 });
    expect(allowed(limits, 2)).toBe(1);
    for (let i = 0; i < 50_000; i++) limits.request(caller(`s${i}`), '/predict/a');
    expect(allowed(limits, 2)).toBe(1);
  });
});

describe('answers a day', () => {
  it('are refused when fewer are left than asked, and none is taken then', () => {
    const limits = limitsOver(processOf(null), { answersPerDay: 100 });
    expect([spent(limits, 60), spent(limits, 30)]).toEqual(['ok', 'ok']);
    expect(spent(limits, 11)).toMatch(
      /^QUERY_BUDGET_SPENT: 100 answers a day are allowed, and 10 are left; ask again in \d+ s/,
    );
    expect([spent(limits, 10), spent(limits, 1, caller('bob'))]).toEqual(['ok', 'ok']);
    clock += 24 * 60 * MINUTE_MS;
    expect(spent(limits, 100)).toBe('ok');
  });

  it('of a customer are other ones than of a program, and both may be without limit', () => {
    const limits = limitsOver(processOf(null), {}, { answersPerDay: 5 });
    expect([spent(limits, 1e6), spent(limits, 6, caller('ada', 'u1')), spent(limits, 5, caller('ada', 'u1'))]).toEqual([
      'ok',
      expect.stringMatching(/^QUERY_BUDGET_SPENT/),
      'ok',
    ]);
    expect(limits.request(caller('ada', 'u1'), '/predict/a')).toMatchObject({ allowed: true, limit: null });
  });
});
