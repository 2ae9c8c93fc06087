import { hostname, userInfo } from 'node:os';
import type pg from 'pg';
import type { RegistryTransaction } from '../tables.js';

/** What is audited. */
export const auditActions = [
  'version.registered',
  'version.overridden',
  'version.moved',
  'version.displaced',
  'version.rolled-back',
  'promotion.requested',
  'promotion.approved',
  'promotion.rejected',
  'promotion.superseded',
  'promotion.expired',
  'promotion.failed',
  'holdout.renewed',
  'keys.created',
  'keys.rotated',
  'keys.trusted',
  'keys.revoked',
  'artefact.signed',
  'prediction.read',
  'webhooks.secret-read',
  'webhooks.retried',
  'alert.acknowledged',
  'snapshot.checked-out',
  'quarantine.released',
  'quarantine.dropped',
  'blobs.collected',
  'features.pushed',
  'snapshot.rewritten',
  'customer.forgotten',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** One deed. */
export interface AuditEntry {
  /** Who did it: a person's name, or the part of the program that acts by itself. */
  readonly actor: string;
  readonly action: AuditAction;
  /** What it was done to: a model and version, a key, a prediction. */
  readonly subject: string;
  /** Names, versions and reasons; never a value of a customer's row, nor a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Subject of what is done to a version of a line. */
export const versionSubject = ({ modelName, line, version }: VersionNames): string => `${modelName}/${line}/${version}`;

interface VersionNames {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
}

/** Actor of a command that names nobody: the user and the machine. */
export const commandActor = (): string => `${userInfo().username}@${hostname()}`;

/**
 * Adds an entry in the transaction of the deed: both are there or neither. Other transactions with entries wait until
 * this one ends, so it comes late in a transaction.
 */
export async function appendAudit(transaction: RegistryTransaction, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, details = {} } = entry;
  await transaction
    .insertInto('audit_log')
    .values({ actor, action, subject, details: JSON.stringify(details) })
    .execute();
}

/** As {@link appendAudit}, for a transaction of the driver, such as that of another room's tables. */
export async function insertAudit(client: Pick<pg.ClientBase, 'query'>, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, details = {} } = entry;
  const statement = 'insert into registry.audit_log (actor, action, subject, details) values ($1, $2, $3, $4)';
  await client.query(statement, [actor, action, subject, JSON.stringify(details)]);
}
