import type { Command } from 'commander';
import { MOST_READS } from '../../contracts/feature-parity.js';
import type { CliContext } from '../program/context.js';
import type { MaterializeOptions } from '../runs/materialize.js';
import { addRunOptions, pastMoment, pastRange, repeated, wholeNumber } from '../program/options.js';
import type { ParityOptions } from '../runs/parity.js';
import type { LineageOptions } from '../views/lineage-view.js';
import type { FeatureOptions, StatusOptions } from '../views/features-view.js';

const examples = `
Examples:
  ml features materialize
  ml features materialize --as-of 2026-11-01..2026-11-30 --view user-financials
  ml features show user-financials@1
  ml features lineage credit-risk-scorer --line synthetic
  ml features lineage user-financials --mermaid > lineage.mmd
  ml features status --view user-financials --days 14
  ml features parity --since 2026-11-23 --sample 2000`;

/** `ml features list|show|lineage|materialize|get|status|parity`. */
export function register(program: Command, cli: CliContext): void {
  const features = program
    .command('features')
    .summary('definitions, lineage and stored values of features')
    .description('Feature views by version, what they are made of, and the online store as serving reads it.')
    .addHelpText('after', examples);
  registerDefinitions(features, cli);
  registerMaterialize(features, cli);
  features
    .command('get')
    .description('Features and states of one entity, and the moment they were computed as of.')
    .argument('<entity>', 'id of the entity, such as a user')
    .option('--view <name>', 'one feature view, such as user-financials or user-financials@1, or state (all)')
    .option('--source <name>', 'data source, or the line of an imported file (the source in use)')
    .action(async (entity: string, options: FeatureOptions) => {
      const { showFeatures } = await import('../views/features-view.js');
      await showFeatures(cli, entity, options);
    });
  features
    .command('status')
    .description(
      'Of each feature view and state: how many entities are stored, as of when, whether that is stale, the share of ' +
        'unknown values and the values out of range, with their course over days. With --view: field by field.',
    )
    .option('--source <name>', 'data source, or the line of an imported file (the source in use)')
    .option('--view <name>', 'the fields of one view, such as user-financials or user-financials@1')
    .option('--days <n>', 'days of the course', wholeNumber(1, 366), 14)
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import('../views/features-view.js');
      await showStatus(cli, options);
    });
  registerParity(features, cli);
}

const parityHelp = `
Draws answers from the prediction log and computes the features that they read once more, from the snapshot and as of the
moment that the value named. Counts must be the same bits, other values the same to 1e-12. What differs is named: stale,
time shift, default, schema, or value. A daily run does the same (ml schedule list) and raises an alert (ml alerts list).
Ends with 0 when all is equal or there is nothing to compare, with 1 when something differs.`;

function registerParity(features: Command, cli: CliContext): void {
  const command = features
    .command('parity')
    .description(
      'Compares the features that the prediction API read with those of the snapshot, as of the same moment.',
    )
    .option('--since <moment>', 'answers since this day or moment (a day ago)', pastMoment)
    .option('--sample <n>', 'answers that are drawn', wholeNumber(1, MOST_READS), 500)
    .option('--source <name>', 'data source (the one in use)')
    .addHelpText('after', parityHelp);
  addRunOptions(command).action(async (options: ParityOptions) => {
    const { checkParity } = await import('../runs/parity.js');
    await checkParity(cli, options);
  });
}

function registerDefinitions(features: Command, cli: CliContext): void {
  features
    .command('list')
    .description('Every version of every feature view: entity, owner, time to live, when published, and who reads it.')
    .action(async () => (await import('../views/definitions-view.js')).listViews(cli));
  features
    .command('show')
    .description('One feature view: its fields with units and meanings, tables, hashes and readers.')
    .argument('<view>', 'name, or name and version: user-financials@1')
    .action(async (view: string) => (await import('../views/definitions-view.js')).showView(cli, view));
  features
    .command('lineage')
    .description(
      'Query of the source, snapshot, feature view, training rows, model version: what is recorded of a view or model.',
    )
    .argument('<view|model>', 'such as user-financials@1 or credit-risk-scorer')
    .option('--line <name>', 'versions of this line only (all)')
    .option('--model-version <version>', 'one version of a model (all that are not archived)')
    .option('--mermaid', 'as a Mermaid flowchart')
    .action(async (what: string, options: LineageOptions) => {
      const { showLineage } = await import('../views/lineage-view.js');
      await showLineage(cli, what, options);
    });
}

function registerMaterialize(features: Command, cli: CliContext): void {
  const command = features
    .command('materialize')
    .description(
      'Computes the features of the customers whose rows changed since they were computed last, and writes them to both ' +
        'stores: of every customer in the first run of a day. Takes a snapshot first. With --as-of, of each day of the ' +
        'past in the offline store alone.',
    )
    .option('--source <name>', 'data source (the one in use)')
    .option('--view <name>', 'this view only, such as user-financials@1; may be given several times', repeated)
    .option('--since <moment>', 'customers whose rows changed since the newest snapshot as of then', pastMoment)
    .option('--whole', 'every customer, whatever changed')
    .option(
      '--as-of <from..to>',
      'backfill of the offline store: 2026-11-01..2026-11-30, each day at 00:00 UTC',
      pastRange,
    );
  addRunOptions(command).action(async (options: MaterializeOptions) => {
    const { materialize } = await import('../runs/materialize.js');
    await materialize(cli, options);
  });
}
