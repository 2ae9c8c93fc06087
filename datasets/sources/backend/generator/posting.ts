import type { Random } from '../../../../learning/random/index.js';
import type { Channel, TransactionCategory } from '../categories.js';
import { describePayment, type Mark, type Party, plainLine } from './descriptions.js';
import { money } from './draws.js';
import { familyOfName } from './families.js';
import type { Merchant } from './merchants.js';
import type { Profile } from './profile.js';

/** A transaction before it has a number, an order and a balance. */
export interface Posting {
  readonly at: number;
  readonly account: 'main' | 'card';
  /** Signed. */
  readonly amount: number;
  readonly channel: Channel;
  readonly category: TransactionCategory;
  readonly merchant: string | null;
  readonly description: string;
  readonly marks: readonly Mark[];
  /** Family of merchant or payee; null when there is none. */
  readonly family: number | null;
  /** The hidden truth that anomaly detection is judged by. */
  readonly fraud: boolean;
}

interface Payment {
  readonly at: number;
  readonly amount: number;
  readonly channel: Channel;
  readonly category: TransactionCategory;
  readonly account?: 'main' | 'card';
  readonly fraud?: boolean;
}

/** A purchase; `amount` is positive and leaves the account. */
export function payMerchant(random: Random, profile: Profile, merchant: Merchant, payment: Payment): Posting {
  const party: Party = { type: 'MERCHANT', name: merchant.name };
  const line = describePayment(random, profile, { ...payment, party });
  return {
    at: payment.at,
    account: payment.account ?? 'main',
    amount: -money(payment.amount),
    channel: payment.channel,
    category: payment.category,
    merchant: merchant.name,
    description: line.text,
    marks: line.marks,
    family: merchant.family,
    fraud: payment.fraud ?? false,
  };
}

/** A payment to or from a person or organisation; `amount` is signed. */
export function settleWith(
  random: Random,
  profile: Profile,
  party: Party & { readonly family?: number },
  payment: Payment,
): Posting {
  const line = describePayment(random, profile, { ...payment, party, incoming: payment.amount > 0 });
  return {
    at: payment.at,
    account: payment.account ?? 'main',
    amount: money(payment.amount),
    channel: payment.channel,
    category: payment.category,
    merchant: null,
    description: line.text,
    marks: line.marks,
    family: party.family ?? familyOfName(party.name),
    fraud: payment.fraud ?? false,
  };
}

/** A booking of the bank's own; `amount` is signed. */
export function bankBooking(text: string, payment: Payment): Posting {
  return {
    at: payment.at,
    account: payment.account ?? 'main',
    amount: money(payment.amount),
    channel: payment.channel,
    category: payment.category,
    merchant: null,
    description: plainLine(text).text,
    marks: [],
    family: null,
    fraud: payment.fraud ?? false,
  };
}
