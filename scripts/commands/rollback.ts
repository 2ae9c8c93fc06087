import type { Command } from 'commander';
import { DEFAULT_LINE } from '../../contracts/ids.js';
import type { CliContext } from '../cli/context.js';

interface RollbackOptions {
  readonly line: string;
  readonly approver: string;
  readonly reason: string;
}

/** `ml rollback <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('rollback')
    .summary('return to the former production version')
    .description('Makes the version that was in production before production again.')
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decides')
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', 'line', DEFAULT_LINE)
    .action(async (model: string, options: RollbackOptions) => {
      const { rollBack } = await import('../cli/promotions.js');
      await rollBack(cli, model, options);
    });
}
