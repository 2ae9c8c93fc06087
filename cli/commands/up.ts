import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { printStatus } from '../views/platform-view.js';

/** `ml up`: starts what is not running and waits until it answers. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('up')
    .summary('start the local services, workers and API')
    .description(
      'Starts the services that no setting names (Temporal, PostgreSQL, Redis), both workers and the prediction API ' +
        'under a supervisor in the background, and waits until all of them answer. Does nothing when they do.',
    )
    .option('--no-workers', 'services only; start the rest with `ml worker` and `ml serve`')
    .action(async ({ workers }: { readonly workers: boolean }) => {
      const [{ ensurePlatform }, { platformStatus }] = await Promise.all([
        import('../../platform/embedded/ensure.js'),
        import('../../platform/embedded/status.js'),
      ]);
      const printLines = (text: string): void => text.split('\n').forEach((line) => cli.out.notice(line));
      await ensurePlatform(cli.config, printLines, { workers });
      const status = await platformStatus(cli.config);
      printStatus(cli.out, status);
      if (!status.healthy) cli.exitWith(1);
    });
}
