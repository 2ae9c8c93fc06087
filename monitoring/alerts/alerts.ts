import type pg from 'pg';
import { pipelineError } from '../../contracts/errors.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import { type Endpoint, enqueue } from '../../platform/outbox/outbox.js';
import { insertAudit } from '../../registry/audit/append.js';

/** What alerts are about. */
export type AlertKind = 'version-not-loaded' | 'feature-parity' | 'artefact-refused' | 'data-drift' | 'source-fault';

/** Something that a person should look at. */
export interface Alert {
  readonly kind: AlertKind;
  readonly severity: 'warning' | 'critical';
  /** What it is about; with the kind it tells alerts apart. */
  readonly subject: string;
  /** For people; no value of a customer's row. */
  readonly message: string;
}

export interface AlertRecord extends Alert {
  readonly id: string;
  /** How often it was raised while open. */
  readonly seen: number;
  readonly openedAt: Date;
  readonly lastSeenAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: Date | null;
}

/** Alerts in schema `monitoring`. */
export interface AlertBook {
  /** Opens the alert and tells the receivers, or counts it once more while it is open. */
  raise(alert: Alert): Promise<void>;
  /** Closes the alert, and tells the receivers; nothing when none is open. */
  resolve(alert: Pick<Alert, 'kind' | 'subject'>): Promise<void>;
  /** Newest first. */
  list(filter: { readonly openOnly: boolean; readonly limit: number }): Promise<readonly AlertRecord[]>;
}

const COLUMNS = `id, kind, severity, subject, message, seen, opened_at as "openedAt", last_seen_at as "lastSeenAt",
  acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy", resolved_at as "resolvedAt"`;

const RAISE = `
  insert into monitoring.alert_records as open (kind, severity, subject, message) values ($1, $2, $3, $4)
  on conflict (kind, subject) where resolved_at is null
  do update set seen = open.seen + 1, last_seen_at = clock_timestamp(), message = excluded.message
  returning ${COLUMNS}`;
const RESOLVE = `
  update monitoring.alert_records set resolved_at = clock_timestamp()
  where kind = $1 and subject = $2 and resolved_at is null returning ${COLUMNS}`;
const LIST = `
  select ${COLUMNS} from monitoring.alert_records where not $1 or resolved_at is null order by id desc limit $2`;
const ACKNOWLEDGE = `
  update monitoring.alert_records set acknowledged_at = clock_timestamp(), acknowledged_by = $2
  where id::text = $1 and acknowledged_at is null returning ${COLUMNS}`;

type Receivers = readonly Endpoint[];

const tell = (
  client: pg.PoolClient,
  endpoints: Receivers,
  type: string,
  { id, kind, severity, subject, message, openedAt }: AlertRecord,
) => enqueue(client, endpoints, { type, payload: { id, kind, severity, subject, message, openedAt } });

/** As {@link AlertBook.raise}, in the caller's transaction. */
export async function raiseAlert(client: pg.PoolClient, endpoints: Receivers, alert: Alert): Promise<void> {
  const { kind, severity, subject, message } = alert;
  const { rows } = await client.query<AlertRecord>(RAISE, [kind, severity, subject, message]);
  if (rows[0]!.seen === 1) await tell(client, endpoints, 'alert.opened', rows[0]!);
}

/** As {@link AlertBook.resolve}, in the caller's transaction. */
export async function resolveAlert(
  client: pg.PoolClient,
  endpoints: Receivers,
  { kind, subject }: Pick<Alert, 'kind' | 'subject'>,
): Promise<void> {
  const { rows } = await client.query<AlertRecord>(RESOLVE, [kind, subject]);
  if (rows[0] !== undefined) await tell(client, endpoints, 'alert.resolved', rows[0]);
}

/** @param endpoints - who is told. */
export function createAlertBook(pool: pg.Pool, endpoints: readonly Endpoint[]): AlertBook {
  return {
    raise: (alert) => inTransaction(pool, (client) => raiseAlert(client, endpoints, alert)),
    resolve: (alert) => inTransaction(pool, (client) => resolveAlert(client, endpoints, alert)),
    async list({ openOnly, limit }) {
      return (await pool.query<AlertRecord>(LIST, [openOnly, limit])).rows;
    },
  };
}

/**
 * Records that somebody has seen an alert, in the audit log too.
 * @throws PipelineError `ALERT_NOT_FOUND` when there is none of this id that nobody has acknowledged.
 */
export function acknowledge(pool: pg.Pool, id: string, by: string): Promise<AlertRecord> {
  return inTransaction(pool, async (client) => {
    const alert = (await client.query<AlertRecord>(ACKNOWLEDGE, [id, by])).rows[0];
    if (alert === undefined) throw pipelineError('ALERT_NOT_FOUND', { id });
    const { kind, subject } = alert;
    await insertAudit(client, {
      actor: by,
      action: 'alert.acknowledged',
      subject: `${kind}/${subject}`,
      details: { id },
    });
    return alert;
  });
}
