import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { FollowOption, NoteOptions } from '../views/schedules-view.js';

const idHelp = 'weekly-retraining or daily-data-pipeline';

/** `ml schedule apply|list|trigger|pause|resume`. */
export function register(program: Command, cli: CliContext): void {
  const schedule = program
    .command('schedule')
    .summary('weekly retraining and daily data pipeline')
    .description('The schedules on the Temporal server, according to the settings SCHEDULE_*.');
  const view = () => import('../views/schedules-view.js');
  schedule
    .command('apply')
    .description('Creates missing schedules and updates changed ones. A paused schedule stays paused.')
    .action(async () => (await view()).apply(cli));
  schedule
    .command('list')
    .description('The schedules with their next runs.')
    .action(async () => (await view()).list(cli));
  schedule
    .command('trigger')
    .description('Starts one run now, under the overlap policy of the settings.')
    .argument('[id]', idHelp, 'weekly-retraining')
    .option('--follow', 'wait until the run ends, with progress')
    .action(async (id: string, options: FollowOption) => (await view()).trigger(cli, id, options));
  for (const verb of ['pause', 'resume'] as const)
    schedule
      .command(verb)
      .description(verb === 'pause' ? 'Stops firing until resumed.' : 'Fires again as planned.')
      .argument('[id]', `${idHelp} (both)`)
      .option('--note <text>', 'reason, shown by `ml schedule list`')
      .action(async (id: string | undefined, options: NoteOptions) => (await view())[verb](cli, id, options));
}
