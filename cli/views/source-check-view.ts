import { PipelineError } from '../../contracts/errors.js';
import { OWN_SOURCE } from '../../contracts/ids.js';
import { checkSource } from '../../datasets/sources/backend/check/check-source.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { createLogger } from '../../platform/logging.js';
import { createPool } from '../../platform/postgres/pool.js';
import { assessModel } from '../../training/assess-source.js';
import type { CliContext } from '../program/context.js';
import { reportCheck } from './source-check-report.js';

export interface CheckSourceOptions {
  readonly rows?: number;
  readonly timeout?: number;
  readonly folder?: string;
}

const DEFAULT_ROWS = 100_000;
const DEFAULT_TIMEOUT_SECONDS = 30;

/** @throws PipelineError `INVALID_CONFIG`. */
function requireBackendUrl({ config }: CliContext): string {
  if (config.backendDatabaseUrl !== null) return config.backendDatabaseUrl;
  const wanted = 'set it to the address of your own PostgreSQL, in the environment or in .env';
  throw new PipelineError('INVALID_CONFIG', `BACKEND_DATABASE_URL is not set; ${wanted}`);
}

/**
 * Examines a folder of Parquet or CSV files in place of a database: every difference from the documented tables, with
 * what to write. Exit code 2 when there is something to fix.
 * @throws PipelineError `FILE_NOT_READABLE`, `INVALID_INPUT`, `MALFORMED_FILE`.
 */
async function checkFolderSource(cli: CliContext, folder: string): Promise<void> {
  const { checkFolder } = await import('../../datasets/sources/folder/import.js');
  const { folder: path, tables, absent, findings } = await checkFolder(folder);
  if (findings.length > 0) cli.exitWith(2);
  const counted = tables.map(({ files, rows }) => ({
    table: files.table,
    format: files.format,
    files: files.paths.length,
    rows,
  }));
  cli.out.result({ folder: path, tables: counted, absent, findings }, () => {
    const rows = counted.map((one) => [one.table, one.format, String(one.files), one.rows.toLocaleString('en-US')]);
    cli.out.table({ head: ['table', 'format', 'files', 'rows'], rows, right: ['files', 'rows'] });
    if (absent.length > 0) cli.out.line(`without files, read as empty: ${absent.join(', ')}`);
    cli.out.line();
    if (findings.length === 0) cli.out.line(`fits; \`ml data import folder ${path}\` loads it`);
    else {
      const found = findings.map((one) => [one.table, one.column ?? '', one.found, one.wanted, one.remedy]);
      cli.out.table({ head: ['file', 'column', 'found', 'wanted', 'what to do'], rows: found });
    }
  });
}

/**
 * Examines the database of BACKEND_DATABASE_URL and says what each model could learn from it. Starts no service, writes
 * nothing. Exit code 2 when there is something to fix: an error of the source, or no model that could learn.
 * @throws PipelineError `INVALID_CONFIG`, `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`.
 */
export async function checkOwnSource(cli: CliContext, options: CheckSourceOptions): Promise<void> {
  if (options.folder !== undefined) {
    await checkFolderSource(cli, options.folder);
    return;
  }
  const url = requireBackendUrl(cli);
  const { rows: maxRows = DEFAULT_ROWS, timeout: seconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const queriesFolder = cli.config.backendQueriesDir;
  const limits = { source: OWN_SOURCE, asOf: Date.now(), maxRows, seconds, queriesFolder };
  const pool = createPool(url, createLogger({ level: 'warn', name: 'ml' }), { max: 1 });
  const progress = cli.out.progress();
  try {
    const onTable = (table: string): void => progress.update([`reading backend.${table}`]);
    const { maxRejectedShare } = cli.config;
    const check = await checkSource(pool, { ...limits, maxRejectedShare, onTable });
    progress.update(['building the training tables']);
    const rowsOf = { ...limits, tables: check.samples, cut: check.cut };
    const models = (await loadCatalogue()).map((model) => assessModel(model, rowsOf));
    progress.done();
    reportCheck(cli, check, models);
  } finally {
    progress.done();
    await pool.end();
  }
}
