/**
 * The error table: every code the system can raise, in one place. The worker's interceptor reads `retryable`, the API
 * reads `status`, the CLI reads `exit`; `npm run gen` writes docs/errors.md from it.
 */
export interface ErrorRow {
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** HTTP status of the prediction API. */
  readonly status: number;
  /** Exit code of the CLI: 1 something failed, 2 wrong use or bad input, 3 data rejected. */
  readonly exit: 1 | 2 | 3;
  /** One sentence: what happened and what the reader can do. */
  readonly meaning: string;
}

const row = (status: number, exit: ErrorRow['exit'], meaning: string, retryable = false): ErrorRow => ({
  retryable,
  status,
  exit,
  meaning,
});

export const errorTable = {
  // wrong use
  INVALID_INPUT: row(400, 2, 'An input object or argument does not fit its schema; the message names the field.'),
  INVALID_CONFIG: row(500, 2, 'A setting in the environment or .env is malformed; see .env.example.'),
  INVALID_HYPERPARAMETERS: row(400, 2, 'A hyper-parameter is unknown or out of range for this model.'),
  UNKNOWN_MODEL: row(404, 2, 'No folder in models/ has this name; the message lists the known ones.'),
  INVALID_MODEL: row(500, 2, 'A folder in models/ does not export a usable model; the message names folder and fault.'),
  SOURCE_NOT_FOUND: row(404, 2, 'No data source that can be read is meant; the message says which one and what helps.'),
  SOURCE_SCHEMA_MISMATCH: row(
    422,
    2,
    'The source database lacks a table, column, type or right that extraction needs; docs/backend-schema.md lists them.',
  ),
  DATASET_NOT_FOUND: row(404, 2, 'No dataset or snapshot has this hash.'),
  VERSION_NOT_FOUND: row(404, 2, 'No such version in this model line.'),
  RUN_NOT_FOUND: row(404, 2, 'No such run.'),
  CUSTOMER_NOT_FOUND: row(
    404,
    2,
    'The model was trained without this customer and the request says nothing about them.',
  ),
  SCHEDULE_NOT_FOUND: row(404, 2, 'The orchestrator has no such schedule; `ml schedule apply` creates them.'),
  REQUEST_NOT_FOUND: row(404, 2, 'No open promotion request fits; it may be decided or superseded.'),
  // bad files and data
  FILE_NOT_READABLE: row(400, 2, 'The file does not exist, is a folder, or may not be read.'),
  FILE_EMPTY: row(422, 2, 'The file holds no data row.'),
  FILE_TOO_LARGE: row(413, 2, 'The file, a line of it, or what it unpacks to is over the limit.'),
  MALFORMED_FILE: row(422, 2, 'The file is not what its name or first bytes promise; the message names the row.'),
  UNKNOWN_FORMAT: row(422, 2, 'The columns fit none of the file formats this model reads.'),
  MISSING_COLUMN: row(422, 2, 'A column that the format needs is absent.'),
  INVALID_VALUE: row(422, 2, 'A cell holds something its column does not allow; file, row and column are named.'),
  TOO_FEW_ROWS: row(422, 2, 'There are fewer rows than this model can learn or be judged from.'),
  SINGLE_CLASS: row(422, 2, 'All labels are the same, so there is nothing to learn.'),
  DATA_REJECTED: row(422, 3, 'Validation found more bad rows than the threshold allows; the report lists them.'),
  // arithmetic
  SHAPE_MISMATCH: row(400, 2, 'Two arrays that must agree in length or width do not.'),
  NOT_FINITE: row(422, 2, 'A number that must be finite is NaN or infinite.'),
  SINGULAR_MATRIX: row(422, 2, 'A linear system has no unique solution, for instance because columns are collinear.'),
  // stored things
  BLOB_NOT_FOUND: row(404, 1, 'The blob store holds nothing under this hash.'),
  BLOB_CORRUPT: row(500, 1, 'Stored bytes do not match the hash they are stored under.'),
  ARTEFACT_INVALID: row(500, 1, 'An artefact lacks a file or has a manifest that this version cannot read.'),
  CONFLICT: row(409, 1, 'Another writer changed the same record first; look again and repeat.'),
  // governance
  TRANSITION_NOT_ALLOWED: row(409, 2, 'The stages and lines do not allow this promotion.'),
  APPROVAL_REQUIRED: row(403, 2, 'This stage needs an approval with a name and a reason.'),
  ALREADY_RUNNING: row(409, 2, 'A workflow with this id is running; wait for it or choose another id.'),
  // computing
  CANCELLED: row(499, 1, 'The work was cancelled on request.'),
  CHILD_CRASHED: row(500, 1, 'The computing process ended abnormally; its last output is in the details.', true),
  CHILD_OUT_OF_MEMORY: row(500, 1, 'The computing process passed its memory limit (TRAINING_MEMORY_MB).'),
  // services
  SERVICE_UNAVAILABLE: row(503, 1, 'A service does not answer; the message names it and where it was expected.', true),
  SERVICE_REFUSED: row(
    502,
    2,
    'A service and this program do not accept each other: certificate, key or encryption; the message says which.',
  ),
  SERVICE_NOT_FOUND: row(500, 1, 'A service that must be started locally has no program to start it with.'),
  SERVICE_CRASHED: row(500, 1, 'A local service ended; the last lines of its log are in the message.'),
  INTERNAL: row(500, 1, 'A fault in this program; please report it with the details.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Where and what, as plain data: file, row, column, modelName, found, wanted … never amounts of a person or secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

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
    return errorTable[this.code].retryable;
  }
}

/** Recognises a code that crossed a process or network boundary as text. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/** Any thrown value as a PipelineError; an unknown fault becomes `INTERNAL` with the original as cause. */
export function asPipelineError(fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const message = fault instanceof Error ? fault.message : String(fault);
  return new PipelineError('INTERNAL', message, {}, { cause: fault });
}
