import { asPipelineError, PipelineError } from '../../contracts/errors.js';

/** Faults of the way to the server, and server states that pass: shutdown, no free connection, a lost lock race. */
const passing = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['57P01', '57P02', '57P03', '53300', '40001', '40P01'],
]);

const codeOf = (fault: unknown): string | null =>
  fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : null;

/** The driver gives a connection that ended, or a pool that timed out, no code: its wording is all there is. */
const uncodedLoss = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/**
 * A fault of the PostgreSQL driver as one of ours: what passes by itself is `SERVICE_UNAVAILABLE` and therefore
 * repeated, anything else is a fault of this program.
 */
export function asDatabaseFault(fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const code = codeOf(fault);
  const { message } = asPipelineError(fault);
  const passes = code === null ? uncodedLoss.test(message) : passing.has(code) || code.startsWith('08');
  const details = { service: 'postgresql', fault: code };
  if (passes)
    return new PipelineError('SERVICE_UNAVAILABLE', `PostgreSQL does not answer: ${message}`, details, {
      cause: fault,
    });
  return new PipelineError('INTERNAL', `PostgreSQL refused a statement: ${message}`, details, { cause: fault });
}
