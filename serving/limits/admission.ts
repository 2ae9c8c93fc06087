/** Lets requests in as long as those before them are answered in time. */
export interface Admission {
  /** Lets a request in, unless too many have no answer yet. Whoever is let in calls `leave` once. */
  enter(): boolean;
  /** @param milliseconds - how long the request took; null: it says nothing about others, as of a long batch. */
  leave(milliseconds: number | null): void;
  inFlight(): number;
  /** Requests that may be in flight now. */
  limit(): number;
}

export interface AdmissionOptions {
  /** Most requests in flight, ever. */
  readonly most: number;
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Time within which at least one request of an interval is answered, unless requests queue up. */
const TARGET_MS = 25;
/** Length of an interval. */
const INTERVAL_MS = 100;
/** Requests that are always let in: with fewer, a process would idle between two turns of its event loop. */
const FEWEST = 16;
/** What the limit is multiplied with after an interval in which requests queued up. */
const DECREASE = 0.8;
/** Share by which it grows after one in which they did not though the limit was reached. */
const INCREASE = 0.1;

/**
 * Adaptive limit of requests in flight, by the signal of CoDel (Nichols and Jacobson, 2012): a queue is standing when even
 * the fastest request of an interval took longer than the target. Then the limit shrinks by a factor; it grows again while
 * it is reached without a standing queue. O(1) a request.
 */
export function createAdmission({ most, now = () => performance.now() }: AdmissionOptions): Admission {
  let limit = most;
  let running = 0;
  let fastest = Infinity;
  let wasFull = false;
  let since = now();

  function adapt(): void {
    const isStanding = fastest !== Infinity && fastest > TARGET_MS;
    if (isStanding) limit = Math.max(FEWEST, Math.floor(Math.min(limit, running + 1) * DECREASE));
    else if (wasFull) limit = Math.min(most, limit + Math.ceil(limit * INCREASE));
    fastest = Infinity;
    wasFull = false;
    since = now();
  }

  return {
    enter() {
      if (running >= limit) {
        wasFull = true;
        return false;
      }
      running += 1;
      return true;
    },
    leave(milliseconds) {
      running -= 1;
      if (milliseconds !== null && milliseconds < fastest) fastest = milliseconds;
      if (now() - since >= INTERVAL_MS) adapt();
    },
    inFlight: () => running,
    limit: () => limit,
  };
}
