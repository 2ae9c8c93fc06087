import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit } from '../program/options.js';

/** `ml alerts list|ack`. */
export function register(program: Command, cli: CliContext): void {
  const alerts = program
    .command('alerts')
    .summary('list alerts and say that they were seen')
    .description('What somebody should look at, such as a version that the API cannot load.');
  alerts
    .command('list')
    .description('Open alerts, newest first.')
    .option('--all', 'those that were resolved too')
    .option('--limit <n>', 'at most so many', listLimit, 50)
    .action(async (options: { readonly all?: true; readonly limit: number }) => {
      const { listAlerts } = await import('../views/alerts-view.js');
      await listAlerts(cli, { openOnly: options.all !== true, limit: options.limit });
    });
  alerts
    .command('ack')
    .description('Records that somebody has seen an alert and looks after it. It stays open until its cause is gone.')
    .argument('<id>', 'id of the alert')
    .option('--by <name>', 'who (the user of this machine)')
    .action(async (id: string, { by }: { readonly by?: string }) => {
      const { acknowledgeAlert } = await import('../views/alerts-view.js');
      await acknowledgeAlert(cli, id, by);
    });
}
