import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { printStatus } from '../views/platform-view.js';

/** `ml status`: exit code 0 when everything answers, else 1. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('status')
    .summary('show what runs and where it answers')
    .description('Asks every service and worker of the local platform to do one operation. Starts nothing.')
    .action(async () => {
      const { platformStatus } = await import('../../platform/embedded/status.js');
      const status = await platformStatus(cli.config);
      printStatus(cli.out, status);
      if (!status.healthy) cli.exitWith(1);
    });
}
