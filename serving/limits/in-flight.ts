import type { FastifyInstance } from 'fastify';

/** Counts requests from their head to the end of their answer, also of callers that hang up meanwhile. */
export function countInFlight(app: FastifyInstance): () => number {
  let running = 0;
  app.addHook('onRequest', (_, reply, done) => {
    running += 1;
    reply.raw.once('close', () => (running -= 1));
    done();
  });
  return () => running;
}
