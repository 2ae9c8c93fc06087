import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../program/context.js';
import { addRunOptions, addStartOptions, listLimit, type RunOptions } from '../program/options.js';
import type { ReportOptions } from '../views/report-view.js';
import type { RerunOptions } from '../runs/rerun.js';

interface ListOptions {
  readonly model?: string;
  readonly limit: number;
}

/** `ml runs list|show|cancel|report|rerun|reproduce|compare`. */
export function register(program: Command, cli: CliContext): void {
  const runs = program
    .command('runs')
    .summary('list, show, follow, cancel, repeat and compare runs')
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
    .option('--wait', 'wait also while no worker answers, which is when the cancellation takes effect')
    .action(async (id: string, options: { readonly wait?: true }) => {
      const { cancelRun } = await import('../runs/cancel.js');
      await cancelRun(cli, id, options);
    });
  registerReport(runs, cli);
  registerRerun(runs, cli);
  registerReproduce(runs, cli);
  registerCompare(runs, cli);
}

function registerReport(runs: Command, cli: CliContext): void {
  runs
    .command('report')
    .description('Writes the report of a retraining below ML_HOME/cards and prints its path.')
    .argument('<id>', 'id of the workflow')
    .addOption(new Option('--html <file>', 'write it to this file').conflicts('markdown'))
    .option('--markdown', 'print it as Markdown')
    .addOption(new Option('--open', 'open it in the browser').conflicts('markdown'))
    .action(async (id: string, options: ReportOptions) => {
      const { showReport } = await import('../views/report-view.js');
      await showReport(cli, id, options);
    });
}

function registerRerun(runs: Command, cli: CliContext): void {
  const command = runs
    .command('rerun')
    .description('Repeats a training or a retraining from a stage on, with its parameters, seed and earlier results.')
    .argument('<id>', 'id of the workflow')
    .option('--reason <why>', 'why a change is wanted (that of the run)');
  addStartOptions(command, 'dataset', 'first stage that runs again; data reads the source anew, dataset its snapshot');
  addRunOptions(command).action(async (id: string, options: RerunOptions) => {
    const { rerun } = await import('../runs/rerun.js');
    await rerun(cli, id, options);
  });
}

function registerReproduce(runs: Command, cli: CliContext): void {
  const command = runs
    .command('reproduce')
    .description('Trains a run again from its snapshot, parameters and seed and compares the bytes; registers nothing.')
    .argument('<id>', 'id of the workflow; of a retraining with its model, as <id>/<model>');
  addRunOptions(command).action(async (id: string, options: RunOptions) => {
    const { reproduce } = await import('../runs/reproduce.js');
    await reproduce(cli, id, options);
  });
}

function registerCompare(runs: Command, cli: CliContext): void {
  runs
    .command('compare')
    .description('Runs of one model side by side: metrics, parameters, data; on a page also learning curves.')
    .argument('<ids...>', 'ids of two or more workflows; of a retraining with its model, as <id>/<model>')
    .option('--html <file>', 'write the comparison to this file')
    .action(async (ids: string[], { html }: { readonly html?: string }) => {
      if (ids.length < 2) throw new InvalidArgumentError('a comparison wants two or more runs');
      const { compareRuns } = await import('../views/compare-view.js');
      await compareRuns(cli, ids, html);
    });
}
