import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { FeatureOptions, StatusOptions } from '../views/features-view.js';

/** `ml features get <entity>` and `ml features status`. */
export function register(program: Command, cli: CliContext): void {
  const features = program
    .command('features')
    .summary('show what the online store holds')
    .description('The online store of feature views and entity states, as serving reads it.');
  features
    .command('get')
    .description('Features and states of one entity, and the moment they were computed as of.')
    .argument('<entity>', 'id of the entity, such as a user')
    .option('--view <name>', 'one feature view or state (all)')
    .option('--source <name>', 'data source, or the line of an imported file (the source in use)')
    .action(async (entity: string, options: FeatureOptions) => {
      const { showFeatures } = await import('../views/features-view.js');
      await showFeatures(cli, entity, options);
    });
  features
    .command('status')
    .description('Of each feature view and state: how many entities are stored, as of when, and whether that is stale.')
    .option('--source <name>', 'data source, or the line of an imported file (the source in use)')
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import('../views/features-view.js');
      await showStatus(cli, options);
    });
}
