import type { Random } from '../../../../learning/numeric/random/index.js';
import { type Month, momentIn } from './calendar.js';
import type { Customer } from './customer.js';
import { between, chance, pick, poisson } from './draws.js';
import { drawPerson } from './people.js';
import { bankBooking, type Posting, payParty } from './posting.js';

const monthlyCardRate = 0.02;

/** Card balance that remains after the month's payment, INR. */
const carriedOver = (customer: Customer): number => Math.max(0, customer.owed) * (1 - customer.profile.cardRepayment);

/** Payment of a part of last month's card balance, and interest on the rest. */
export function payCardBill(random: Random, customer: Customer, month: Month): Posting[] {
  const payment = Math.max(0, customer.owed) * customer.profile.cardRepayment;
  if (payment < 1) return [];
  const at = momentIn(month, 15 + random.integer(5), between(random, 9, 20));
  const text = `BILLDK/CREDIT CARD XX${customer.profile.cardDigits}`;
  const transfer = { at, channel: 'other', category: 'transfer' } as const;
  const bookings = [
    bankBooking(text, { ...transfer, amount: -payment }),
    bankBooking('PAYMENT RECEIVED THANK YOU', { ...transfer, at: at + 60_000, amount: payment, account: 'card' }),
  ];
  const interest = carriedOver(customer) * monthlyCardRate;
  if (interest < 1) return bookings;
  const charge = {
    at: at + 120_000,
    amount: -interest,
    channel: 'interest',
    category: 'interest',
    account: 'card',
  } as const;
  return [...bookings, bankBooking('FINANCE CHARGES', charge)];
}

/** Expected card interest of a month, for the oracle, INR. */
export const expectedInterest = (customer: Customer): number => carriedOver(customer) * monthlyCardRate;

/** Transfers to and from friends and family. */
export function friendTransfers(random: Random, customer: Customer, month: Month): Posting[] {
  return Array.from({ length: poisson(random, 2) }, () => {
    const at = momentIn(month, 1 + random.integer(month.days), between(random, 8, 22.5));
    const amount = customer.life.spending * 0.02 * (chance(random, 0.3) ? 1 : -1) * between(random, 0.3, 2.5);
    const party = { type: 'PERSON', ...drawPerson(random) } as const;
    const channel = chance(random, 0.85) ? 'upi' : 'imps';
    return payParty(random, customer.profile, party, { at, amount, channel, category: 'transfer' });
  });
}

const invest = (customer: Customer, random: Random, at: number): Posting => {
  const excess = customer.balance - 2.5 * customer.life.income;
  const broker = {
    type: 'ORG',
    name: pick(random, ['ZERODHA', 'GROWW', 'SBI MUTUAL FUND', 'HDFC MF SIP']),
  } as const;
  const order = { at, amount: -excess * 0.7, channel: 'nach', category: 'investment' } as const;
  return payParty(random, customer.profile, broker, order);
};

const helpFromFamily = (customer: Customer, random: Random, at: number): Posting => {
  const party = { type: 'PERSON', ...drawPerson(random) } as const;
  const gift = {
    at,
    amount: customer.life.income * 0.4 - customer.balance,
    channel: 'imps',
    category: 'transfer',
  } as const;
  return payParty(random, customer.profile, party, gift);
};

/** Invests a balance above three months of income; receives family help below minus half a month of income. */
export function investOrBorrow(random: Random, customer: Customer, month: Month): Posting[] {
  const at = momentIn(month, 6 + random.integer(3), between(random, 9, 16));
  if (customer.balance > 3 * customer.life.income) return [invest(customer, random, at)];
  if (customer.balance < -0.5 * customer.life.income) return [helpFromFamily(customer, random, at)];
  return [];
}

/** Quarterly interest of a savings account with a positive balance. */
export function savingsInterest(customer: Customer, month: Month): Posting[] {
  if (month.calendarMonth % 3 !== 2 || customer.balance <= 0) return [];
  const at = momentIn(month, month.days, 22);
  const amount = customer.balance * 0.007;
  return [bankBooking('INT.PD QTR', { at, amount, channel: 'interest', category: 'interest' })];
}
