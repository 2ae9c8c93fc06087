import { PipelineError } from '../../contracts/errors.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { receiverSecret } from '../../platform/outbox/deliver.js';
import { type DeliveryStatus, listDeliveries, retryDead } from '../../platform/outbox/outbox.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import { commandActor, insertAudit } from '../../registry/audit/append.js';
import type { CliContext } from '../program/context.js';

/** Prints deliveries, newest first. */
export async function listWebhooks(
  cli: CliContext,
  filter: { readonly status: DeliveryStatus | null; readonly limit: number },
): Promise<void> {
  const { services } = await cli.connect();
  const deliveries = await listDeliveries(services.pool, filter);
  cli.out.result({ deliveries }, () => {
    const rows = deliveries.map(({ id, type, endpoint, status, attempts, lastError }) => [
      ...[id, type, endpoint, status, String(attempts), lastError ?? '–'],
    ]);
    cli.out.table({ head: ['id', 'type', 'to', 'status', 'attempts', 'last error'], rows, right: ['attempts'] });
  });
}

/** @throws PipelineError `INVALID_INPUT` when no dead delivery has this id. */
export async function retryWebhooks(cli: CliContext, id: string | null): Promise<void> {
  const { services } = await cli.connect();
  const count = await inTransaction(services.pool, async (client) => {
    const retried = await retryDead(client, id);
    if (retried === 0 && id !== null) throw new PipelineError('INVALID_INPUT', `no dead delivery has the id ${id}`);
    const entry = { actor: commandActor(), subject: id ?? 'all dead deliveries', details: { deliveries: retried } };
    await insertAudit(client, { ...entry, action: 'webhooks.retried' });
    return retried;
  });
  cli.out.result({ retried: count }, () => cli.out.line(`${count} deliveries begin anew; the API sends them`));
}

/** Prints the newest secret; without its record in the audit log nothing is printed. */
export async function showWebhookSecret(cli: CliContext): Promise<void> {
  const keys = await openKeyRing(cli.config);
  const { services } = await cli.connect();
  const secret = await services.audit.record(async (append) => {
    await append({ actor: commandActor(), action: 'webhooks.secret-read', subject: 'webhooks' });
    return receiverSecret(keys.secretsOf('webhooks')[0]!);
  });
  cli.out.result({ secret }, () => cli.out.line(secret));
}
