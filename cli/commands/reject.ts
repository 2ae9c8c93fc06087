import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { registerVerdict } from '../runs/verdict-command.js';

/** `ml reject <model>`. */
export function register(program: Command, cli: CliContext): void {
  const effect = 'Rejects the open promotion of a model.';
  registerVerdict(program, cli, { verdict: 'reject', summary: 'reject a promotion that waits', effect });
}
