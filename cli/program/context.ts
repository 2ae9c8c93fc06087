import type { Client } from '@temporalio/client';
import type { Config } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import type { Services } from '../../composition/services.js';
import type { Output } from '../output/output.js';
import { loadConfig } from '../../platform/config/load-config.js';

/** Everything a command that needs services works with. */
export interface Connection {
  readonly endpoints: Endpoints;
  readonly services: Services;
  /** The orchestrator's client, loaded on first use. */
  readonly temporal: () => Promise<Client>;
}

/** What each command receives. A command file exports `register(program, cli)` and imports heavy rooms inside its action. */
export interface CliContext {
  /** Parsed on first use, so that `--help` works with a broken setting. @throws PipelineError `INVALID_CONFIG`. */
  readonly config: Config;
  readonly out: Output;
  /** Starts what is not running, connects once a process; closed when the command ends. */
  readonly connect: () => Promise<Connection>;
  /**
   * Sets the exit code of a command that ended without an error: 1 something failed, 3 data rejected, 130 Ctrl-C, or that
   * of a program that ran in its place.
   */
  readonly exitWith: (code: number) => void;
}

interface OpenConnection extends Connection {
  close(): Promise<void>;
}

/** A context with the means to close what it opened. */
export interface OwnedContext {
  readonly cli: CliContext;
  exitCode(): number;
  close(): Promise<void>;
}

/** Builds the context of one CLI process; settings are read and connections opened on first use. */
export function createContext(out: Output): OwnedContext {
  let config: Config | null = null;
  let connection: Promise<OpenConnection> | null = null;
  let code = 0;
  const cli: CliContext = {
    get config() {
      return (config ??= loadConfig());
    },
    out,
    connect: () => (connection ??= openConnection(cli)),
    exitWith: (wanted) => void (code = wanted),
  };
  return {
    cli,
    exitCode: () => code,
    close: async () => {
      await connection?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}

async function openConnection({ config, out }: CliContext): Promise<OpenConnection> {
  const [{ ensurePlatform }, { createLogger }, { connectServices }, { openLazily }, { temporalServer }] =
    await Promise.all([
      import('../../platform/embedded/ensure.js'),
      import('../../platform/logging.js'),
      import('../../composition/services.js'),
      import('../../platform/temporal/lazy-client.js'),
      import('../../platform/temporal/server.js'),
    ]);
  const endpoints = await ensurePlatform(config, (text) => {
    for (const line of text.split('\n')) out.notice(line);
  });
  const logger = createLogger({ level: out.verbose ? config.logLevel : 'warn', name: 'ml' });
  const services = await connectServices(config, endpoints, logger);
  const temporal = await openLazily(temporalServer(config, endpoints));
  const close = async (): Promise<void> => {
    await Promise.allSettled([services.close(), temporal.close()]);
  };
  return { endpoints, services, temporal: temporal.client, close };
}
