import { type ErrorDetails, PipelineError } from '../../../../contracts/errors.js';

/** One thing in the source database that is not as extraction needs it. */
export interface SourceFinding {
  /** `backend.users`; `backend` for the whole schema. */
  readonly table: string;
  readonly column: string | null;
  /** A run would end at an `error`; a `warning` is worth a look. */
  readonly severity: 'error' | 'warning';
  readonly found: string;
  readonly wanted: string;
  /** SQL to paste, or what to do; '' where nothing can be said. */
  readonly remedy: string;
}

const SCHEMA_PAGE = 'docs/backend-schema.md';

/**
 * `SOURCE_SCHEMA_MISMATCH` for the findings of one table, which names the first of them.
 * @param findings - not empty. @param more - further details. @param where - what was looked at.
 */
export function schemaMismatch(
  findings: readonly SourceFinding[],
  more: ErrorDetails = {},
  cause?: unknown,
  where: 'the source database' | 'the folder' = 'the source database',
): PipelineError {
  const [{ table, column, found, wanted, remedy }] = findings as readonly [SourceFinding, ...SourceFinding[]];
  const place = column === null ? table : `${table}.${column}`;
  const isFolder = where === 'the folder';
  const others = findings.length === 1 ? '' : `; ${findings.length - 1} more${isFolder ? '' : ' in this table'}`;
  const command = isFolder ? 'ml data check-source --folder <folder>' : 'ml data check-source';
  const message = `${where} does not fit: ${place}: ${found}, wanted ${wanted}${others} (\`${command}\` shows everything)`;
  const details: ErrorDetails = {
    table,
    ...(column === null ? {} : { column }),
    found,
    wanted,
    remedy,
    page: SCHEMA_PAGE,
    ...more,
  };
  return new PipelineError('SOURCE_SCHEMA_MISMATCH', message, details, { cause });
}
