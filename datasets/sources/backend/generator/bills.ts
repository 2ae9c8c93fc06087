import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import type { Channel, TransactionCategory } from '../categories.js';
import { type Month, momentIn } from './calendar.js';
import { between, meanOneNoise } from './draws.js';
import type { Life } from './life.js';
import type { Merchant } from './merchants.js';
import { type Posting, payMerchant, payParty } from './posting.js';
import type { Profile } from './profile.js';
import { seasonalFactor } from './seasons.js';

/** A recurring bill with its expected amount this month and its due day. */
interface Bill {
  readonly category: TransactionCategory;
  readonly expected: number;
  readonly day: number;
  readonly channel: Channel;
  /** Standard deviation of the log of the amount. */
  readonly noise: number;
  /** The customer's merchant for this bill; undefined: the bill is not paid. */
  readonly merchant: Merchant | undefined;
}

const merchantFor = (profile: Profile, category: TransactionCategory, rank = 0): Merchant | undefined =>
  profile.habits[category]?.[rank];

const priced = (life: Life, share: number): number => life.spending * share;

function monthlyBills(profile: Profile, life: Life, month: Month): Bill[] {
  const season = seasonalFactor('utilities', month, profile.seasonality);
  const subscription = profile.income > 40_000 ? 499 : 199;
  return [
    {
      category: 'utilities',
      expected: priced(life, 0.05) * season,
      day: 8,
      channel: 'upi',
      noise: 0.1,
      merchant: merchantFor(profile, 'utilities'),
    },
    {
      category: 'telecom',
      expected: priced(life, 0.015),
      day: 12,
      channel: 'upi',
      noise: 0.02,
      merchant: merchantFor(profile, 'telecom'),
    },
    {
      category: 'telecom',
      expected: priced(life, 0.015),
      day: 5,
      channel: 'nach',
      noise: 0,
      merchant: merchantFor(profile, 'telecom', 1),
    },
    {
      category: 'entertainment',
      expected: subscription,
      day: 17,
      channel: 'nach',
      noise: 0,
      merchant: merchantFor(profile, 'entertainment'),
    },
  ];
}

/** Bills that are due once or a few times a year, because of which a plain mean is a poor forecast. */
function yearlyBills(profile: Profile, life: Life, month: Month): Bill[] {
  const bills: Bill[] = [];
  const { calendarMonth } = month;
  if (calendarMonth === profile.premiumMonth) {
    bills.push({
      category: 'insurance',
      expected: priced(life, 0.3),
      day: 10,
      channel: 'nach',
      noise: 0.02,
      merchant: merchantFor(profile, 'insurance'),
    });
  }
  if (calendarMonth === profile.journeyMonth) {
    const expected = priced(life, 0.35) * profile.seasonality;
    bills.push({
      category: 'travel',
      expected,
      day: 14,
      channel: 'upi',
      noise: 0.15,
      merchant: merchantFor(profile, 'travel'),
    });
  }
  if (life.hasChildren && calendarMonth % 3 === 0) {
    bills.push({
      category: 'education',
      expected: priced(life, 0.25),
      day: 6,
      channel: 'neft',
      noise: 0.03,
      merchant: merchantFor(profile, 'education'),
    });
  }
  return bills;
}

const billsIn = (profile: Profile, life: Life, month: Month): Bill[] => [
  ...monthlyBills(profile, life, month),
  ...yearlyBills(profile, life, month),
];

function payBill(random: Random, profile: Profile, month: Month, bill: Bill): Posting[] {
  if (bill.merchant === undefined) return [];
  const at = momentIn(month, bill.day + random.integer(3), between(random, 8, 20));
  const amount = bill.expected * meanOneNoise(random, bill.noise);
  return [payMerchant(random, profile, bill.merchant, { at, amount, channel: bill.channel, category: bill.category })];
}

function rentAndRemoval(random: Random, profile: Profile, life: Life, month: Month): Posting[] {
  if (life.rent === 0) return [];
  const at = momentIn(month, 2 + random.integer(4), between(random, 8, 20));
  const party = { type: 'PERSON', ...profile.landlord } as const;
  const rent = payParty(random, profile, party, { at, amount: -life.rent, channel: 'imps', category: 'rent' });
  if (life.removalCosts === 0) return [rent];
  const movers = { type: 'ORG', name: 'AGARWAL PACKERS' } as const;
  const moved = { at, amount: -life.removalCosts, channel: 'imps', category: 'household' } as const;
  return [rent, payParty(random, profile, movers, moved)];
}

/** Payments of rent, utilities, telephone, subscriptions and yearly bills in a month. */
export const payBills = (random: Random, profile: Profile, life: Life, month: Month): Posting[] => [
  ...rentAndRemoval(random, profile, life, month),
  ...billsIn(profile, life, month).flatMap((bill) => payBill(random, profile, month, bill)),
];

/** Expected value of all bills of a month, for the oracle, INR. */
export const expectedBills = (profile: Profile, life: Life, month: Month): number =>
  life.rent + life.removalCosts + sum(billsIn(profile, life, month).map(({ expected }) => expected));
