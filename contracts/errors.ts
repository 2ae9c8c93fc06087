import { artefactErrors } from './artefact-errors.js';
import { dataErrors } from './data-errors.js';
import { runErrors } from './run-errors.js';
import { composed, type ErrorDetails, type ErrorRow, row, type TemplateRow } from './error-row.js';
import { featureErrors } from './feature-errors.js';
import { nearestHint } from './nearest-name.js';

export type { ErrorDetails } from './error-row.js';

/**
 * The error table: every code the system can raise, in one place. The worker's interceptor reads `retryable`, the API
 * reads `status`, the CLI reads `exit`; `npm run gen` writes docs/errors.md from it.
 *
 * A row may have a message template with typed parameters; `pipelineError(code, parameters)` creates the error from it.
 * New codes need one. For the older `composed` codes the caller writes the message.
 */
export const errorTable = {
  // wrong use
  INVALID_INPUT: composed(400, 2, 'An input object or argument does not fit its schema; the message names the field.'),
  INVALID_CONFIG: composed(500, 2, 'A setting in the environment or .env is malformed; see .env.example.'),
  INVALID_HYPERPARAMETERS: composed(400, 2, 'A hyper-parameter is unknown or out of range for this model.'),
  UNKNOWN_MODEL: row(
    404,
    2,
    'No folder in models/ has this name; the message lists the known ones.',
    ({ modelName, known }: { modelName: string; known: readonly string[] }) =>
      `there is no model "${modelName}"${nearestHint(modelName, known)}; known: ${known.join(', ')}`,
  ),
  INVALID_MODEL: composed(
    500,
    2,
    'A folder in models/ does not export a usable model; the message names folder and fault.',
  ),
  SOURCE_NOT_FOUND: composed(
    404,
    2,
    'No data source that can be read is meant; the message says which one and what helps.',
  ),
  SOURCE_SCHEMA_MISMATCH: composed(
    422,
    2,
    'The source database lacks a table, column, type or right that extraction needs; `ml data check-source` lists all.',
  ),
  SOURCE_TOO_SLOW: {
    ...row(
      504,
      1,
      'The source database stopped a query at the time limit of its user; an index on the key helps, or a higher limit.',
      ({ table }: { table: string }) =>
        `${table}: reading a page took longer than the statement_timeout of the database's user; ` +
        '`ml data check-source` names the index that is missing',
    ),
    retry: 'crash',
  },
  SOURCE_MISMATCH: row(
    409,
    2,
    'The version that would answer learned from another source than the one in use; name its line, or train anew.',
    (found: { modelName: string; version: string; line: string; source: string; inUse: string }) =>
      `${found.modelName} ${found.version} learned from the source ${found.source}, but ${found.inUse} is in use now; ` +
      `ask that version with --line ${found.line}, or train one on ${found.inUse}: ml train ${found.modelName}`,
  ),
  DATASET_NOT_FOUND: composed(404, 2, 'No dataset or snapshot has this hash.'),
  VERSION_NOT_FOUND: composed(404, 2, 'No such version in this model line.'),
  RUN_NOT_FOUND: row(
    404,
    2,
    'No such run.',
    ({ id, modelName }: { id: string; modelName?: string }) =>
      `there is no run with the id ${id}${modelName === undefined ? '' : ` of ${modelName}`}`,
  ),
  REPORT_NOT_FOUND: row(
    404,
    2,
    'This retraining has no report: it runs still, was terminated, or is older than reports.',
    ({ id, why }: { id: string; why: string }) => `${id} has no report: ${why}`,
  ),
  STAGE_NOT_REACHED: row(
    409,
    2,
    'A former run has no recorded result from which the wanted stage could start; start from an earlier stage.',
    ({ id, from, reached }: { id: string; from: string; reached: string }) =>
      `${id} recorded nothing that the stage ${from} could start from; it can be repeated from: ${reached}`,
  ),
  RESULT_NOT_STORED: row(
    410,
    2,
    'What a former run left is no longer in the blob store: collected, or lost. Start from an earlier stage.',
    ({ id, what, hash, from }: { id: string; what: string; hash: string; from: string }) =>
      `the ${what} ${hash.slice(0, 12)} of ${id} is no longer stored, so nothing can start from the stage ${from}`,
  ),
  CODE_CHANGED: row(
    409,
    2,
    'The code that computed the earlier stages of a former run has changed since; `--force` starts from their results.',
    ({ id, steps, from }: { id: string; steps: readonly string[]; from: string }) =>
      `the code of ${steps.join(', ')} has changed since ${id}; start from an earlier stage than ${from}, or with --force`,
  ),
  CUSTOMER_NOT_FOUND: row(
    404,
    2,
    'Nothing is known of this customer: the request has neither a stored history nor transactions.',
    ({ field }: { field: string }) =>
      `${field}: no history of such a customer is stored; send their transactions, [] where there are none yet`,
  ),
  ENTITY_NOT_FOUND: row(
    404,
    2,
    'The online store holds no features or state of this entity: unknown to the source, or written too long ago.',
    ({ source }: { source: string; views: readonly string[] }) =>
      `the online store knows no such entity in source ${source}; a run of the data pipeline or a training writes it`,
  ),
  FEATURES_INCOMPLETE: row(
    503,
    1,
    'Some feature views or states of an entity are absent from the online store or of another code version.',
    ({ source, missing }: { source: string; missing: readonly string[] }) =>
      `the online store lacks ${missing.join(', ')} of this entity in source ${source}; run the data pipeline again`,
  ),
  FEATURE_VERSION_MISMATCH: row(
    409,
    1,
    'A model version was trained with another version of a feature view or state than the running code computes.',
    ({ name, trained, served }: { name: string; trained: number | null; served: number | null }) =>
      `the version was trained ${trained === null ? 'without' : `with version ${trained} of`} ${name}, ` +
      `the running code has ${served === null ? 'none' : `version ${served}`}; train it again`,
  ),
  ...featureErrors,
  FEATURES_STALE: row(
    503,
    1,
    'Stored features of an entity are older than their time to live, and the model is not to answer from such ones.',
    ({ source, asOf }: { source: string; asOf: string; views: readonly string[] }) =>
      `the features of this entity in source ${source} are as of ${asOf}; run the data pipeline, or send every input`,
  ),
  FEATURES_UNAVAILABLE: {
    ...row(
      503,
      1,
      'The online store does not answer, so that no request by reference can be; requests with all inputs are.',
      ({ source }: { source: string }) =>
        `the online store of source ${source} does not answer; send every input, or ask again later`,
    ),
    retry: 'outage',
  },
  // the prediction API
  UNAUTHENTICATED: row(
    401,
    2,
    'The request carries no token that the API accepts; the message says what is wrong with it.',
    ({ finding }: { finding: string }) => `${finding}; make a token with: ml token --scope <scope>`,
  ),
  FORBIDDEN: row(
    403,
    2,
    'The token does not allow this: its scopes or the customer it belongs to.',
    ({ finding }: { finding: string }) => finding,
  ),
  ALERT_NOT_FOUND: row(
    404,
    2,
    'There is no alert with this id that nobody has acknowledged; `ml alerts list` shows them.',
    ({ id }: { id: string }) => `there is no alert ${id} that nobody has acknowledged`,
  ),
  PREDICTION_NOT_FOUND: row(
    404,
    2,
    'The prediction log has no answer with this id: never given, written in a moment, or over its age (PREDICTION_LOG_DAYS).',
    ({ id }: { id: string }) =>
      `the prediction log has no answer ${id}; it is written within a second, and kept for PREDICTION_LOG_DAYS`,
  ),
  ROUTE_NOT_FOUND: row(
    404,
    2,
    'The API has no such address.',
    ({ method, path }: { method: string; path: string }) => `there is no ${method} ${path}; /docs lists what there is`,
  ),
  METHOD_NOT_ALLOWED: row(
    405,
    2,
    'The address takes other methods only; the header `allow` names them.',
    ({ method, allowed }: { method: string; allowed: string }) => `found ${method}, wanted one of ${allowed}`,
  ),
  REQUEST_TOO_LARGE: row(
    413,
    2,
    'The body of the request is over the limit; send a batch in parts.',
    ({ limitBytes }: { limitBytes: number }) => `the body is over ${limitBytes} bytes`,
  ),
  UNSUPPORTED_MEDIA_TYPE: row(
    415,
    2,
    'The body of the request has a type or compression that the route does not read.',
    ({ wanted }: { wanted: string }) => `wanted a body of type ${wanted}, not compressed`,
  ),
  OVERLOADED: {
    ...row(
      503,
      1,
      'The API has more requests than it can answer in time; ask again after the seconds of the header Retry-After.',
      ({ retryAfterSeconds }: { retryAfterSeconds: number }) =>
        `too many requests wait for an answer; ask again in ${retryAfterSeconds} s`,
    ),
    retry: 'outage',
  },
  RATE_LIMITED: row(
    429,
    1,
    'The subject of the token has sent more requests to this route than it may (RATE_LIMIT_PER_MINUTE).',
    ({ limit, retryAfterSeconds }: { limit: number; retryAfterSeconds: number }) =>
      `${limit} requests a minute are allowed to this route; ask again in ${retryAfterSeconds} s`,
  ),
  QUERY_BUDGET_SPENT: row(
    429,
    1,
    'The subject of the token has got as many answers today as it may (QUERY_BUDGET_PER_DAY).',
    ({ limit, left, retryAfterSeconds }: { limit: number; left: number; retryAfterSeconds: number }) =>
      `${limit} answers a day are allowed, and ${left} are left; ask again in ${retryAfterSeconds} s`,
  ),
  MODEL_NOT_LOADED: {
    ...row(
      503,
      1,
      'A version is registered, but its artefact could not be opened; /health and the log say why.',
      ({ modelName, version }: { modelName: string; version: string }) =>
        `${modelName} ${version} could not be loaded; /health says why`,
    ),
    retry: 'outage',
  },
  SCHEDULE_NOT_FOUND: row(
    404,
    2,
    'The orchestrator has no such schedule; `ml schedule apply` creates them.',
    ({ scheduleId }: { scheduleId: string; known: readonly string[] }) =>
      `there is no schedule "${scheduleId}"; create them with \`ml schedule apply\``,
  ),
  REQUEST_NOT_FOUND: composed(404, 2, 'No open promotion request fits; it may be decided or superseded.'),
  ...dataErrors,
  // arithmetic
  SHAPE_MISMATCH: composed(400, 2, 'Two arrays that must agree in length or width do not.'),
  NOT_FINITE: composed(422, 2, 'A number that must be finite is NaN or infinite.'),
  SINGULAR_MATRIX: row(
    422,
    2,
    'A linear system has no unique solution, for instance because columns are collinear.',
    ({ rows, pivot }: { rows: number; pivot: number }) =>
      `a matrix of ${rows} x ${rows} is not positive definite: pivot ${pivot} is 0 or below`,
  ),
  // blobs and artefacts
  BLOB_NOT_FOUND: row(
    404,
    1,
    'The blob store holds nothing under this hash.',
    ({ hash, store }: { hash: string; store: string }) => `${store} holds no blob ${hash}`,
  ),
  BLOB_CORRUPT: composed(500, 1, 'Stored bytes do not match the hash they are stored under.'),
  ...artefactErrors,
  ...runErrors,
  HOLDOUT_LEAK: row(
    500,
    1,
    'Rows that judge a version, or others of their groups, were among its training rows.',
    ({ modelName, part, rows, of }: { modelName: string; part: string; rows: number; of: number }) =>
      `${modelName}: ${rows} of the ${of} rows of the ${part}, or others of their groups, were among the training rows; the scores would be worthless`,
  ),
  CONFLICT: composed(409, 1, 'Another writer changed the same record first; look again and repeat.'),
  // governance
  TRANSITION_NOT_ALLOWED: composed(409, 2, 'The stages and lines do not allow this promotion.'),
  APPROVAL_NOT_PROVEN: row(
    403,
    2,
    'An approval for production lacks the proof that `ml approve` makes with the secret of the installation.',
    ({ modelName, version, finding }: { modelName: string; version: string; finding: string; requestId: string }) =>
      `the approval of ${modelName} ${version} ${finding}`,
  ),
  AUDIT_BROKEN: row(
    409,
    1,
    'The audit log is not what was written: an entry was changed, removed or put in; the message names the first one.',
    ({ id, finding }: { id: number; finding: string }) => `entry ${id} of the audit log ${finding}`,
  ),
  KEY_NOT_FOUND: row(
    404,
    2,
    'The key ring has no such key or no such version of it; `ml keys list` shows what there is.',
    ({ name, finding }: { name: string; finding: string }) => `the key ${name} ${finding}`,
  ),
  DECRYPTION_FAILED: row(
    500,
    1,
    'Encrypted bytes cannot be opened: they were changed, or encrypted under another key.',
    ({ name, finding }: { name: string; finding: string }) => `what was encrypted by the key ${name} ${finding}`,
  ),
  ALREADY_RUNNING: row(
    409,
    2,
    'A workflow with this id is running; wait for it or choose another id.',
    ({ id }: { id: string }) => `${id} is running; follow it with: ml runs show ${id} --follow`,
  ),
  // computing
  CANCELLED: row(499, 1, 'The work was cancelled on request.', ({ work }: { work: string }) => `${work} was cancelled`),
  CHILD_CRASHED: composed(
    500,
    1,
    'The computing process ended abnormally; its last output is in the details.',
    'crash',
  ),
  CHILD_OUT_OF_MEMORY: composed(500, 1, 'The computing process passed its memory limit (TRAINING_MEMORY_MB).'),
  WORKER_LOST: row(
    500,
    1,
    'The worker of a step ended or fell silent in every attempt, so the step itself may be the cause; see its log.',
    ({ attempts }: { attempts: number }) => `the step was given up after ${attempts} attempts that lost their worker`,
  ),
  // services
  SERVICE_UNAVAILABLE: composed(
    503,
    1,
    'A service does not answer; the message names it and where it was expected.',
    'outage',
  ),
  STORAGE_FULL: {
    ...row(
      507,
      1,
      'A disk, database or store has no room left; a waiting run continues once there is room.',
      ({ place, reason }: { place: string; reason: string }) => `${place} has no room left: ${reason}`,
    ),
    retry: 'outage',
  },
  SERVICE_REFUSED: composed(
    502,
    2,
    'A service and this program do not accept each other: certificate, key, password or encryption; the message says which.',
  ),
  SERVICE_NOT_FOUND: composed(500, 1, 'A service that must be started locally has no program to start it with.'),
  SERVICE_CRASHED: composed(500, 1, 'A local service ended; the last lines of its log are in the message.'),
  STATE_DAMAGED: row(
    500,
    1,
    'A file of the state directory is not what was written to it; `ml doctor --fix` moves it aside and says what is lost.',
    ({ file, finding }: { file: string; finding: string }) => `${file} ${finding}`,
  ),
  INTERNAL: composed(500, 1, 'A fault in this program; please report it with the details.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Codes whose message is a template of the table. */
export type TemplateCode = {
  [Code in ErrorCode]: (typeof errorTable)[Code] extends TemplateRow<never> ? Code : never;
}[ErrorCode];

/** What the code's template takes; it becomes the error's details. */
export type ErrorParameters<Code extends TemplateCode> =
  (typeof errorTable)[Code] extends TemplateRow<infer Parameters> ? Parameters : never;

/** The only error that domain code throws. Branch on `code`, never on the message. */
export class PipelineError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PipelineError';
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return errorTable[this.code].retry !== 'never';
  }
}

/**
 * The error of a code whose message is a template of the table.
 * @param parameters - the template's; they are the error's details too.
 * @example throw pipelineError('BLOB_NOT_FOUND', { hash, store });
 */
export function pipelineError<Code extends TemplateCode>(
  code: Code,
  parameters: ErrorParameters<Code>,
  options?: { readonly cause?: unknown },
): PipelineError {
  const { message } = errorTable[code] as unknown as TemplateRow<ErrorParameters<Code>>;
  return new PipelineError(code, message(parameters), parameters, options);
}

/** A position in a file or table. `row` counts data rows, `line` lines of the unpacked text, both from 1. */
export interface DataPlace {
  readonly file?: string | undefined;
  readonly row?: number | undefined;
  readonly line?: number | undefined;
  readonly column?: string | undefined;
  /** What was found and wanted there, for the details. */
  readonly found?: string | undefined;
  readonly wanted?: string | undefined;
}

function describePlace({ file, row, line, column }: DataPlace): string {
  const parts = [
    file,
    row === undefined ? undefined : `row ${row}${line === undefined ? '' : ` (line ${line})`}`,
    row !== undefined || line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column "${column}"`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** A fault of a file or table with its place in message and details. @param finding - what is wrong, not the value. */
export function errorAt(code: ErrorCode, place: DataPlace, finding: string, cause?: unknown): PipelineError {
  const known = Object.entries(place).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const message = `${describePlace(place)}: ${finding}`;
  return new PipelineError(code, message, Object.fromEntries(known), cause === undefined ? {} : { cause });
}

/** Whether a text that came from another process or the network is an error code. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/** The message of any thrown value, which need not be an Error. */
export const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** Any thrown value as a PipelineError; an unknown fault becomes `INTERNAL` with the original as cause. */
export function asPipelineError(fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  return new PipelineError('INTERNAL', messageOf(fault), {}, { cause: fault });
}
