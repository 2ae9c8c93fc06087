import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { CacheResult } from '../metrics/metrics.js';
import type { SingleAnswer } from '../predictions/single-answer.js';

/** What an answer depends on, and nothing else: predictors are pure. */
export interface AnswerKey {
  readonly modelName: string;
  readonly artefactHash: string;
  /** Everything else that was asked; equal JSON gives equal answers. */
  readonly question: unknown;
}

/** Answers of all processes, by version and input. */
export interface AnswerCache {
  /**
   * The stored answer; else that of a request that is computing it at this moment; else what `compute` gives, which is
   * stored. A cache that is away or slow is passed by.
   * @throws whatever `compute` throws.
   */
  through(key: AnswerKey, seconds: number, compute: () => Promise<SingleAnswer>): Promise<SingleAnswer>;
}

/** What is needed of Redis; its commands fail by themselves when it is silent. Null: answers are not stored. */
export type CachingRedis = Pick<Redis, 'get' | 'set'> | null;

/** Longer answers, as forecasts of years, are not stored. */
const LONGEST_CHARACTERS = 32_768;
/** After a failure one request in this time tries Redis again; all others go without it. */
const PAUSE_MS = 1_000;

export interface CacheDeps {
  readonly redis: CachingRedis;
  readonly count: (modelName: string, result: CacheResult) => void;
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
}

export function createAnswerCache({ redis, count, now = () => performance.now() }: CacheDeps): AnswerCache {
  const running = new Map<string, Promise<SingleAnswer>>();
  const store = redis === null ? null : pausing(redis, now);

  async function find(key: string, { modelName }: AnswerKey, seconds: number, compute: () => Promise<SingleAnswer>) {
    const stored = await store?.get(key);
    if (stored !== null && stored !== undefined) {
      count(modelName, 'hit');
      return JSON.parse(stored) as SingleAnswer;
    }
    count(modelName, 'miss');
    const answer = await compute();
    store?.set(key, JSON.stringify(answer), seconds);
    return answer;
  }

  return {
    through(asked, seconds, compute) {
      const key = keyOf(asked);
      const known = running.get(key);
      if (known !== undefined) {
        count(asked.modelName, 'shared');
        return known;
      }
      const finding = find(key, asked, seconds, compute).finally(() => running.delete(key));
      running.set(key, finding);
      return finding;
    },
  };
}

/** Inputs may be texts of persons, so the key is their hash. */
function keyOf({ artefactHash, question }: AnswerKey): string {
  const hash = createHash('sha256').update(JSON.stringify(question)).digest('base64url');
  return `ml:answer:${artefactHash.slice(0, 16)}:${hash}`;
}

interface PausingStore {
  /** Null also when Redis is away. */
  get(key: string): Promise<string | null>;
  set(key: string, value: string, seconds: number): void;
}

function pausing(redis: NonNullable<CachingRedis>, now: () => number): PausingStore {
  let pausedUntil = -Infinity;
  const failed = (): null => {
    pausedUntil = now() + PAUSE_MS;
    return null;
  };
  return {
    async get(key) {
      if (pausedUntil !== -Infinity) {
        if (now() < pausedUntil) return null;
        pausedUntil = now() + PAUSE_MS; // this request tries, the others of this second do not
      }
      try {
        const found = await redis.get(key);
        pausedUntil = -Infinity;
        return found;
      } catch {
        return failed();
      }
    },
    set(key, value, seconds) {
      if (pausedUntil !== -Infinity || value.length > LONGEST_CHARACTERS) return;
      redis.set(key, value, 'EX', seconds).catch(failed);
    },
  };
}
