import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit } from '../program/options.js';

interface ListOptions {
  readonly model?: string;
  readonly limit: number;
}

/** `ml runs list|show|cancel|compare`. */
export function register(program: Command, cli: CliContext): void {
  const runs = program
    .command('runs')
    .summary('list, show, follow, cancel and compare runs')
    .description('Runs: one attempt of one model in one workflow, with any outcome.');
  runs
    .command('list')
    .description('The newest runs first.')
    .option('--model <name>', 'of this model only')
    .option('--limit <n>', 'at most so many', listLimit, 20)
    .action(async (options: ListOptions) => {
      const { listRuns } = await import('../views/runs-view.js');
      await listRuns(cli, options);
    });
  runs
    .command('show')
    .description('Everything about a run, or about all runs of a retraining.')
    .argument('<id>', 'id of the workflow')
    .option('--follow', 'wait until it ends, with progress')
    .action(async (id: string, options: { readonly follow?: true }) => {
      const { showRun } = await import('../views/runs-view.js');
      await showRun(cli, id, options.follow === true);
    });
  runs
    .command('cancel')
    .description('Cancels a run and what runs below it, waits for the end and says what was cancelled.')
    .argument('<id>', 'id of the workflow')
    .action(async (id: string) => {
      const { cancelRun } = await import('../runs/cancel.js');
      await cancelRun(cli, id);
    });
  runs
    .command('compare')
    .description('Two runs side by side: metrics, parameters, data.')
    .argument('<first>', 'id of the workflow')
    .argument('<second>', 'id of the workflow')
    .action(async (first: string, second: string) => {
      const { compareRuns } = await import('../views/runs-view.js');
      await compareRuns(cli, first, second);
    });
}
