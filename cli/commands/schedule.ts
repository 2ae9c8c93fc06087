import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { BackfillOptions } from '../runs/backfill.js';
import { addCacheOption, addRunOptions, pastMoment, repeated, seed, wholeNumber } from '../program/options.js';
import type { FollowOption, NoteOptions } from '../views/schedules-view.js';

const idHelp =
  'weekly-retraining, daily-data-pipeline, feature-materialisation, daily-feature-parity or drift-check-<model>';

const settingsHelp = `
Settings (.env.example): SCHEDULE_WEEKLY, SCHEDULE_DAILY, SCHEDULE_FEATURES, SCHEDULE_PARITY and SCHEDULE_DRIFT are
cron lines by the clock of SCHEDULE_TIMEZONE;
SCHEDULE_OVERLAP says what happens when the former run still runs, SCHEDULE_CATCHUP_HOURS how late a run that the
server missed is made up for, once. They hold from the next \`ml schedule apply\` on.`;

/** `ml schedule apply|list|trigger|backfill|run-at|remove|pause|resume`. */
export function register(program: Command, cli: CliContext): void {
  const schedule = program
    .command('schedule')
    .summary('weekly retraining, daily data pipeline and checks of drift and features')
    .description('The schedules on the Temporal server, according to the settings SCHEDULE_*.')
    .addHelpText('after', settingsHelp);
  const view = () => import('../views/schedules-view.js');
  schedule
    .command('apply')
    .description('Creates missing schedules and updates changed ones. A paused schedule stays paused.')
    .action(async () => (await view()).apply(cli));
  schedule
    .command('list')
    .description('The schedules: next, last and missed runs, catch-up window, and why one is paused.')
    .action(async () => (await view()).list(cli));
  schedule
    .command('trigger')
    .description('Starts one run now, under the overlap policy of the settings.')
    .argument('[id]', idHelp, 'weekly-retraining')
    .option('--follow', 'wait until the run ends, with progress')
    .action(async (id: string, options: FollowOption) => (await view()).trigger(cli, id, options));
  registerBackfill(schedule, cli);
  schedule
    .command('run-at')
    .description(
      'Schedules one more run at a moment. If the server is away then, it starts within the catch-up window.',
    )
    .argument('<moment>', '"2026-12-01 03:00" by the clock of SCHEDULE_TIMEZONE, or 2026-12-01T03:00Z')
    .argument('[id]', idHelp, 'weekly-retraining')
    .option('--note <text>', 'reason, shown by `ml schedule list`')
    .action(async (moment: string, id: string, options: NoteOptions) => (await view()).runAt(cli, moment, id, options));
  schedule
    .command('remove')
    .description('Removes the schedule of a single run; a run that it has started goes on.')
    .argument('<id>', 'such as weekly-retraining-at-2026-12-01T03-00-00Z')
    .action(async (id: string) => (await view()).remove(cli, id));
  for (const verb of ['pause', 'resume'] as const)
    schedule
      .command(verb)
      .description(verb === 'pause' ? 'Stops firing until resumed.' : 'Fires again as planned.')
      .argument('[id]', `${idHelp}, or a single run (all)`)
      .option('--note <text>', 'reason, shown by `ml schedule list`')
      .action(async (id: string | undefined, options: NoteOptions) => (await view())[verb](cli, id, options));
}

function registerBackfill(schedule: Command, cli: CliContext): void {
  const command = schedule
    .command('backfill')
    .description(
      'Makes up for past runs of weekly-retraining, each on the data of its own moment. What is done is left alone.',
    )
    .requiredOption('--from <moment>', 'first moment of the schedule, such as 2026-09-07', pastMoment)
    .requiredOption('--to <moment>', 'last moment', pastMoment)
    .option('--source <name>', 'data source (the one in use)')
    .option('--model <name>', 'train this model only; may be given several times', repeated)
    .option('--parallel <n>', 'snapshots at the same time, and models of a week', wholeNumber(1, 8), 2)
    .option('--seed <n>', 'seed of everything random (42)', seed);
  addRunOptions(addCacheOption(command)).action(async (options: BackfillOptions) => {
    const { backfill } = await import('../runs/backfill.js');
    await backfill(cli, options);
  });
}
