import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import { LINE_OPTION, semanticVersionOption } from '../program/options.js';
import type { CliContext } from '../program/context.js';
import type { OverrideOptions } from '../runs/override.js';

interface PromoteOptions {
  readonly line?: string;
  readonly version?: string;
  readonly to?: Target;
  readonly by?: string;
  readonly override?: true;
  readonly run?: string;
  readonly reason?: string;
  readonly demo?: true;
}

type Target = 'dev' | 'staging' | 'production';

/** `ml promote <model>`: starts the promotion, which then awaits its approval; `--override` registers a rejected run. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('promote')
    .summary('ask for a version to be promoted')
    .description(
      'Starts the promotion of a version. Production waits for an approval; see `ml approve`. With --override the run ' +
        'that the gates rejected last becomes a version in dev or staging, under your name and reason.',
    )
    .argument('<model>', 'name of a model')
    .option('--version <version>', 'this version (the newest in the stage below)', semanticVersionOption)
    .option('--line <name>', LINE_OPTION)
    .option('--by <name>', 'who asks (the user of this machine)')
    .addOption(
      new Option('--to <stage>', 'target (production; dev with --override)').choices(['dev', 'staging', 'production']),
    )
    .option('--demo', 'a version of synthetic data, which reaches production as a demo only')
    .option('--override', 'register a run that its gates rejected; it never goes to production')
    .option('--run <id>', 'with --override: this run (the one that was rejected last)')
    .option('--reason <why>', 'with --override: why it is wanted all the same')
    .action((model: string, options: PromoteOptions) => promote(cli, model, options));
}

async function promote(cli: CliContext, model: string, options: PromoteOptions): Promise<void> {
  const by = options.by ?? userInfo().username;
  if (options.override === true) {
    const { overrideRejected } = await import('../runs/override.js');
    return overrideRejected(cli, model, overrideOptions(options, by));
  }
  const { to = 'production' } = options;
  if (to === 'dev') throw misused('--to dev belongs to --override: a version begins in dev');
  if (options.run !== undefined || options.reason !== undefined)
    throw misused('--run and --reason belong to --override');
  const { requestPromotion } = await import('../runs/promotions.js');
  await requestPromotion(cli, model, { ...options, to, by });
}

const misused = (message: string): PipelineError => new PipelineError('INVALID_INPUT', message);

function overrideOptions({ to = 'dev', line, version, run, reason }: PromoteOptions, by: string): OverrideOptions {
  if (version !== undefined) throw misused('--override names a run (--run), not a version: a rejected run has none');
  if (to === 'production') throw misused('an override never goes to production; --to dev or --to staging');
  if (reason === undefined || reason.trim() === '') throw misused('an override states its reason: --reason "…"');
  return { to, by, reason, ...(line === undefined ? {} : { line }), ...(run === undefined ? {} : { run }) };
}
