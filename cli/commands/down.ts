import type { Command } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import type { CliContext } from '../program/context.js';

interface DownOptions {
  readonly wipe?: boolean;
  readonly yes?: boolean;
}

/** `ml down`: afterwards no process of the platform lives. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('down')
    .summary('stop what `ml up` started')
    .description(
      'Stops workers and services in order and checks that no process is left. Running workflows stay in the database ' +
        'and go on with the next start.',
    )
    .option('--wipe', 'also remove the state: databases, artefacts, logs')
    .option('--yes', 'confirm --wipe')
    .action((options: DownOptions) => down(cli, options));
}

async function down({ config, out }: CliContext, { wipe = false, yes = false }: DownOptions): Promise<void> {
  if (wipe && !yes)
    throw new PipelineError('INVALID_INPUT', `--wipe removes every database and artefact in ${config.home}: add --yes`);
  const { stopPlatform, wipePlatform } = await import('../../platform/embedded/stop.js');
  const { stopped, left } = await stopPlatform(config);
  if (left.length > 0) throw new PipelineError('CONFLICT', `still running: ${left.join(', ')}`, { left });
  const removed = wipe ? wipePlatform(config) : [];
  out.result({ stopped, removed }, () => {
    out.line(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}; no process is left`);
    for (const path of removed) out.line(`removed ${path}`);
  });
}
