import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';

/** `ml predictions show <id>`. */
export function register(program: Command, cli: CliContext): void {
  const predictions = program
    .command('predictions')
    .summary('show an answer of the prediction API, and why it was given')
    .description('The log of what the prediction API has answered. Inputs and answers in it are encrypted.');
  predictions
    .command('show')
    .description(
      'Prints one answer: when, by which version, from which features, the input as the predictor got it, output and ' +
        'reasons. That it was read is recorded in the audit log, with who did.',
    )
    .argument('<id>', 'predictionId of the answer')
    .option('--by <name>', 'who reads it (the user of this machine)')
    .option('--reason <why>', 'why; recorded')
    .action(async (id: string, options: { readonly by?: string; readonly reason?: string }) => {
      const { showPrediction } = await import('../views/prediction-view.js');
      await showPrediction(cli, id, options);
    });
}
