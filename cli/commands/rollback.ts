import type { Command } from 'commander';
import { DEFAULT_LINE } from '../../contracts/ids.js';
import type { CliContext } from '../program/context.js';
import type { RollbackOptions } from '../runs/promotions.js';

/** `ml rollback <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('rollback')
    .summary('return to the former production version')
    .description(
      'Makes the version that was in production before production again. Ends with CONFLICT when the version that shall ' +
        'leave is not in production any more, because somebody else was faster.',
    )
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decides')
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', 'line', DEFAULT_LINE)
    .option('--from <version>', 'version that shall leave production (the one that is there now)')
    .action(async (model: string, options: RollbackOptions) => {
      const { rollBack } = await import('../runs/promotions.js');
      await rollBack(cli, model, options);
    });
}
