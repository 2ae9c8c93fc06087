import { type Command, Option } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit } from '../program/options.js';
import type { ForgetOptions, ForgottenOptions } from '../views/forget-view.js';

const EXAMPLES = `
Examples:
  $ ml data forget --user u000004                                      what is stored of the customer; changes nothing
  $ ml data forget --user u000004 --yes --reason "request of 12 May"   removes it
  $ ml data forget --resume                                            finishes what was interrupted
`;

/** `ml data forget|forgotten`. */
export function registerErasure(data: Command, cli: CliContext): void {
  data
    .command('forget')
    .description(
      'Removes a customer: rewrites every retained snapshot without them, removes what was made of the former ones, and ' +
        'deletes states, features, logged predictions, feedback and rows in quarantine. Extractions leave the customer ' +
        'out from then on, although the source may still have them. Changes nothing without --yes.',
    )
    .option('--user <id>', 'id of the customer in the source')
    .option('--source <name>', "only of this source or file's line (every one)")
    .option('--reason <text>', 'why, for the audit log; without personal data')
    .addOption(new Option('--dry-run', 'change nothing (the default)').conflicts('yes'))
    .option('--yes', 'remove the customer')
    .addOption(
      new Option('--resume', 'finish erasures that were interrupted, or that waited for runs').conflicts([
        'user',
        'yes',
        'dryRun',
      ]),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: ForgetOptions) => {
      const { forget } = await import('../views/forget-view.js');
      await forget(cli, options);
    });
  data
    .command('forgotten')
    .description('The erasure list, newest first: when, why, and how much was removed. Names no customer.')
    .option('--limit <n>', 'at most so many (20)', listLimit)
    .action(async (options: ForgottenOptions) => {
      const { listForgotten } = await import('../views/forget-view.js');
      await listForgotten(cli, options);
    });
}
