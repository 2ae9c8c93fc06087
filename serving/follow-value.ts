import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.js';
import { sleep } from '../platform/sleep.js';

/** What was read last, so that no request waits for a store. */
export interface FollowedValue<Value> {
  readonly latest: () => Value;
  /** Reads it once; a fault leaves it as it is. */
  look(): Promise<void>;
  /** Reads it again and again until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

/** What is followed changes at most a few times a day. */
const EVERY_MS = 60_000;

/** @param parts.what - is read, for the log. */
export function followValue<Value>(parts: {
  readonly what: string;
  readonly initial: Value;
  readonly read: () => Promise<Value>;
  readonly logger: Pick<Logger, 'warn'>;
}): FollowedValue<Value> {
  let latest = parts.initial;
  async function look(): Promise<void> {
    try {
      latest = await parts.read();
    } catch (fault) {
      parts.logger.warn({ err: messageOf(fault) }, `${parts.what} could not be read`);
    }
  }
  return {
    latest: () => latest,
    look,
    async follow(signal) {
      await look();
      while (await sleep(EVERY_MS, signal)) await look();
    },
  };
}
