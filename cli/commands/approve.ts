import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { registerVerdict } from '../runs/verdict-command.js';

/** `ml approve <model>`. */
export function register(program: Command, cli: CliContext): void {
  const effect = 'Approves the open promotion of a model.';
  const command = registerVerdict(program, cli, {
    verdict: 'approve',
    summary: 'approve a promotion that waits',
    effect,
  });
  command
    .option('--demo', 'a version of synthetic data, which reaches production as a demo only')
    .option('--secret-file <path>', 'file with the secret of approvals for production (that of this installation)')
    .option(
      '--print-argument',
      'print the argument for the update approvePromotion in the Temporal UI; approve nothing',
    );
}
