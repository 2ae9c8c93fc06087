import { type Command, Option } from 'commander';
import { type QuarantineFilter, quarantineStatuses } from '../../datasets/quarantine/quarantine-log.js';
import type { CliContext } from '../program/context.js';
import { listLimit, wholeNumber } from '../program/options.js';
import type { ValidateOptions } from '../views/data-view.js';
import type { ProfileOptions } from '../views/profile-view.js';

/** `ml data validate|profile|quarantine`. */
export function registerQuality(data: Command, cli: CliContext): void {
  data
    .command('validate')
    .description(
      'Checks a snapshot against the description of its tables and what is expected of them (docs/data-quality.md). Exit ' +
        'code 3 when too many rows have a fault.',
    )
    .option('--source <name>', "this source's newest snapshot (the source in use)")
    .option('--snapshot <hash>', 'this snapshot')
    .option('--expectations <file>', 'JSON file with rules beside those of the tables (DATA_EXPECTATIONS)')
    .option('--html <file>', 'also write the report as one page with drawings')
    .action(async (options: ValidateOptions) => {
      const { validate } = await import('../views/data-view.js');
      await validate(cli, options);
    });
  data
    .command('profile')
    .description(
      'Describes the columns of a snapshot: missing values, different values, smallest and largest. Drafts a file of ' +
        'expectations from it.',
    )
    .option('--source <name>', "this source's newest snapshot (the source in use)")
    .option('--snapshot <hash>', 'this snapshot')
    .option('--suggest <file>', 'write a draft of expectations, all of which warn')
    .action(async (options: ProfileOptions) => {
      const { profile } = await import('../views/profile-view.js');
      await profile(cli, options);
    });
  registerQuarantine(data, cli);
}

const quarantineVerdicts = [
  {
    name: 'release',
    status: 'released',
    description: 'Lets rows take part in the next run in spite of the fault that they are listed for.',
  },
  {
    name: 'drop',
    status: 'dropped',
    description: 'Leaves rows out of every further run, whether or not they still have a fault.',
  },
] as const;

const rowId = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const addId = (text: string, ids: readonly number[] = []): number[] => [...ids, rowId(text)];

function registerQuarantine(data: Command, cli: CliContext): void {
  const quarantine = data
    .command('quarantine')
    .description(
      'Rows that validation left out of a snapshot, and what becomes of them. Rows are named by the key of the source; ' +
        'no value of a row is shown.',
    );
  quarantine
    .command('list')
    .description('Rows in quarantine, the newest first: table, key, rule and reason.')
    .option('--source <name>', 'rows of this source')
    .option('--table <name>', 'rows of this table')
    .option('--rule <name>', 'rows that broke this rule')
    .addOption(new Option('--status <status>', 'rows of this status').choices(quarantineStatuses))
    .option('--limit <n>', 'at most so many', listLimit, 50)
    .action(async (options: QuarantineFilter) => {
      const { listQuarantine } = await import('../views/quarantine-view.js');
      await listQuarantine(cli, options);
    });
  for (const { name, status, description } of quarantineVerdicts)
    quarantine
      .command(name)
      .description(description)
      .argument('<ids...>', 'numbers of `ml data quarantine list`', addId)
      .action(async (ids: readonly number[]) => {
        const { decideQuarantine } = await import('../views/quarantine-view.js');
        await decideQuarantine(cli, { ids, status });
      });
}
