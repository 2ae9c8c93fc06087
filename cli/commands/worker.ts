import { Argument } from 'commander';
import type { Command } from 'commander';
import type { Config } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import type { CliContext } from '../program/context.js';
import { withInterrupt } from '../program/interrupt.js';

/** `ml worker`: what the supervisor starts, and what other machines run. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('worker')
    .summary('run a worker in the foreground')
    .description(
      'Runs until Ctrl-C. Finds the services through the settings (TEMPORAL_ADDRESS and DATABASE_URL), or else the ' +
        'platform that `ml up` started here. Start more on other machines to train more at a time.',
    )
    .addArgument(new Argument('<role>', 'which work it takes').choices(['pipeline', 'training', 'all']))
    .action((role: 'pipeline' | 'training' | 'all') => runWorker(cli, role));
}

async function runWorker({ config, out }: CliContext, role: 'pipeline' | 'training' | 'all'): Promise<void> {
  const { runWorkers } = await import('../../workers/run-worker.js');
  const endpoints = await findEndpoints(config);
  const roles = role === 'all' ? (['pipeline', 'training'] as const) : [role];
  out.notice(`worker ${roles.join(' and ')} (pid ${process.pid}) on ${endpoints.temporal.address}`);
  await withInterrupt((signal) => runWorkers({ config, endpoints, roles: [...roles], signal }));
  out.result({ roles, ended: 'asked to stop' }, () => out.line('worker stopped'));
}

/** @throws PipelineError `SERVICE_UNAVAILABLE` when neither the settings nor a running platform say where. */
async function findEndpoints(config: Config): Promise<Endpoints> {
  const { findEndpoints: find } = await import('../../platform/embedded/find-endpoints.js');
  return find(config);
}
