import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { LabelOptions, ReviewOptions } from '../views/intents-view.js';
import { count, repeated } from '../program/options.js';

/** `ml intents review|label`. */
export function register(program: Command, cli: CliContext): void {
  const intents = program
    .command('intents')
    .summary('which messages to label next, and bring labels back')
    .description('Improves the training data of the intent classifier, a few messages at a time.');
  intents
    .command('review')
    .description(
      'Lists the unlabelled messages whose labels would improve the model most: those with the smallest margin between ' +
        'two intents, without near copies. With --output as CSV with an empty column intent, to be filled in.',
    )
    .option('--count <n>', 'messages (50)', count)
    .option('--source <name>', 'source of the messages (the one in use)')
    .option('--output <file>', 'write id,text,suggestion,confidence,intent as CSV into a new file')
    .action(async (options: ReviewOptions) => {
      const { reviewMessages } = await import('../views/intents-view.js');
      await reviewMessages(cli, options);
    });
  intents
    .command('label')
    .description(
      'Writes labels into chat_messages, so that the next snapshot has them; a label that is there already is corrected, ' +
        'and the one before is recorded in prediction_feedback. An intent that neither the labelled messages ' +
        'nor the champion know is refused, unless --new-intent names it. A database of BACKEND_DATABASE_URL is never ' +
        'written to: then the SQL is printed instead.',
    )
    .argument('<file>', 'CSV with the columns id and intent; rows without an intent are left out')
    .option('--source <name>', 'source of the messages (the one in use)')
    .option('--new-intent <name>', 'intent that is meant to be new; may be given several times', repeated)
    .action(async (file: string, options: LabelOptions) => {
      const { labelMessages } = await import('../views/intents-view.js');
      await labelMessages(cli, file, options);
    });
}
