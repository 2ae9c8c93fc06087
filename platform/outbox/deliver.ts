import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { messageOf } from '../../contracts/errors.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Endpoint } from './outbox.js';

/*
 * Webhooks as https://www.standardwebhooks.com describes them: the signature is HMAC-SHA256 over id, timestamp and body,
 * in base64 and with `v1,` before it, one for each version of the key, so that receivers may change to a new one late.
 */

/** Seconds between attempts; the delivery is dead after the last. As recommended by Standard Webhooks. */
const PAUSES_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000] as const;
const TIMEOUT_MS = 10_000;
/** A process that took a delivery and ended leaves it to others after this time. */
const CLAIM_SECONDS = 60;
const BATCH = 10;
/** The receiver says that it wants no more. */
const GONE = 410;

export interface DeliverOptions {
  readonly database: Pick<pg.Pool, 'query'>;
  readonly endpoints: readonly Endpoint[];
  readonly keys: Pick<KeyRing, 'secretsOf'>;
  /** Milliseconds. @default Date.now */
  readonly now?: () => number;
}

interface Claimed {
  readonly id: string;
  readonly message_id: string;
  readonly endpoint: string;
  readonly type: string;
  readonly payload: string;
  readonly attempts: number;
  readonly created_at: Date;
}

/** Several processes may deliver: each takes other rows. The claim puts the next attempt off. */
const CLAIM = `
  update outbox.deliveries set attempts = attempts + 1, next_attempt_at = clock_timestamp() + interval '${CLAIM_SECONDS} s'
  where id in (
    select id from outbox.deliveries where status = 'waiting' and next_attempt_at <= clock_timestamp()
    order by next_attempt_at limit ${BATCH} for update skip locked)
  returning id, message_id, endpoint, type, payload, attempts, created_at`;

const DELIVERED = `update outbox.deliveries set status = 'delivered', ended_at = clock_timestamp(), last_error = null where id = $1`;
const DEAD = `update outbox.deliveries set status = 'dead', ended_at = clock_timestamp(), last_error = $2 where id = $1`;
const AGAIN = `
  update outbox.deliveries set next_attempt_at = clock_timestamp() + $3 * interval '1 s', last_error = $2 where id = $1`;

/** Sends what is due. @returns number of attempts. */
export async function deliverDue(options: DeliverOptions): Promise<number> {
  const { rows } = await options.database.query<Claimed>(CLAIM);
  await Promise.all(rows.map((row) => deliver(options, row)));
  return rows.length;
}

async function deliver(options: DeliverOptions, row: Claimed): Promise<void> {
  const { database, endpoints } = options;
  const endpoint = endpoints.find(({ name }) => name === row.endpoint);
  if (endpoint === undefined) {
    await database.query(DEAD, [row.id, 'the address is not in WEBHOOK_URLS any more']);
    return;
  }
  const failure = await send(options, endpoint, row);
  if (failure === null) {
    await database.query(DELIVERED, [row.id]);
    return;
  }
  const pause = failure.final ? undefined : PAUSES_SECONDS[row.attempts - 1];
  if (pause === undefined) await database.query(DEAD, [row.id, failure.reason]);
  else await database.query(AGAIN, [row.id, failure.reason, pause]);
}

interface Failure {
  readonly reason: string;
  /** True: no further attempt makes sense. */
  readonly final: boolean;
}

async function send(
  { keys, now = Date.now }: DeliverOptions,
  { url }: Endpoint,
  row: Claimed,
): Promise<Failure | null> {
  const { id, message_id, type, payload, created_at } = row;
  const data = JSON.parse(payload) as unknown;
  const body = JSON.stringify({ type, timestamp: created_at.toISOString(), messageId: message_id, data });
  const timestamp = String(Math.floor(now() / 1000));
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatures(keys.secretsOf('webhooks'), `${id}.${timestamp}.${body}`),
      },
      body,
    });
    await response.body?.cancel();
    return response.ok ? null : { reason: `answered ${response.status}`, final: response.status === GONE };
  } catch (fault) {
    return { reason: reasonOf(fault), final: false };
  }
}

/** `fetch` hides the reason in the cause. */
const reasonOf = (fault: unknown): string =>
  messageOf(fault instanceof Error && fault.cause !== undefined ? fault.cause : fault).slice(0, 300);

/** One signature a secret, newest first, separated by blanks. */
export const signatures = (secrets: readonly Uint8Array[], signed: string): string =>
  secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`).join(' ');

/** A secret as receivers of Standard Webhooks enter it. */
export const receiverSecret = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString('base64')}`;
