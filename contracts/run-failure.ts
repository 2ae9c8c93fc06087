/** Where and why a run ended without a decision. */
export interface RunFailure {
  /** Stage of the training; null where the run ended outside one. */
  readonly stage: string | null;
  /** A code of the error table, or `CANCELLED`. */
  readonly code: string;
  readonly message: string;
}

/** The failure as the one reason that the registry records. @example 'CHILD_CRASHED in stage training: signal SIGKILL' */
export const failureReason = ({ stage, code, message }: RunFailure): string =>
  `${code}${stage === null ? '' : ` in stage ${stage}`}: ${message}`;

const recorded = /^(?<code>[A-Z][A-Z_]+)(?: in stage (?<stage>\w+))?: (?<message>.*)$/s;

/** The failure in a recorded reason; null for a reason of another form, as runs before 0.3 have it. */
export function parseFailureReason(reason: string): RunFailure | null {
  const found = recorded.exec(reason)?.groups;
  if (found === undefined) return null;
  return { code: found.code!, stage: found.stage ?? null, message: found.message! };
}
