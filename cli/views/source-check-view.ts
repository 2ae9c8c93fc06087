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
 * Examines the database of BACKEND_DATABASE_URL and says what each model could learn from it. Starts no service, writes
 * nothing. Exit code 2 when there is something to fix: an error of the source, or no model that could learn.
 * @throws PipelineError `INVALID_CONFIG`, `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`.
 */
export async function checkOwnSource(cli: CliContext, options: CheckSourceOptions): Promise<void> {
  const url = requireBackendUrl(cli);
  const { rows: maxRows = DEFAULT_ROWS, timeout: seconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const limits = { source: OWN_SOURCE, asOf: Date.now(), maxRows, seconds };
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
