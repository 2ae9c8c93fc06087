import type { FastifyInstance } from 'fastify';
import { PipelineError } from '../contracts/errors.js';
import type { ApiSettings } from '../platform/config/config.js';
import { usualPorts } from '../platform/embedded/api-server.js';

/** Connections that wait to be accepted, at most; the system may have a lower bound (`net.core.somaxconn`). Node's: 511. */
const BACKLOG = 4096;

const isBusy = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE';

const busy = (host: string, ports: readonly number[]): PipelineError => {
  const range = ports.length === 1 ? `${ports[0]} is` : `${ports[0]} to ${ports.at(-1)} are`;
  return new PipelineError('INVALID_CONFIG', `port ${range} in use at ${host}; choose another one (PORT)`, { host });
};

/**
 * Listens at the port of the settings, else at 8000 or the next free one.
 * @returns the port.
 * @throws PipelineError `INVALID_CONFIG` when the port is in use or the address is not one of this machine's.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<ApiSettings, 'host' | 'port'>,
): Promise<number> {
  const candidates = port === null ? usualPorts : [port];
  for (const candidate of candidates)
    try {
      await app.listen({ host, port: candidate, backlog: BACKLOG });
      return portOf(app);
    } catch (fault) {
      if (!isBusy(fault)) throw unlistenable(host, candidate, fault);
    }
  throw busy(host, candidates);
}

const unlistenable = (host: string, port: number, cause: unknown): PipelineError => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(
    'INVALID_CONFIG',
    `cannot listen at ${host}:${port} (HOST, PORT): ${reason}`,
    { port },
    { cause },
  );
};

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
