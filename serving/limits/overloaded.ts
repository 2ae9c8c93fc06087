import type { ServerResponse } from 'node:http';
import { pipelineError } from '../../contracts/errors.js';
import { problemOf, RETRY_AFTER_SECONDS } from '../http/problem.js';

const OVERLOADED = JSON.stringify(problemOf(pipelineError('OVERLOADED', { retryAfterSeconds: RETRY_AFTER_SECONDS })));
const overloadedHeaders = {
  'content-type': 'application/problem+json; charset=utf-8',
  'content-length': Buffer.byteLength(OVERLOADED),
  'retry-after': String(RETRY_AFTER_SECONDS),
};

/** Refuses a request, past all hooks: a refusal must cost a small part of an answer. */
export function writeOverloaded(response: ServerResponse, requestId: string): void {
  response.writeHead(503, { ...overloadedHeaders, 'x-request-id': requestId });
  response.end(OVERLOADED);
}
