import type { FastifyRequest } from 'fastify';
import { pipelineError } from '../../contracts/errors.js';
import { includesScope } from './scopes.js';
import type { Caller, VerifyToken } from './verify-token.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before a route with scopes is entered. */
    caller: Caller;
    verifyToken: VerifyToken;
  }
}

/**
 * A hook that lets only tokens with all of these scopes in.
 * @throws PipelineError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export function requireScopes(...wanted: readonly string[]): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const caller = await request.verifyToken(request.headers.authorization);
    const lacking = wanted.filter((scope) => !includesScope(caller.scopes, scope));
    if (lacking.length > 0)
      throw pipelineError('FORBIDDEN', { finding: `the token lacks the scope ${lacking.join(' ')}` });
    request.caller = caller;
  };
}
