import { createHash } from 'node:crypto';
import { pipelineError } from '../../contracts/errors.js';
import type { TrafficSettings } from '../../platform/config/traffic-settings.js';
import type { Caller } from '../identity/verify-token.js';
import type { SharedCounts } from './shared-counts.js';

/** How many requests and answers a caller has left. */
export interface TrafficLimits {
  /** Counts a request. @param route - pattern of the route. */
  request(caller: Caller, route: string): RateVerdict;
  /**
   * Takes answers from the caller's budget of the day.
   * @throws PipelineError `QUERY_BUDGET_SPENT` when fewer are left; then none is taken.
   */
  spend(caller: Caller, answers: number): void;
}

/** Whether a request may go on; `limit` null: any number may. */
export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number | null;
  readonly remaining: number;
  /** Until a request is allowed again, or the window ends. */
  readonly resetSeconds: number;
}

const MINUTE_MS = 60_000;
export const RATE_WINDOW_SECONDS = MINUTE_MS / 1000;
const DAY_MS = 86_400_000;

const unlimited: RateVerdict = { allowed: true, limit: null, remaining: Infinity, resetSeconds: 0 };

/** Names of subjects are personal, so keys in Redis hold their hash. */
const hashed = (subject: string): string => createHash('sha256').update(subject).digest('base64url').slice(0, 22);

/** A token of one customer has the limits of customers, any other those of programs. */
export function createTrafficLimits(counts: SharedCounts, settings: TrafficSettings): TrafficLimits {
  const limitsOf = ({ userId }: Caller) => (userId === null ? settings.programs : settings.customers);
  const keyOf = keysOfSubjects();
  return {
    request(caller, route) {
      const limit = limitsOf(caller).requestsPerMinute;
      if (limit === null) return unlimited;
      const key = `rate:${keyOf(caller.subject)}:${route}`;
      const { current, previous, elapsedMs } = counts.add(key, MINUTE_MS, 0);
      // The last minute as if the window before had been even (sliding window counter).
      const used = current + previous * (1 - elapsedMs / MINUTE_MS);
      const allowed = used + 1 <= limit;
      if (allowed) counts.add(key, MINUTE_MS, 1);
      const remaining = Math.max(0, Math.floor(limit - used - (allowed ? 1 : 0)));
      return { allowed, limit, remaining, resetSeconds: Math.ceil((MINUTE_MS - elapsedMs) / 1000) };
    },
    spend(caller, answers) {
      const limit = limitsOf(caller).answersPerDay;
      if (limit === null) return;
      const key = `budget:${keyOf(caller.subject)}`;
      const { current, elapsedMs } = counts.add(key, DAY_MS, 0);
      const retryAfterSeconds = Math.ceil((DAY_MS - elapsedMs) / 1000);
      if (current + answers > limit)
        throw pipelineError('QUERY_BUDGET_SPENT', { limit, left: Math.max(0, limit - current), retryAfterSeconds });
      counts.add(key, DAY_MS, answers);
    },
  };
}

/** Subjects whose hash is kept. */
const MOST_HASHES = 10_000;

function keysOfSubjects(): (subject: string) => string {
  const known = new Map<string, string>();
  return (subject) => {
    const found = known.get(subject);
    if (found !== undefined) return found;
    if (known.size >= MOST_HASHES) known.clear();
    const key = hashed(subject);
    known.set(subject, key);
    return key;
  };
}
