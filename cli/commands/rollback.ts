import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { LINE_OPTION, semanticVersionOption } from '../program/options.js';
import type { RollbackOptions } from '../runs/promotions.js';

/** `ml rollback <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('rollback')
    .summary('return to the former production version')
    .description(
      'Puts the former production version into production again. Ends with CONFLICT when the version to take out is no ' +
        'longer in production, for example after another rollback at the same time.',
    )
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decides')
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', LINE_OPTION)
    .option('--from <version>', 'version to take out of production (the one that is there now)', semanticVersionOption)
    .action(async (model: string, options: RollbackOptions) => {
      const { rollBack } = await import('../runs/promotions.js');
      await rollBack(cli, model, options);
    });
}
