import type { Redis } from 'ioredis';

/** Counts by key and window of time that several processes share. */
export interface SharedCounts {
  /** Counts at once, in memory. @returns what all processes have counted in this window, as far as it is known here. */
  add(key: string, windowMs: number, count: number): WindowCount;
  /** Tells Redis what was counted here and learns what others counted. One call at a time; never rejects. */
  sync(): Promise<void>;
}

export interface WindowCount {
  readonly current: number;
  /** Of the window before. */
  readonly previous: number;
  /** Milliseconds of the current window that are over. */
  readonly elapsedMs: number;
}

interface Tally {
  readonly windowMs: number;
  window: number;
  previous: number;
  /** Counted by all processes, what this one has sent included. */
  shared: number;
  /** Counted here and not sent yet. */
  unsent: number;
}

/** Keys that are kept; beyond them the oldest are forgotten, so that invented subjects cannot fill the memory. */
const MOST_KEYS = 50_000;
/** Keys in one pipeline. */
const BATCH = 500;

/** What is needed of Redis; null: this process counts for itself. */
export type CountingRedis = Pick<Redis, 'pipeline'> | null;

/** @param now - milliseconds since the epoch, so that all processes have the same windows. */
export function createSharedCounts(redis: CountingRedis, now: () => number = Date.now): SharedCounts {
  const tallies = new Map<string, Tally>();
  const changed = new Map<string, Tally>();

  function tallyOf(key: string, windowMs: number, window: number): Tally {
    const known = tallies.get(key);
    if (known === undefined) {
      if (tallies.size >= MOST_KEYS) tallies.delete(tallies.keys().next().value!);
      const tally = { windowMs, window, previous: 0, shared: 0, unsent: 0 };
      tallies.set(key, tally);
      return tally;
    }
    if (known.window !== window) {
      known.previous = known.window === window - 1 ? known.shared + known.unsent : 0;
      Object.assign(known, { window, shared: 0, unsent: 0 });
    }
    return known;
  }

  return {
    add(key, windowMs, count) {
      const at = now();
      const window = Math.floor(at / windowMs);
      const tally = tallyOf(key, windowMs, window);
      tally.unsent += count;
      if (count > 0) changed.set(key, tally);
      return { current: tally.shared + tally.unsent, previous: tally.previous, elapsedMs: at - window * windowMs };
    },
    async sync() {
      if (redis === null) {
        changed.clear();
        return;
      }
      const batch = [...changed].slice(0, BATCH);
      for (const [key] of batch) changed.delete(key);
      if (batch.length > 0) await exchange(redis, batch, changed);
    },
  };
}

/** What could not be sent stays unsent and is tried again. */
async function exchange(
  redis: Pick<Redis, 'pipeline'>,
  batch: readonly [string, Tally][],
  changed: Map<string, Tally>,
): Promise<void> {
  const sent = batch.map(([key, tally]) => ({ key, tally, window: tally.window, count: tally.unsent }));
  const pipeline = redis.pipeline();
  for (const { key, tally, window, count } of sent) {
    pipeline.incrby(`ml:count:${key}:${window}`, count);
    pipeline.pexpire(`ml:count:${key}:${window}`, 2 * tally.windowMs);
    tally.shared += count;
    tally.unsent -= count;
  }
  const replies = await pipeline.exec().catch(() => null);
  for (const [i, { key, tally, window, count }] of sent.entries()) {
    if (tally.window !== window) continue; // a new window has begun meanwhile
    const [fault, total] = replies?.[2 * i] ?? [new Error('no reply'), null];
    if (fault === null) {
      tally.shared = Number(total);
      continue;
    }
    tally.shared -= count;
    tally.unsent += count;
    changed.set(key, tally);
  }
}
