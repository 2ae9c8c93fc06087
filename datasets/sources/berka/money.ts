import type { CreditApplicationRow, LoanRow, TransactionRow } from '../backend/generator/rows.js';
import { meaningOf, signOf } from './codes.js';
import { CURRENCY } from './people.js';
import { type BerkaRow, locateTable, readTable } from './table-file.js';

/** The last day of the original study: what was still running then is judged as of this day. */
const STUDY_END = Date.UTC(1998, 11, 31);

const ownedBy = (row: BerkaRow, ownerOf: ReadonlyMap<string, string>): string =>
  ownerOf.get(row.text('account_id')) ?? row.refuse('account_id', 'an account with an owner in disp.asc');

/** The same day some months later, the last day of a shorter month. */
function addMonths(moment: number, months: number): number {
  const from = new Date(moment);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  return Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, Math.min(from.getUTCDate(), lastDay));
}

/** A loan and the application it was granted on. */
export interface BerkaLoan {
  readonly loan: LoanRow;
  readonly application: CreditApplicationRow;
  readonly bad: boolean;
}

/** A: ended well, B: ended unpaid, C: running well, D: running in debt. */
function outcomeOf(row: BerkaRow, granted: number): { readonly bad: boolean; readonly at: number } {
  const status = row.text('status');
  if (!/^[ABCD]$/.test(status)) row.refuse('status', 'A, B, C or D');
  const ended = status === 'A' || status === 'B';
  const bad = status === 'B' || status === 'D';
  return { bad, at: ended ? addMonths(granted, row.integer('duration')) : STUDY_END };
}

function loanOf(row: BerkaRow, user_id: string): BerkaLoan {
  const id = String(row.integer('loan_id'));
  const date = row.date('date');
  const { bad, at } = outcomeOf(row, date);
  const unsecured = { collateral_kind: null, collateral_value: null };
  const shared = { user_id, kind: 'personal' as const, term_months: row.integer('duration'), ...unsecured };
  const amount = row.decimal('amount');
  return {
    bad,
    loan: {
      ...{ id, ...shared, application_id: id, principal: amount, annual_rate: null, emi: row.decimal('payments') },
      ...{ disbursed_at: date, closed_at: bad ? null : at, defaulted_at: bad ? at : null },
    },
    application: {
      ...{ id, ...shared, applied_at: date, requested_amount: amount, declared_monthly_income: null, employment: null },
      ...{ decision: 'approved', decided_at: date, loan_id: id, outcome: bad ? 'defaulted' : 'repaid', outcome_at: at },
    },
  };
}

const loanColumns = ['loan_id', 'account_id', 'date', 'amount', 'duration', 'payments', 'status'];

/** Reads the loans: all of loan.asc, or the part before 1997 where only that is there. */
export async function readLoans(folder: string, ownerOf: ReadonlyMap<string, string>): Promise<BerkaLoan[]> {
  const loans: BerkaLoan[] = [];
  for await (const row of readTable(locateTable(folder, ['loan', 'loan_before_1997']), loanColumns))
    loans.push(loanOf(row, ownedBy(row, ownerOf)));
  return loans;
}

function transactionOf(row: BerkaRow, user_id: string): TransactionRow {
  const { channel, category, words } = meaningOf(row);
  return {
    ...{
      id: String(row.integer('trans_id')),
      account_id: row.text('account_id'),
      user_id,
      booked_at: row.date('date'),
    },
    ...{ amount: signOf(row) * row.decimal('amount'), currency: CURRENCY, channel, merchant: null },
    ...{ description: words, category, balance_after: row.decimal('balance'), disputed_at: null },
  };
}

const transactionColumns = ['trans_id', 'account_id', 'date', 'type', 'operation', 'amount', 'balance', 'k_symbol'];

/** Streams the transactions in batches of some thousand. */
export async function* readTransactions(
  folder: string,
  ownerOf: ReadonlyMap<string, string>,
): AsyncGenerator<TransactionRow[]> {
  let batch: TransactionRow[] = [];
  for await (const row of readTable(locateTable(folder, ['trans']), [...transactionColumns, 'bank', 'account'])) {
    batch.push(transactionOf(row, ownedBy(row, ownerOf)));
    if (batch.length === 5000) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}
