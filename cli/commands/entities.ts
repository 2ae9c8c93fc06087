import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { EntityLabelOptions, EntityReviewOptions } from '../views/entities-view.js';
import { count, repeated } from '../program/options.js';

/** `ml entities review|label`. */
export function register(program: Command, cli: CliContext): void {
  const entities = program
    .command('entities')
    .summary('which annotations are probably wrong, and bring corrections back')
    .description('Improves the training data of the financial NER, a few texts at a time.');
  entities
    .command('review')
    .description(
      'Lists the annotated messages that a model which did not see them would annotate otherwise, the surest ' +
        'disagreement first. With --output as CSV whose column entities can be corrected.',
    )
    .option('--count <n>', 'messages (50)', count)
    .option('--source <name>', 'source of the messages (the one in use)')
    .option('--output <file>', 'write id,text,finding,doubt,suggestion,entities as CSV into a new file')
    .action(async (options: EntityReviewOptions) => {
      const { reviewEntities } = await import('../views/entities-view.js');
      await reviewEntities(cli, options);
    });
  entities
    .command('label')
    .description(
      'Replaces the annotations of messages, so that the next snapshot has them; annotations that are as before are not ' +
        'written anew. A type that no annotation of the ' +
        'source has is refused, unless --new-type names it. A database of BACKEND_DATABASE_URL is ' +
        'never written to: then the SQL is printed instead.',
    )
    .argument('<file>', 'CSV with the columns id and entities (start:end:TYPE, blanks between; - = none)')
    .option('--source <name>', 'source of the messages (the one in use)')
    .option('--new-type <name>', 'entity type that is meant to be new; may be given several times', repeated)
    .action(async (file: string, options: EntityLabelOptions) => {
      const { labelEntities } = await import('../views/entities-view.js');
      await labelEntities(cli, file, options);
    });
}
