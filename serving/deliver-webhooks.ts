import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.js';
import { deliverDue, type DeliverOptions } from '../platform/outbox/deliver.js';
import { sleep } from './sleep.js';

const EVERY_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** Sends webhooks that are due until the signal aborts; nothing where no receiver is set. */
export async function deliverWebhooks(
  options: DeliverOptions,
  { signal, logger }: { readonly signal: AbortSignal; readonly logger: Pick<Logger, 'warn'> },
): Promise<void> {
  if (options.endpoints.length === 0) return;
  let pause = EVERY_MS;
  while (await sleep(pause, signal))
    try {
      await deliverDue(options);
      pause = EVERY_MS;
    } catch (fault) {
      if (pause === EVERY_MS) logger.warn({ err: messageOf(fault) }, 'webhooks are not delivered now');
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
}
