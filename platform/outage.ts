import { asPipelineError, type ErrorDetails, messageOf, PipelineError, pipelineError } from '../contracts/errors.js';

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

/** No room: the file system's ENOSPC and EDQUOT, PostgreSQL's disk_full. */
const fullCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', '53100']);

const codeOf = (fault: Error): string => ('code' in fault && typeof fault.code === 'string' ? fault.code : '');

/** The innermost error, of those joined or given as cause, that `matches`; null when none does. */
function findCause(fault: unknown, matches: (error: Error) => boolean, depth = 0): Error | null {
  if (!(fault instanceof Error) || depth > 5) return null;
  const parts: unknown[] = fault instanceof AggregateError ? fault.errors : [];
  for (const part of [...parts, fault.cause]) {
    const found = findCause(part, matches, depth + 1);
    if (found !== null) return found;
  }
  return matches(fault) ? fault : null;
}

const isLostConnection = (error: Error): boolean =>
  outageCodes.has(codeOf(error)) || codeOf(error).startsWith('08') || outageMessages.has(error.message);

/** True for an error that a lost connection or an overloaded server caused, however deeply it is nested. */
export const isOutage = (fault: unknown): boolean => findCause(fault, isLostConnection) !== null;

/** The error that says that a disk or a database is full, however deeply it is nested; null when there is none. */
export const fullStorageCause = (fault: unknown): Error | null =>
  findCause(fault, (error) => fullCodes.has(codeOf(error)));

/** Why a connection failed, in one line: an error of several attempts to connect has no message of its own. */
export const outageReason = (fault: unknown): string => findCause(fault, isLostConnection)?.message ?? messageOf(fault);

/**
 * Any thrown value as a PipelineError: itself if it is one, `STORAGE_FULL` or `SERVICE_UNAVAILABLE` (both retryable) if
 * it was caused by a full disk or a lost connection, else `INTERNAL`.
 */
export function asPipelineFault(fault: unknown): PipelineError {
  if (fault instanceof PipelineError && fault.code !== 'INTERNAL') return fault;
  const full = fullStorageCause(fault);
  if (full !== null) return storageFull(codeOf(full) === '53100' ? 'the database' : 'a disk', fault);
  if (!isOutage(fault)) return asPipelineError(fault);
  return serviceUnavailable('a service', outageReason(fault), { cause: fault });
}

/** The `STORAGE_FULL` error. @param place - what is full, such as a folder. @param fault - what the write failed with. */
export const storageFull = (place: string, fault: unknown): PipelineError =>
  pipelineError(
    'STORAGE_FULL',
    { place, reason: (fullStorageCause(fault) ?? (fault as Error)).message },
    { cause: fault },
  );

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
