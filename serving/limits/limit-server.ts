import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { acceptFirst } from '../http/accept-first.js';
import type { ApiMetrics } from '../metrics/metrics.js';
import type { Admission } from './admission.js';
import { writeOverloaded } from './overloaded.js';

export interface ServerLimits {
  readonly admission: Pick<Admission, 'isFull'>;
  readonly metrics: Pick<ApiMetrics, 'countRejection' | 'countRequest'>;
}

/**
 * Puts two things before the application's own handling of requests: connections are accepted first, and under overload
 * limited routes without parameters are refused before the framework makes anything of the request. Called before routes
 * are added.
 */
export function limitServer(app: FastifyInstance, { admission, metrics }: ServerLimits): void {
  const limited = new Set<string>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.limited === true) for (const each of [method].flat()) limited.add(`${each} ${url}`);
  });
  const [handle] = app.server.listeners('request') as RequestListener[];
  app.server.removeListener('request', handle!);
  const connections = acceptFirst(app.server);
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const [path] = request.url!.split('?', 1);
    if (!admission.isFull(connections.waiting()) || !limited.has(`${request.method} ${path}`)) {
      connections.after(() => {
        if (!response.destroyed) handle!(request, response); // else its client is gone
      });
      return;
    }
    metrics.countRejection('overload');
    metrics.countRequest(path!, 503);
    writeOverloaded(response, randomUUID());
  });
}
