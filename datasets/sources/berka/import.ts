import { resolve } from 'node:path';
import type { Pool } from 'pg';
import { type RowCounts, replaceSource } from '../backend/load.js';
import { migrateBackend } from '../backend/migrate.js';
import type { BackendRows } from '../backend/generator/rows.js';
import type { SourceCatalog } from '../catalog.js';
import { type BerkaLoan, readLoans, readTransactions } from './money.js';
import { type BerkaPeople, readPeople } from './people.js';

/** Name of the source, and therefore of the model line, of the Berka data. */
export const BERKA_SOURCE = 'berka';

/** Source name and row counts of a finished import. */
export interface BerkaImport {
  readonly source: string;
  readonly rows: RowCounts;
  readonly badLoans: number;
}

async function* batchesOf(
  folder: string,
  people: BerkaPeople,
  loans: readonly BerkaLoan[],
): AsyncGenerator<Partial<BackendRows>> {
  yield { users: [...people.users], accounts: [...people.accounts] };
  yield {
    credit_applications: loans.map(({ application }) => application),
    loans: loans.map(({ loan }) => loan),
  };
  for await (const transactions of readTransactions(folder, people.ownerOf)) yield { transactions };
}

/**
 * Loads the anonymised Czech bank data of the PKDD'99 Discovery Challenge (Berka and Sochorova 1999) into the backend's
 * tables as source `berka`, replacing its previous rows in one transaction, and makes that source the active one.
 * Not imported: order.asc (its UVER rows reveal a later loan), account_aggregates.csv (no as-of date), card.asc (neither
 * limits nor transactions).
 * @param folder - with account, client, disp, district, loan (or loan_before_1997) and trans as .asc or .asc.gz.
 * @throws PipelineError `FILE_NOT_READABLE`, `FILE_EMPTY`, `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE` naming
 *   file, row and column; the tables are then unchanged.
 */
export async function importBerka(
  stores: { readonly backendPool: Pool; readonly catalog: Pick<SourceCatalog, 'add'> },
  folder: string,
): Promise<BerkaImport> {
  const people = await readPeople(folder);
  const loans = await readLoans(folder, people.ownerOf);
  await migrateBackend(stores.backendPool);
  const rows = await replaceSource(stores.backendPool, BERKA_SOURCE, batchesOf(folder, people, loans));
  const badLoans = loans.filter(({ bad }) => bad).length;
  const detail = {
    folder: resolve(folder),
    synthetic: false,
    transactions: rows.transactions,
    loans: rows.loans,
    badLoans,
  };
  await stores.catalog.add(BERKA_SOURCE, detail, { activate: true });
  return { source: BERKA_SOURCE, rows, badLoans };
}
