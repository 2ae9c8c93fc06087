import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import { expectedBills, payBills } from './bills.js';
import type { Month } from './calendar.js';
import { applyForCredit } from './credit/applications.js';
import { expectedInstalments, payInstalments } from './credit/instalments.js';
import { type Customer, startCustomer } from './customer.js';
import { between } from './draws.js';
import { fraudPostings } from './fraud.js';
import { investOrBorrow, expectedInterest, friendTransfers, savingsInterest, payCardBill } from './housekeeping.js';
import { incomeOf } from './income.js';
import { writeMessages } from './chat/messages.js';
import { reviewAlerts } from './feedback.js';
import { accountId, bookMonth, isSpending } from './ledger.js';
import { updateLife } from './life.js';
import { drawProfile } from './profile.js';
import { annotateLines } from './statement-lines.js';
import { expectedSpending, purchasesOf } from './purchases.js';

/** Separate random streams for the parts of the simulation, so that a change in one does not change the others' rows. */
interface Streams {
  readonly life: Random;
  readonly money: Random;
  readonly credit: Random;
  readonly fraud: Random;
  readonly text: Random;
}

function openAccounts(customer: Customer): void {
  const { profile, rows } = customer;
  rows.users.push({
    id: profile.id,
    created_at: profile.joinedAt,
    birth_date: profile.birthDate,
    gender: profile.gender,
    city: profile.city,
    employment: profile.employment,
    currency: 'INR',
  });
  const common = { user_id: profile.id, currency: 'INR', opened_at: profile.joinedAt };
  const kind = profile.employment === 'self_employed' ? 'current' : 'savings';
  rows.accounts.push({ id: accountId(profile.id, 'main'), ...common, kind, credit_limit: null });
  if (profile.cardLimit === 0) return;
  rows.accounts.push({
    id: accountId(profile.id, 'card'),
    ...common,
    kind: 'credit_card',
    credit_limit: profile.cardLimit,
  });
}

function expectedTotal(customer: Customer, month: Month): number {
  const { profile, life } = customer;
  const purchasesAndBills = expectedSpending(profile, life, month) + expectedBills(profile, life, month);
  return purchasesAndBills + expectedInstalments(customer, month) + expectedInterest(customer);
}

function simulateMonth(streams: Streams, customer: Customer, month: Month): void {
  const { profile, life } = customer;
  updateLife(streams.life, profile, life, month);
  const expected = expectedTotal(customer, month);
  const purchases = purchasesOf(streams.money, profile, life, month);
  const postings = [
    ...incomeOf(streams.money, profile, life, month),
    ...payBills(streams.money, profile, life, month),
    ...purchases,
    ...friendTransfers(streams.money, customer, month),
    ...payCardBill(streams.money, customer, month),
    ...investOrBorrow(streams.money, customer, month),
    ...savingsInterest(customer, month),
    ...payInstalments(streams.credit, customer, month),
    ...applyForCredit(streams.credit, customer, month),
    ...fraudPostings(streams.fraud, profile, month, purchases),
  ];
  const booked = bookMonth(streams.fraud, customer, month, postings);
  const actual = sum(booked.filter(({ row }) => isSpending(row)).map(({ row }) => -row.amount));
  customer.truth.spending.push({ month, expected, actual });
  annotateLines(streams.text, customer, booked);
  reviewAlerts(streams.fraud, customer, booked);
  writeMessages(streams.text, customer, month);
}

/** Simulates one customer month by month: accounts, transactions, loans, applications, messages and feedback. */
export function simulateCustomer(random: Random, id: string, months: readonly Month[]): Customer {
  const profile = drawProfile(random.fork('profile'), id, months);
  const end = months[months.length - 1]!.end;
  const customer = startCustomer(profile, end, between(random, 0.3, 2));
  const streams: Streams = {
    life: random.fork('life'),
    money: random.fork('money'),
    credit: random.fork('credit'),
    fraud: random.fork('fraud'),
    text: random.fork('text'),
  };
  openAccounts(customer);
  for (const month of months.slice(profile.firstMonth)) simulateMonth(streams, customer, month);
  return customer;
}
