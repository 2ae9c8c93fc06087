import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { FeatureOptions } from '../views/features-view.js';

/** `ml features get <entity>`. */
export function register(program: Command, cli: CliContext): void {
  const features = program
    .command('features')
    .summary('show the online features of an entity')
    .description('The online feature store, as serving reads it.');
  features
    .command('get')
    .description('The features of one entity, with their unit and the moment they were computed for.')
    .argument('<entity>', 'id of the entity, such as a user')
    .option('--view <name>', 'one feature view (all)')
    .option('--source <name>', 'data source (the one in use)')
    .action(async (entity: string, options: FeatureOptions) => {
      const { showFeatures } = await import('../views/features-view.js');
      await showFeatures(cli, entity, options);
    });
}
