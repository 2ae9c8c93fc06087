import type { Command } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import type { CliContext } from '../program/context.js';
import { addReadingOptions } from '../program/reading-options.js';
import type { EvaluateOptions } from '../views/evaluate-view.js';
import { LINE_OPTION, seed, semanticVersionOption } from '../program/options.js';

/** `ml evaluate <model>`. */
export function register(program: Command, cli: CliContext): void {
  const command = program
    .command('evaluate')
    .summary('score a registered version on another file')
    .description(
      'Scores a registered version on a file that it was not trained from: all metrics with their intervals. The file is ' +
        'checked as a training file is. Registers nothing.',
    )
    .argument('<model>', 'name of a model')
    .option('--data-path <file>', 'the file, in the layout that the version was trained from')
    .option('--schema <file>', 'JSON file that describes the columns of a table, where they are not as in training')
    .option('--version <version>', "this version (the line's champion)", semanticVersionOption)
    .option('--line <name>', LINE_OPTION)
    .option('--seed <n>', 'seed of the intervals', seed, 42);
  addReadingOptions(command).action(async (model: string, options: EvaluateOptions) => {
    const { dataPath } = options;
    if (dataPath === undefined) throw new PipelineError('INVALID_INPUT', '--data-path is missing: the file to score');
    const { evaluateOnFile } = await import('../views/evaluate-view.js');
    await evaluateOnFile(cli, model, { ...options, dataPath });
  });
}
