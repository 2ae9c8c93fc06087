import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';

/** What is told to receivers. */
export interface OutboxMessage {
  /** Such as `alert.opened`. */
  readonly type: string;
  /** JSON; no value of a customer's row. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Address of a receiver, with the name that stands for it in the database and in messages. */
export interface Endpoint {
  readonly url: string;
  /** Origin and a hash: the path may hold a secret. */
  readonly name: string;
}

export const endpointOf = (url: string): Endpoint => ({
  url,
  name: `${new URL(url).origin} ${createHash('sha256').update(url).digest('hex').slice(0, 8)}`,
});

const INSERT = `
  insert into outbox.deliveries (id, message_id, endpoint, type, payload)
  select gen_random_uuid(), $1, endpoint, $3, $4 from unnest($2::text[]) as endpoint`;

/**
 * Writes a message for every receiver in the transaction of the caller: it is delivered if that commits, and only then.
 * @param client - in the transaction.
 */
export async function enqueue(
  client: Pick<pg.ClientBase, 'query'>,
  endpoints: readonly Endpoint[],
  { type, payload }: OutboxMessage,
): Promise<void> {
  if (endpoints.length === 0) return;
  const names = endpoints.map(({ name }) => name);
  await client.query(INSERT, [randomUUID(), names, type, JSON.stringify(payload)]);
}

export const deliveryStatuses = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One message to one receiver. */
export interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly endpoint: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly lastError: string | null;
  readonly createdAt: Date;
}

const COLUMNS = `id, message_id as "messageId", endpoint, type, status, attempts, next_attempt_at as "nextAttemptAt",
  last_error as "lastError", created_at as "createdAt"`;

/** Newest first. */
export async function listDeliveries(
  database: Pick<pg.Pool, 'query'>,
  { status, limit }: { readonly status: DeliveryStatus | null; readonly limit: number },
): Promise<Delivery[]> {
  const { rows } = await database.query<Delivery>(
    `select ${COLUMNS} from outbox.deliveries where $1::text is null or status = $1 order by created_at desc limit $2`,
    [status, limit],
  );
  return rows;
}

/** Lets dead deliveries begin anew. @param id - of one; null: all of them. @returns how many. */
export async function retryDead(client: Pick<pg.ClientBase, 'query'>, id: string | null): Promise<number> {
  const { rowCount } = await client.query(
    `update outbox.deliveries set status = 'waiting', ended_at = null, attempts = 0, next_attempt_at = clock_timestamp()
     where status = 'dead' and ($1::text is null or id::text = $1)`,
    [id],
  );
  return rowCount ?? 0;
}
