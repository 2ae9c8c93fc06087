import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import { processEnvironment } from '../../platform/config/environment.js';
import { withInterrupt } from '../program/interrupt.js';
import { endsWithStarter, runInstead } from '../program/run-instead.js';

/** `ml serve`: the prediction API in the foreground. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('serve')
    .summary('answer predictions over HTTP')
    .description(
      'Runs the prediction API until Ctrl-C: at PORT, else 8000 or the next free port, on this machine only unless HOST ' +
        'says otherwise. Answers with the versions in production, else staging, and follows promotions without a ' +
        'restart. SERVE_PROCESSES processes share the port. Requests need a token: `ml token`. /docs describes all routes.',
    )
    .action(() => serve(cli));
}

/** Sizes of memory are taken when a process starts: one that was started without them starts another with them. */
async function serve(cli: CliContext): Promise<void> {
  const { allocatorEnvironment, hasMemorySizes, serveCommand } = await import('../../platform/embedded/api-server.js');
  const isOne = cli.config.api.processes === 1;
  if (isOne && !hasMemorySizes(processEnvironment(), process.execArgv))
    cli.exitWith(await runInstead({ ...serveCommand(process.argv.slice(2)), env: allocatorEnvironment }));
  else await serveHere(cli);
}

async function serveHere({ config, out }: CliContext): Promise<void> {
  const [{ serveApi }, { findEndpoints }, { reachableHost }] = await Promise.all([
    import('../../serving/serve-api.js'),
    import('../../platform/embedded/find-endpoints.js'),
    import('../../platform/embedded/api-server.js'),
  ]);
  const endpoints = findEndpoints(config);
  const onReady = (port: number): void => {
    const url = `http://${reachableHost(config.api.host)}:${port}`;
    out.notice(`the API answers at ${url} (pid ${process.pid}); routes: ${url}/docs`);
  };
  await withInterrupt((signal) => serveApi({ config, endpoints, signal: endsWithStarter(signal), onReady }));
  out.result({ ended: 'asked to stop' }, () => out.line('the API has stopped'));
}
