import { type CpuClock, createCpuClock } from './cpu-clock.js';

/** Lets requests in as long as those before them are answered in time. */
export interface Admission {
  /** Lets a request in, unless too many have no answer yet. Whoever is let in calls `leave` once. */
  enter(): boolean;
  /**
   * Whether `enter` would let nothing more in; a request that is refused for it counts as one refused by `enter`.
   * @param waiting - requests that are about to enter. @default 0
   */
  isFull(waiting?: number): boolean;
  /** @param milliseconds - how long the request took by `start`; null: it says nothing about others, as of a long batch. */
  leave(milliseconds: number | null): void;
  /**
   * A stopwatch for one request, by the clock that requests are measured by.
   * @returns gives its milliseconds. @param elapsedMs - on the wall: no request took more.
   */
  start(): (elapsedMs: number) => number;
  inFlight(): number;
  /** Requests that may be in flight now. */
  limit(): number;
}

export interface AdmissionOptions {
  /** Most requests in flight, ever. */
  readonly most: number;
  /** Milliseconds. @default those of CPU that the process has used */
  readonly now?: CpuClock;
}

/** Time within which at least one request of an interval is answered, unless requests queue up. */
const TARGET_MS = 25;
/** Age of a reading of the clock that says how long a late request took. */
const EXACT_MS = 5;
/** Length of an interval. */
const INTERVAL_MS = 100;
/** Requests of an interval that say something: a lone one may have been slow by itself. */
const FEWEST_MEASURED = 8;
/** Requests that are always let in, so that a burst after a pause of the whole machine is no overload. */
const FEWEST = 64;
/** What the limit is multiplied with after an interval in which requests queued up. */
const DECREASE = 0.8;
/** Share by which it grows after one in which they did not though the limit was reached. */
const INCREASE = 0.1;

/**
 * Adaptive limit of requests in flight, by the signal of CoDel (Nichols and Jacobson, 2012): a queue is standing when even
 * the fastest request of an interval took longer than the target. Then the limit shrinks to a part of what was in flight;
 * it grows again while it is reached without a standing queue. O(1) a request.
 *
 * Time is the CPU time of the process: under load it is what the clock on the wall shows, but requests that are late since
 * other programs have the processor, or a database is slow, are not more than this process can answer.
 */
export function createAdmission({ most, now = createCpuClock() }: AdmissionOptions): Admission {
  let limit = most;
  let running = 0;
  let interval = { since: now(), fastest: Infinity, measured: 0, peak: 0, wasFull: false };

  function adapt({ fastest, measured, peak, wasFull }: typeof interval): void {
    if (measured >= FEWEST_MEASURED && fastest > TARGET_MS)
      limit = Math.max(Math.min(FEWEST, most), Math.floor(Math.min(limit, peak) * DECREASE));
    else if (wasFull) limit = Math.min(most, limit + Math.ceil(limit * INCREASE));
  }

  function isFull(waiting = 0): boolean {
    const full = running + waiting >= limit;
    interval.wasFull ||= full;
    return full;
  }

  return {
    isFull,
    enter() {
      if (isFull()) return false;
      running += 1;
      interval.peak = Math.max(interval.peak, running);
      return true;
    },
    leave(milliseconds) {
      running -= 1;
      if (milliseconds !== null) {
        interval.measured += 1;
        interval.fastest = Math.min(interval.fastest, milliseconds);
      }
      const at = now();
      if (at - interval.since < INTERVAL_MS) return;
      adapt(interval);
      interval = { since: at, fastest: Infinity, measured: 0, peak: running, wasFull: false };
    },
    start() {
      const since = now();
      // A request that is answered in time shows that nothing queues, whatever it used of that time.
      return (elapsedMs) => (elapsedMs < TARGET_MS ? elapsedMs : Math.min(now(EXACT_MS) - since, elapsedMs));
    },
    inFlight: () => running,
    limit: () => limit,
  };
}
