import { DAY_MS, dayInMonth, dayOfMonth, dayOfTime, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import type { CreditApplicationRow, LoanRow, TransactionRow } from '../backend/generator/rows.js';
import { decodeTransaction, signOf } from './codes.js';
import { CURRENCY } from './people.js';
import { type BerkaRow, locateTable, readTable } from './table-file.js';

/** Last day of the original study, which is the outcome date of loans that were still running. */
const STUDY_END = Date.UTC(1998, 11, 31);

const ownedBy = (row: BerkaRow, ownerOf: ReadonlyMap<string, string>): string =>
  ownerOf.get(row.text('account_id')) ?? row.invalid('account_id', 'an account with an owner in disp.asc');

/** The same day some months later, or the last day of a shorter month; both at midnight UTC. */
function addMonths(date: number, months: number): number {
  const day = dayOfTime(date);
  return dayInMonth(monthOfDay(day) + months, dayOfMonth(day)) * DAY_MS;
}

/** A loan and its application. */
export interface BerkaLoan {
  readonly loan: LoanRow;
  readonly application: CreditApplicationRow;
  readonly bad: boolean;
}

/** A: ended well, B: ended unpaid, C: running well, D: running in debt. */
function outcomeOf(row: BerkaRow, granted: number): { readonly bad: boolean; readonly at: number } {
  const status = row.text('status');
  if (!/^[ABCD]$/.test(status)) row.invalid('status', 'A, B, C or D');
  const ended = status === 'A' || status === 'B';
  const bad = status === 'B' || status === 'D';
  return { bad, at: ended ? addMonths(granted, row.integer('duration')) : STUDY_END };
}

function loanOf(row: BerkaRow, user_id: string): BerkaLoan {
  const id = String(row.integer('loan_id'));
  const date = row.date('date');
  const { bad, at } = outcomeOf(row, date);
  const amount = row.decimal('amount');
  const shared = {
    id,
    user_id,
    kind: 'personal' as const,
    term_months: row.integer('duration'),
    collateral_kind: null,
    collateral_value: null,
  };
  return {
    bad,
    loan: {
      ...shared,
      application_id: id,
      principal: amount,
      annual_rate: null,
      emi: row.decimal('payments'),
      disbursed_at: date,
      closed_at: bad ? null : at,
      defaulted_at: bad ? at : null,
    },
    application: {
      ...shared,
      applied_at: date,
      requested_amount: amount,
      declared_monthly_income: null,
      employment: null,
      decision: 'approved',
      decided_at: date,
      loan_id: id,
      outcome: bad ? 'defaulted' : 'repaid',
      outcome_at: at,
    },
  };
}

const loanColumns = ['loan_id', 'account_id', 'date', 'amount', 'duration', 'payments', 'status'];

/** Reads all loans from loan.asc, or those before 1997 if only loan_before_1997.asc exists. */
export async function readLoans(folder: string, ownerOf: ReadonlyMap<string, string>): Promise<BerkaLoan[]> {
  const loans: BerkaLoan[] = [];
  for await (const row of readTable(locateTable(folder, ['loan', 'loan_before_1997']), loanColumns))
    loans.push(loanOf(row, ownedBy(row, ownerOf)));
  return loans;
}

function transactionOf(row: BerkaRow, user_id: string): TransactionRow {
  const { channel, category, description } = decodeTransaction(row);
  return {
    id: String(row.integer('trans_id')),
    account_id: row.text('account_id'),
    user_id,
    booked_at: row.date('date'),
    amount: signOf(row) * row.decimal('amount'),
    currency: CURRENCY,
    channel,
    merchant: null,
    description,
    category,
    balance_after: row.decimal('balance'),
    disputed_at: null,
  };
}

const transactionColumns = ['trans_id', 'account_id', 'date', 'type', 'operation', 'amount', 'balance', 'k_symbol'];

/** Streams the transactions in batches of 5,000. */
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
