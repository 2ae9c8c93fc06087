import type { Command } from 'commander';
import type { CliContext } from '../cli/context.js';
import type { VerdictOptions } from '../cli/promotions.js';

/** `ml reject <model>`. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('reject')
    .summary('reject a promotion that waits')
    .description('Rejects the open promotion of a model. Name and reason are recorded for good.')
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decides')
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', 'line, when several wait')
    .option('--version <version>', 'version, when several wait')
    .action(async (model: string, options: VerdictOptions) => {
      const { decidePromotion } = await import('../cli/promotions.js');
      await decidePromotion(cli, model, { ...options, verdict: 'reject' });
    });
}
