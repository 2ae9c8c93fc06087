import type { Random } from '../../../../learning/numeric/random/index.js';
import type { Channel, TransactionCategory } from '../categories.js';
import { describePayment, type Mark, type Party, plainLine } from './descriptions.js';
import { roundMoney } from './draws.js';
import { familyOfName } from './families.js';
import type { Merchant } from './merchants.js';
import type { Profile } from './profile.js';

/** A transaction before it is booked: without id, order and balance. */
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
  /** Ground truth for anomaly detection; not in the tables. */
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

/** Fields of a posting that depend on the other party. */
type Parties = Pick<Posting, 'merchant' | 'description' | 'marks' | 'family'>;

/** `amount` is signed. */
const post = (payment: Payment, parties: Parties): Posting => ({
  at: payment.at,
  account: payment.account ?? 'main',
  amount: roundMoney(payment.amount),
  channel: payment.channel,
  category: payment.category,
  ...parties,
  fraud: payment.fraud ?? false,
});

/** A purchase; `payment.amount` is positive and is debited. */
export function payMerchant(random: Random, profile: Profile, merchant: Merchant, payment: Payment): Posting {
  const { name, family } = merchant;
  const line = describePayment(random, profile, { ...payment, party: { type: 'MERCHANT', name } });
  const parties = { merchant: name, description: line.text, marks: line.marks, family };
  return { ...post(payment, parties), amount: -roundMoney(payment.amount) };
}

/** A payment to or from a person or organisation; `payment.amount` is signed. */
export function payParty(
  random: Random,
  profile: Profile,
  party: Party & { readonly family?: number },
  payment: Payment,
): Posting {
  const line = describePayment(random, profile, { ...payment, party, incoming: payment.amount > 0 });
  const family = party.family ?? familyOfName(party.name);
  return post(payment, { merchant: null, description: line.text, marks: line.marks, family });
}

/** A booking without another party, such as a charge; `payment.amount` is signed. */
export function bankBooking(text: string, payment: Payment): Posting {
  return post(payment, { merchant: null, description: plainLine(text).text, marks: [], family: null });
}
