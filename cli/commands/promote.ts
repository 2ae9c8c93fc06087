import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_LINE } from '../../contracts/ids.js';
import type { CliContext } from '../program/context.js';

interface PromoteOptions {
  readonly line: string;
  readonly version?: string;
  readonly to: 'staging' | 'production';
  readonly by?: string;
}

/** `ml promote <model>`: starts the promotion, which then awaits its approval. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('promote')
    .summary('ask for a version to be promoted')
    .description('Starts the promotion of a version. Production waits for an approval; see `ml approve`.')
    .argument('<model>', 'name of a model')
    .option('--version <version>', 'this version (the newest in the stage below)')
    .option('--line <name>', 'line', DEFAULT_LINE)
    .option('--by <name>', 'who asks (the user of this machine)')
    .addOption(new Option('--to <stage>', 'target').choices(['staging', 'production']).default('production'))
    .action(async (model: string, options: PromoteOptions) => {
      const { requestPromotion } = await import('../runs/promotions.js');
      await requestPromotion(cli, model, { ...options, by: options.by ?? userInfo().username });
    });
}
