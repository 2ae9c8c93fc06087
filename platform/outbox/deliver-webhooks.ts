import type { Logger } from 'pino';
import { deliverDue, type DeliverOptions } from './deliver.js';
import { repeat } from '../repeat.js';

const EVERY_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Sends webhooks that are due until the signal aborts; nothing where no receiver is set. Any number of processes may do so
 * at the same time.
 */
export async function deliverWebhooks(
  options: DeliverOptions,
  { signal, logger }: { readonly signal: AbortSignal; readonly logger: Pick<Logger, 'warn'> },
): Promise<void> {
  if (options.endpoints.length === 0) return;
  await repeat(() => deliverDue(options), {
    ...{ everyMs: EVERY_MS, longestPauseMs: LONGEST_PAUSE_MS, signal },
    onChange: (reason) => reason !== null && logger.warn({ err: reason }, 'webhooks are not delivered now'),
  });
}
