import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.js';
import type { Freshness } from '../../feature-store/online/freshness.js';
import { sleep } from '../../platform/sleep.js';

/** How old what is stored of a feature view or state is. Moments in ISO 8601. */
export interface ViewHealth extends Pick<Freshness, 'kind' | 'name' | 'version'> {
  /** `stale` by event time; `other version`: not of the running code; `missing`: nothing is stored. */
  readonly status: Freshness['state'];
  /** The moment that the newest values are computed as of; null: nothing is stored. */
  readonly asOf: string | null;
  /** The moment of the oldest value, when only changed customers were computed since; by it a view is stale. */
  readonly oldestAsOf: string | null;
}

/** Freshness as last read, so that no request waits for a store. */
export interface FollowedFreshness {
  views(): readonly ViewHealth[];
  /** Reads it once; a fault leaves it as it is. */
  look(): Promise<void>;
  /** Reads it again and again until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

/** It changes with a materialisation and with the age of values, which live for days. */
const EVERY_MS = 60_000;

const iso = (moment: number): string => new Date(moment).toISOString();

function healthOf({ kind, name, version, state: status, written }: Freshness): ViewHealth {
  const named = { kind, name, version, status };
  if (written === null) return { ...named, asOf: null, oldestAsOf: null };
  const { eventTime, wholeEventTime = eventTime } = written;
  return { ...named, asOf: iso(eventTime), oldestAsOf: iso(wholeEventTime) };
}

/** @param parts.read - freshness of the source in use. */
export function followFreshness(parts: {
  readonly read: () => Promise<readonly Freshness[]>;
  readonly logger: Pick<Logger, 'warn'>;
}): FollowedFreshness {
  let latest: readonly ViewHealth[] = [];
  async function look(): Promise<void> {
    try {
      latest = (await parts.read()).map(healthOf);
    } catch (fault) {
      parts.logger.warn({ err: messageOf(fault) }, 'freshness of features could not be read');
    }
  }
  return {
    views: () => latest,
    look,
    async follow(signal) {
      await look();
      while (await sleep(EVERY_MS, signal)) await look();
    },
  };
}
