import { messageOf, PipelineError } from '../../contracts/errors.js';
import { isOutage, serviceUnavailable } from '../outage.js';

const codeOf = (fault: unknown): string | null =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : null;

/**
 * An error of the PostgreSQL driver as a PipelineError: an outage is `SERVICE_UNAVAILABLE` (retryable), anything else,
 * such as a rejected statement, is `INTERNAL`. A PipelineError is returned unchanged.
 */
export function asDatabaseFault(fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const message = messageOf(fault);
  const details = { service: 'postgresql', fault: codeOf(fault) };
  if (isOutage(fault)) return serviceUnavailable('PostgreSQL', message, { details, cause: fault });
  return new PipelineError('INTERNAL', `PostgreSQL refused a statement: ${message}`, details, { cause: fault });
}
