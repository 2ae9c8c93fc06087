import type { ErrorCode, ErrorDetails } from '../../contracts/errors.js';
import { PipelineError, errorTable, isErrorCode } from '../../contracts/errors.js';
import { asPipelineFault, isOutage, outageReason, serviceUnavailable } from '../../platform/outage.js';
import { absenceReason } from '../../platform/temporal/absence.js';
import type { Paint } from '../output/paint.js';

interface Fault extends Error {
  readonly type?: unknown;
  readonly details?: unknown;
  readonly code?: unknown;
}

/** Names of Temporal's client errors and what they mean here; compared by name so that the package is not loaded. */
const temporalFaults: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  WorkflowExecutionAlreadyStartedError: ['ALREADY_RUNNING', 'a workflow with this id exists already'],
  WorkflowNotFoundError: ['RUN_NOT_FOUND', 'the Temporal server knows no workflow with this id'],
  ScheduleNotFoundError: ['SCHEDULE_NOT_FOUND', 'the Temporal server knows no schedule with this id'],
  TerminatedFailure: ['CANCELLED', 'the workflow was terminated'],
  CancelledFailure: ['CANCELLED', 'the workflow was cancelled'],
};

/** What to do next, where the table's sentence does not say it. */
const hints: Partial<Record<ErrorCode, string>> = {
  UNKNOWN_MODEL: '`ml models list` shows the models of this catalogue.',
  SOURCE_NOT_FOUND: '`ml data sources` shows them; `ml data generate` makes one.',
  DATASET_NOT_FOUND: '`ml data repair` finds what the blob store lacks.',
  BLOB_NOT_FOUND: '`ml data repair` finds what the blob store lacks.',
  BLOB_CORRUPT: '`ml data repair --verify` finds what is damaged.',
  VERSION_NOT_FOUND: '`ml models list` shows the versions.',
  RUN_NOT_FOUND: '`ml runs list` shows the runs.',
  REQUEST_NOT_FOUND: '`ml models list` shows what awaits approval, `ml promote` asks for one.',
  UNKNOWN_FORMAT: 'docs/data-formats.md describes the formats.',
  SOURCE_SCHEMA_MISMATCH: 'docs/backend-schema.md has every column.',
  MISSING_COLUMN: 'docs/data-formats.md lists the columns of each format.',
  SERVICE_UNAVAILABLE: '`ml doctor` checks every part; `ml status` shows what runs.',
  SERVICE_REFUSED: 'docs/operations.md goes through the settings; `ml doctor` tries them.',
  SERVICE_NOT_FOUND: '`ml doctor` says what was looked for and how to get it.',
  SERVICE_CRASHED: '`ml status` shows what runs; the logs lie in the state directory.',
  STATE_DAMAGED: '`ml doctor` lists every damaged file.',
  INTERNAL: 'Repeat with --verbose for the stack trace.',
};

/** Any thrown value as a PipelineError: domain errors that crossed Temporal keep their code, message and details. */
export function toPipelineError(fault: unknown): PipelineError {
  const chain = causesOf(fault);
  const known = chain.find((error) => error instanceof PipelineError);
  if (known) return known;
  for (const error of chain) {
    const translated = translate(error, fault);
    if (translated) return translated;
  }
  return asPipelineFault(fault);
}

function translate(error: Fault, cause: unknown): PipelineError | null {
  if (typeof error.type === 'string' && isErrorCode(error.type))
    return new PipelineError(error.type, error.message, detailsOf(error), { cause });
  const temporal = temporalFaults[error.name];
  if (temporal) return new PipelineError(temporal[0], temporal[1], idOf(error), { cause });
  const absence = error.name === 'ServiceError' ? absenceReason(error) : null;
  if (absence !== null) return serviceUnavailable('the Temporal server', absence, { cause });
  return isOutage(error) ? serviceUnavailable('a service', outageReason(error), { cause }) : null;
}

function causesOf(fault: unknown): Fault[] {
  const chain: Fault[] = [];
  for (let error = fault; error instanceof Error && !chain.includes(error); error = error.cause) chain.push(error);
  return chain;
}

/** Details of an ApplicationFailure: our own object is the first of its list. */
function detailsOf({ details }: Fault): ErrorDetails {
  const first: unknown = Array.isArray(details) ? details[0] : details;
  return typeof first === 'object' && first !== null ? (first as ErrorDetails) : {};
}

function idOf(error: Error): ErrorDetails {
  const { workflowId, scheduleId } = error as { workflowId?: unknown; scheduleId?: unknown };
  const id = typeof workflowId === 'string' ? workflowId : scheduleId;
  return typeof id === 'string' ? { id } : {};
}

/** Exit code of an error: 1 something failed, 2 wrong use or bad input, 3 data rejected. */
export const exitCodeOf = (error: PipelineError): 1 | 2 | 3 => errorTable[error.code].exit;

/** What the reader can do: the table's sentence, and the command that helps. */
export function adviceOf(code: ErrorCode): string {
  const hint = hints[code];
  return hint === undefined ? errorTable[code].meaning : `${errorTable[code].meaning} ${hint}`;
}

/** A list whose members the message has already, such as the fields of an input, or a phrase of it. */
function isInMessage({ message }: PipelineError, value: ErrorDetails[string]): boolean {
  if (typeof value === 'string') return value.includes(' ') && message.includes(value);
  return Array.isArray(value) && value.length > 0 && value.every((member: string) => message.includes(member));
}

/** Code, message, details that the message lacks, and advice, a line each; the stack only with --verbose. */
export function formatError(error: PipelineError, paint: Paint, verbose: boolean): readonly string[] {
  const where = Object.entries(error.details)
    .filter(([, value]) => !isInMessage(error, value))
    .map(([name, value]) => `  ${paint.dim(`${name}:`)} ${show(value)}`);
  const stack = verbose ? stackOf(error).map(paint.dim) : [];
  return [
    paint.red(paint.bold(`error ${error.code}`)),
    ...error.message.split('\n').map((line) => `  ${line}`),
    ...where,
    `  ${paint.dim('→')} ${adviceOf(error.code)}`,
    ...stack,
  ];
}

const show = (value: ErrorDetails[string]): string => (Array.isArray(value) ? value.join(', ') : String(value));

const stackOf = (error: Error): readonly string[] =>
  causesOf(error)
    .map((one) => one.stack ?? one.message)
    .join('\ncaused by: ')
    .split('\n');

/** The document that `--json` prints in place of a result. */
export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details: ErrorDetails;
    readonly advice: string;
    readonly exit: number;
  };
}

/** The error as one JSON document. */
export const errorDocument = (error: PipelineError): ErrorDocument => ({
  error: {
    code: error.code,
    message: error.message,
    details: error.details,
    advice: adviceOf(error.code),
    exit: exitCodeOf(error),
  },
});
