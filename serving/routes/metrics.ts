import type { FastifyInstance } from 'fastify';
import { requireScopes } from '../identity/require-scopes.js';
import type { ApiMetrics } from '../metrics/metrics.js';

/** `GET /metrics` for Prometheus, whose token needs the scope `metrics`. */
export function metricsRoute(app: FastifyInstance, metrics: ApiMetrics): void {
  app.get('/metrics', { onRequest: requireScopes('metrics') }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
