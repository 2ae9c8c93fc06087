import type { Command } from 'commander';
import type { CliContext } from '../cli/context.js';
import { registerVerdict } from '../cli/verdict-command.js';

/** `ml approve <model>`. */
export function register(program: Command, cli: CliContext): void {
  const effect = 'Approves the open promotion of a model.';
  registerVerdict(program, cli, { verdict: 'approve', summary: 'approve a promotion that waits', effect });
}
