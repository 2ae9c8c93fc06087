import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CliContext } from '../program/context.js';
import { listLimit, semanticVersionOption } from '../program/options.js';
import type { CardsOptions } from '../views/cards-view.js';

/** `ml cards [model]`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('cards')
    .summary('write model cards with present stages, and their index')
    .description(
      'Writes the model cards of versions and of rejected runs as HTML files below ML_HOME/cards, with the stages that ' +
        'the versions have now. Without a model also index.html, which sets the versions of each line side by side.',
    )
    .argument('[model]', 'the cards of this model only')
    .option('--version <version>', 'the card of this version only', semanticVersionOption)
    .option('--line <name>', 'cards of this line only; with --version: that of the source in use')
    .option('--limit <n>', 'so many versions, and rejected runs, of each line', listLimit, 20)
    .action(async (model: string | undefined, options: CardsOptions) => {
      if (model === undefined && options.version !== undefined)
        throw new InvalidArgumentError('--version wants a model: ml cards <model> --version 1.2.0');
      const { writeCards } = await import('../views/cards-view.js');
      await writeCards(cli, model, options);
    });
}
