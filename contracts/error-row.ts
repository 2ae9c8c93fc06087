/** A row of the error table. */
export interface ErrorRow {
  /**
   * Whether the same call may succeed later without any change, and what limits a workflow's attempts: an `outage` lasts
   * as long as it lasts, so it is limited by time; a `crash` may be caused by the input, so it is limited by attempts.
   */
  readonly retry: 'never' | 'outage' | 'crash';
  /** HTTP status of the prediction API. */
  readonly status: number;
  /** Exit code of the CLI: 1 something failed, 2 wrong use or bad input, 3 data rejected. */
  readonly exit: 1 | 2 | 3;
  /** One sentence: what happened and what the reader can do. */
  readonly meaning: string;
}

/** Where and what, as plain data: file, row, column, modelName, found, wanted … never amounts of a person or secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A row whose message is a template. Parameters are names, counts and hashes, never a value of a data row. */
export interface TemplateRow<Parameters extends ErrorDetails> extends ErrorRow {
  readonly message: (parameters: Parameters) => string;
}

/** A row whose message the caller writes. */
export const composed = (
  status: number,
  exit: ErrorRow['exit'],
  meaning: string,
  retry: ErrorRow['retry'] = 'never',
): ErrorRow => ({ retry, status, exit, meaning });

/** A row whose message is made of typed parameters. */
export const row = <Parameters extends ErrorDetails>(
  status: number,
  exit: ErrorRow['exit'],
  meaning: string,
  message: (parameters: Parameters) => string,
): TemplateRow<Parameters> => ({ ...composed(status, exit, meaning), message });
