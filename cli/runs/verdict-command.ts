import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { semanticVersionOption } from '../program/options.js';
import type { VerdictOptions } from './promotions.js';

/** `approve` and `reject` take the same arguments; only the verdict differs. */
export function registerVerdict(
  program: Command,
  cli: CliContext,
  command: { readonly verdict: 'approve' | 'reject'; readonly summary: string; readonly effect: string },
): Command {
  const { verdict, summary, effect } = command;
  return program
    .command(verdict)
    .summary(summary)
    .description(`${effect} Name and reason are recorded for good.`)
    .argument('<model>', 'name of a model')
    .requiredOption('--approver <name>', 'who decides')
    .requiredOption('--reason <why>', 'why')
    .option('--line <name>', 'line, when several wait')
    .option('--version <version>', 'version, when several wait', semanticVersionOption)
    .action(async (model: string, options: VerdictOptions) => {
      const { decidePromotion } = await import('./promotions.js');
      await decidePromotion(cli, model, { ...options, verdict });
    });
}
