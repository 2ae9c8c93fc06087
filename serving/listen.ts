import type { FastifyInstance } from 'fastify';
import { PipelineError } from '../contracts/errors.js';
import type { ApiSettings } from '../platform/config/config.js';

/** Port when no setting names one, and how many after it are tried. */
export const USUAL_PORT = 8000;
const PORTS_TRIED = 100;

const isBusy = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE';

const busy = (host: string, port: number, cause: unknown): PipelineError =>
  new PipelineError(
    'INVALID_CONFIG',
    `${host}:${port} (HOST, PORT) is in use; choose another port`,
    { port },
    { cause },
  );

/**
 * Listens at the port of the settings, else at 8000 or the next free one.
 * @returns the port.
 * @throws PipelineError `INVALID_CONFIG` when the port is in use or the address is not one of this machine's.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<ApiSettings, 'host' | 'port'>,
): Promise<number> {
  const last = port ?? USUAL_PORT + PORTS_TRIED - 1;
  for (let candidate = port ?? USUAL_PORT; ; candidate += 1) {
    try {
      await app.listen({ host, port: candidate });
      return portOf(app);
    } catch (fault) {
      if (!isBusy(fault)) throw unlistenable(host, candidate, fault);
      if (candidate >= last) throw busy(host, candidate, fault);
    }
  }
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
