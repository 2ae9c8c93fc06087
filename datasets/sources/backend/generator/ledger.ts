import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import type { Month } from './calendar.js';
import type { Customer } from './customer.js';
import { roundMoney } from './draws.js';
import { disputeTime } from './fraud.js';
import type { Posting } from './posting.js';
import type { TransactionRow } from './rows.js';
import type { Booked } from './statement-lines.js';

/** Id of a customer's main account or card account. */
export const accountId = (userId: string, account: Posting['account']): string =>
  `${userId}-${account === 'main' ? 'a1' : 'a2'}`;

function balanceAfter(customer: Customer, posting: Posting): number {
  if (posting.account === 'main') return (customer.balance = roundMoney(customer.balance + posting.amount));
  customer.owed = roundMoney(customer.owed - posting.amount);
  return customer.owed === 0 ? 0 : -customer.owed;
}

function book(random: Random, customer: Customer, posting: Posting): TransactionRow {
  const { profile, rows } = customer;
  const row: TransactionRow = {
    id: `${profile.id}-t${String(rows.transactions.length + 1).padStart(6, '0')}`,
    account_id: accountId(profile.id, posting.account),
    user_id: profile.id,
    booked_at: posting.at,
    amount: posting.amount,
    currency: 'INR',
    channel: posting.channel,
    merchant: posting.merchant,
    description: posting.description,
    category: posting.category,
    balance_after: balanceAfter(customer, posting),
    disputed_at: disputeTime(random, posting, customer.end),
  };
  rows.transactions.push(row);
  return row;
}

/** True for outgoing money except transfers and investments. */
export const isSpending = (row: Pick<TransactionRow, 'amount' | 'category'>): boolean =>
  row.amount < 0 && row.category !== 'transfer' && row.category !== 'investment';

const incomeCategories = new Set(['salary', 'income_other', 'pension']);
const isIncome = (row: TransactionRow): boolean => row.amount > 0 && incomeCategories.has(row.category);

function updateHistory(customer: Customer, booked: readonly TransactionRow[]): void {
  const { history, profile } = customer;
  const main = booked.filter((row) => row.account_id.endsWith('a1'));
  history.income.push(sum(booked.filter(isIncome).map((row) => row.amount)));
  history.spending.push(sum(booked.filter(isSpending).map((row) => -row.amount)));
  history.lowestBalance.push(main.reduce((low, row) => Math.min(low, row.balance_after ?? low), customer.balance));
  history.utilisation.push(profile.cardLimit > 0 ? Math.max(0, customer.owed) / profile.cardLimit : Number.NaN);
}

/** Books a month's postings in order of time, with running balances and dispute times. */
export function bookMonth(random: Random, customer: Customer, month: Month, postings: readonly Posting[]): Booked[] {
  const inMonth = postings.filter((posting) => posting.at < month.end);
  const ordered = inMonth.toSorted((a, b) => a.at - b.at);
  const booked = ordered.map((posting) => {
    const row = book(random, customer, posting);
    if (posting.fraud) customer.truth.fraud.add(row);
    return { row, posting };
  });
  updateHistory(
    customer,
    booked.map(({ row }) => row),
  );
  return booked;
}
