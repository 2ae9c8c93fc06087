import type { Pool } from 'pg';
import { GENERATED_SOURCE } from '../../../../contracts/ids.js';
import type { SourceCatalog } from '../../catalog.js';
import { replaceSource, type RowCounts } from '../load.js';
import { migrateBackend } from '../migrate.js';
import { generateCustomers } from './generate.js';
import { type GeneratorOptions, type GeneratorSettings, parseGeneratorOptions } from './options.js';
import type { BackendRows } from './rows.js';

export { generateCustomers } from './generate.js';

export { type GeneratorOptions, generatorOptions, type GeneratorSettings, parseGeneratorOptions } from './options.js';

/** Generated customers live in Indian time. */
export const GENERATED_TIME_ZONE = 'Asia/Kolkata';

/** The database for the rows and the catalogue that lists the source. */
export interface GeneratorStores {
  readonly backendPool: Pool;
  readonly catalog: Pick<SourceCatalog, 'add'>;
}

/** Settings and row counts of a finished generation. */
export interface GeneratedBackend {
  readonly source: string;
  readonly settings: GeneratorSettings;
  readonly rows: RowCounts;
}

function* rowsOf(settings: GeneratorSettings, onCustomer: (done: number) => void): Generator<BackendRows> {
  let done = 0;
  for (const customer of generateCustomers(settings)) {
    yield customer.rows;
    onCustomer(++done);
  }
}

/**
 * Generates synthetic customers, replaces the rows of source `generated` with them in one transaction, and makes that
 * source the active one.
 * @param onCustomer - called with the number of customers written so far.
 * @throws PipelineError `INVALID_INPUT` for options out of range.
 */
export async function generateBackend(
  stores: GeneratorStores,
  options: GeneratorOptions = {},
  onCustomer: (done: number) => void = () => undefined,
): Promise<GeneratedBackend> {
  const settings = parseGeneratorOptions(options);
  await migrateBackend(stores.backendPool);
  const rows = await replaceSource(stores.backendPool, GENERATED_SOURCE, rowsOf(settings, onCustomer));
  const detail = { ...settings, synthetic: true, transactions: rows.transactions };
  await stores.catalog.add(GENERATED_SOURCE, detail, { activate: true });
  return { source: GENERATED_SOURCE, settings, rows };
}
