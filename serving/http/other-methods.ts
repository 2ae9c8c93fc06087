import type { FastifyInstance } from 'fastify';
import { pipelineError } from '../../contracts/errors.js';

/** Of every address at once, such as the one for preflight requests. */
const EVERYWHERE = '*';

/**
 * Watches which methods the routes have. What it returns adds, once all routes stand, one to each address that refuses
 * the other methods before a token or body is read, naming those there are in `allow` (RFC 9110, 15.5.6).
 */
export function watchMethods(app: FastifyInstance): () => void {
  const found = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = found.get(url) ?? new Set();
    found.set(url, new Set([...known, ...[method].flat()]));
  });
  return () => {
    for (const [url, methods] of [...found]) if (url !== EVERYWHERE) refuseOthers(app, url, [...methods].sort());
  };
}

function refuseOthers(app: FastifyInstance, url: string, methods: readonly string[]): void {
  const allowed = methods.join(', ');
  app.route({
    ...{ url, method: app.supportedMethods.filter((method) => !methods.includes(method)), exposeHeadRoute: false },
    onRequest: (request, reply, done) => {
      void reply.header('allow', allowed);
      done(pipelineError('METHOD_NOT_ALLOWED', { method: request.method, allowed }));
    },
    handler: () => undefined,
  });
}
