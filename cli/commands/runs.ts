import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../program/context.js';
import { addRunOptions, addStartOptions, listLimit, type RunOptions } from '../program/options.js';
import type { ReportOptions } from '../views/report-view.js';
import type { SearchOptions } from '../views/run-search-view.js';
import type { RerunOptions } from '../runs/rerun.js';

/** `ml runs list|show|tag|note|cancel|report|rerun|reproduce|compare`. */
export function register(program: Command, cli: CliContext): void {
  const runs = program
    .command('runs')
    .summary('search, show, tag, follow, cancel, repeat and compare runs')
    .description('Runs: one attempt of one model in one workflow, with any outcome.');
  registerList(runs, cli);
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
  registerAnnotations(runs, cli);
  registerReport(runs, cli);
  registerRerun(runs, cli);
  registerReproduce(runs, cli);
  registerCompare(runs, cli);
}

function registerList(runs: Command, cli: CliContext): void {
  runs
    .command('list')
    .description('Runs that a filter finds, the newest first; without a filter all.')
    .option('--model <name>', 'of this model only')
    .option('--where <filter>', 'those that fulfil it, see below')
    .option('--order-by <field>', 'such as `metrics.aucRoc desc`; runs without the value are left out', 'started desc')
    .option('--limit <n>', 'at most so many', listLimit, 20)
    .option('--after <cursor>', 'the next page: the cursor that the page before has printed')
    .option('--csv <file>', 'write them to this file, with all metrics, parameters and tags')
    .addHelpText('after', FILTER_HELP)
    .action(async (options: SearchOptions) => {
      const { listRuns } = await import('../views/run-search-view.js');
      await listRuns(cli, options);
    });
}

const FILTER_HELP = `
Filters compare fields by = != < <= > >=, [not] in (…), [not] like '…%', ilike, is [not] null; with and, or, not and
parentheses. Texts are in single quotes; numbers may be nan and inf. A comparison finds only runs that have the value.
  model, line, decision, run, parent, trigger, version, code, dataset, snapshot, artefact, reason, note   texts
                          trigger is 'schedule', 'drift', 'backfill', 'rerun' or 'command'
  started, ended          times: '2026-11-30' or '2026-11-30T03:00:00Z'
  duration, seed          numbers; seconds
  metrics.<name>          of the evaluation             series.<name>   any step of a learning curve
  params.<name>           hyper-parameters              tags.<name>     texts; \`…\` quotes other names
Examples:
  ml runs list --where "metrics.aucRoc > 0.8 and params.maxDepth in (4, 6) and tags.team = 'risk'"
  ml runs list --where "decision = 'rejected' and started >= '2026-11-01'" --order-by "metrics.aucRoc desc"
  ml runs list --where "series.boosting = nan or metrics.mape is null" --csv runs.csv`;

interface TagOptions {
  readonly remove: readonly string[];
  readonly by?: string;
}

function registerAnnotations(runs: Command, cli: CliContext): void {
  const collect = (name: string, others: readonly string[]): readonly string[] => [...others, name];
  runs
    .command('tag')
    .description('Sets tags of a run, by which it is found: all or none. A tag that is set again is replaced.')
    .argument('<id>', 'id of the workflow; of a retraining with its model, as <id>/<model>')
    .argument('[tags...]', 'such as team=risk')
    .option('--remove <name>', 'removes a tag; repeatable', collect, [])
    .option('--by <name>', 'who (the user of this machine)')
    .action(async (id: string, tags: string[], options: TagOptions) => {
      if (tags.length + options.remove.length === 0) throw new InvalidArgumentError('name=value or --remove is wanted');
      const { tagRun } = await import('../views/run-search-view.js');
      await tagRun(cli, id, { tags, ...options });
    });
  runs
    .command('note')
    .description('Adds a note to a run, for good; `ml runs show` prints it and a filter finds it.')
    .argument('<id>', 'id of the workflow; of a retraining with its model, as <id>/<model>')
    .argument('[text]', 'the note')
    .option('--file <path>', 'read it from this file')
    .option('--by <name>', 'who (the user of this machine)')
    .action(async (id: string, text: string | undefined, options: { readonly file?: string; readonly by?: string }) => {
      if ((text === undefined) === (options.file === undefined))
        throw new InvalidArgumentError('a text or --file is wanted');
      const { noteRun } = await import('../views/run-search-view.js');
      await noteRun(cli, id, { ...options, ...(text !== undefined && { text }) });
    });
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
