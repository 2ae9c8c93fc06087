import { type Command, Option } from 'commander';
import { type DeliveryStatus, deliveryStatuses } from '../../platform/outbox/outbox.js';
import type { CliContext } from '../program/context.js';
import { listLimit } from '../program/options.js';

/** `ml webhooks list|retry|secret`. */
export function register(program: Command, cli: CliContext): void {
  const webhooks = program
    .command('webhooks')
    .summary('list deliveries of webhooks and send dead ones again')
    .description(
      'Messages to the receivers in WEBHOOK_URLS. API and pipeline workers send them, each until it is taken or dead.',
    );
  webhooks
    .command('list')
    .description('The newest deliveries with what became of them.')
    .addOption(new Option('--status <status>', 'deliveries of this status').choices(deliveryStatuses))
    .option('--limit <n>', 'at most so many', listLimit, 50)
    .action(async (options: { readonly status?: DeliveryStatus; readonly limit: number }) => {
      const { listWebhooks } = await import('../views/webhooks-view.js');
      await listWebhooks(cli, { status: options.status ?? null, limit: options.limit });
    });
  webhooks
    .command('retry')
    .description('Lets dead deliveries begin anew: all of them, or one.')
    .argument('[id]', 'id of a delivery')
    .action(async (id?: string) => {
      const { retryWebhooks } = await import('../views/webhooks-view.js');
      await retryWebhooks(cli, id ?? null);
    });
  webhooks
    .command('secret')
    .description('Prints the secret that receivers verify signatures with; recorded in the audit log.')
    .action(async () => {
      const { showWebhookSecret } = await import('../views/webhooks-view.js');
      await showWebhookSecret(cli);
    });
}
