import type { FastifyInstance } from 'fastify';
import { pipelineError } from '../../contracts/errors.js';
import type { ApiMetrics } from '../metrics/metrics.js';
import type { Admission } from './admission.js';
import { writeOverloaded } from './overloaded.js';
import { RATE_WINDOW_SECONDS, type RateVerdict, type TrafficLimits } from './traffic-limits.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of routes that compute or read for a caller: under overload they are refused, and each caller's are counted. */
    readonly limited?: boolean;
  }
}

export interface RequestLimits {
  readonly admission: Admission;
  readonly limits: TrafficLimits;
  readonly metrics: Pick<ApiMetrics, 'countRejection'>;
}

/**
 * Hooks that refuse what is too much, before a body is read: first any request while too many have no answer yet, at the
 * price of a request that does nothing, then one of a caller beyond its rate. Registered before all other hooks.
 */
export function limitRequests(app: FastifyInstance, { admission, limits, metrics }: RequestLimits): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.limited !== true) {
      done();
      return;
    }
    if (!admission.enter()) {
      metrics.countRejection('overload');
      reply.hijack();
      writeOverloaded(reply.raw, request.id);
      return;
    }
    const { prediction } = request.routeOptions.config;
    const took = admission.start();
    reply.raw.once('close', () => admission.leave(prediction?.kind === 'predict' ? took(reply.elapsedTime) : null));
    done();
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { url = '', config } = request.routeOptions;
    if (config.limited !== true) {
      done(null, payload);
      return;
    }
    const verdict = limits.request(request.caller, url);
    if (verdict.limit !== null) void reply.headers(rateHeaders(verdict, verdict.limit));
    if (verdict.allowed) {
      done(null, payload);
      return;
    }
    metrics.countRejection('rate_limit');
    const { limit, resetSeconds } = verdict;
    done(pipelineError('RATE_LIMITED', { limit: limit!, retryAfterSeconds: resetSeconds }));
  });
}

/** Fields of draft-ietf-httpapi-ratelimit-headers-10. */
const rateHeaders = ({ remaining, resetSeconds }: RateVerdict, limit: number): Record<string, string> => ({
  'ratelimit-policy': `"requests";q=${limit};w=${RATE_WINDOW_SECONDS}`,
  ratelimit: `"requests";r=${remaining};t=${resetSeconds}`,
});
