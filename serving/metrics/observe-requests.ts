import type { FastifyInstance } from 'fastify';
import type { ApiMetrics, PredictionKind } from './metrics.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of routes that predict. */
    readonly prediction?: { readonly model: string; readonly kind: PredictionKind };
  }
}

/** Route of a request that fits none, so that invented addresses make no label. */
const NO_ROUTE = 'none';

/** Counts every request, and times those that were answered with a prediction. */
export function observeRequests(app: FastifyInstance, metrics: ApiMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url = NO_ROUTE, config } = request.routeOptions;
    metrics.countRequest(url, reply.statusCode);
    if (config.prediction !== undefined && reply.statusCode === 200)
      metrics.observeLatency(config.prediction.model, config.prediction.kind, reply.elapsedTime / 1000);
    done();
  });
}
