import { asPipelineError, type ErrorDetails, messageOf, PipelineError } from '../contracts/errors.js';

/** Error codes of Node and client libraries for an unreachable or overloaded server. */
const outageCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  // PostgreSQL: shutting down, crashed, starting up; too many connections; serialisation failure and deadlock.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '40001',
  '40P01',
]);

/** node-postgres and ioredis report a lost connection without a code; these are their complete messages. */
const outageMessages: ReadonlySet<string> = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'Connection is closed.',
]);

/** True for an error that a lost connection or an overloaded server caused, however deeply it is nested. */
export function isOutage(fault: unknown, depth = 0): boolean {
  if (!(fault instanceof Error) || depth > 5) return false;
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  if (outageCodes.has(code) || code.startsWith('08') || outageMessages.has(fault.message)) return true;
  const parts: unknown[] = fault instanceof AggregateError ? fault.errors : [];
  return [...parts, fault.cause].some((part) => isOutage(part, depth + 1));
}

/**
 * Any thrown value as a PipelineError: itself if it is one, `SERVICE_UNAVAILABLE` (retryable) if it was caused by a lost
 * connection, else `INTERNAL`.
 */
export function asPipelineFault(fault: unknown): PipelineError {
  if (fault instanceof PipelineError && fault.code !== 'INTERNAL') return fault;
  if (!isOutage(fault)) return asPipelineError(fault);
  return serviceUnavailable('a service', messageOf(fault), { cause: fault });
}

/** What `serviceUnavailable` adds to the message. */
export interface OutageContext {
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/**
 * The `SERVICE_UNAVAILABLE` error of every service: "<service> does not answer: <reason>".
 * @param service - Name and address, without passwords.
 */
export const serviceUnavailable = (
  service: string,
  reason: string,
  { cause, details }: OutageContext = {},
): PipelineError =>
  new PipelineError('SERVICE_UNAVAILABLE', `${service} does not answer: ${reason}`, details, { cause });
