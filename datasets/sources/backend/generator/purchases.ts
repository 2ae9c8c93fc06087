import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import { type Month, momentIn } from './calendar.js';
import { difficulty } from './difficulty.js';
import { between, chance, digits, meanOneNoise, habitualCount, pick } from './draws.js';
import type { Life } from './life.js';
import type { Merchant } from './merchants.js';
import { merchantsOf } from './merchants.js';
import { bankBooking, payMerchant, type Posting } from './posting.js';
import { type Profile, purchaseCategories, type PurchaseCategory } from './profile.js';
import { seasonalFactor } from './seasons.js';

/** Share of spending, purchases per month, and opening hours by category. */
const habits: Readonly<Record<PurchaseCategory, { share: number; count: number; hours: readonly [number, number] }>> = {
  groceries: { share: 0.22, count: 5, hours: [8, 21] },
  dining: { share: 0.1, count: 4.5, hours: [12, 23] },
  fuel: { share: 0.07, count: 2.5, hours: [7, 21] },
  transport: { share: 0.04, count: 3, hours: [7, 22.5] },
  shopping: { share: 0.15, count: 3, hours: [10, 22.5] },
  entertainment: { share: 0.03, count: 1.2, hours: [11, 23] },
  health: { share: 0.05, count: 1.4, hours: [9, 20] },
  travel: { share: 0.025, count: 0.6, hours: [9, 22] },
  household: { share: 0.04, count: 1.2, hours: [10, 20] },
  cash: { share: 0.08, count: 2, hours: [8, 21] },
};

/** Factor on spending while unemployed. */
const unemployedFactor = 0.75;

/** Expected spending of a customer in a category this month, INR. */
function expectedPurchases(profile: Profile, life: Life, month: Month, category: PurchaseCategory): number {
  const season = seasonalFactor(category, month, profile.seasonality);
  const workFactor = life.jobBackAt === null ? 1 : unemployedFactor;
  return life.spending * habits[category].share * (profile.taste[category] ?? 1) * season * workFactor;
}

/** A merchant of the customer, each half as likely as the one before it; with probability `newPlaces` any merchant. */
function chooseMerchant(random: Random, profile: Profile, category: PurchaseCategory): Merchant {
  const usual = profile.habits[category] ?? [];
  if (usual.length === 0 || chance(random, difficulty.anomaly.newPlaces)) return pick(random, merchantsOf(category));
  const rank = Math.floor(-Math.log2(1 - random.uniform()));
  return usual[Math.min(rank, usual.length - 1)]!;
}

/** A random hour within the category's opening hours; with probability `nightOwls` at night. */
function hourOf(random: Random, category: PurchaseCategory): number {
  const [open, close] = habits[category].hours;
  return chance(random, difficulty.anomaly.nightOwls) ? between(random, 0, 5.5) : between(random, open, close);
}

/** Moves some purchases to within an hour after the previous one. */
const groupIntoRounds = (random: Random, purchases: readonly Posting[], month: Month): Posting[] => {
  let previous: Posting | null = null;
  return purchases.map((purchase) => {
    const follows = previous !== null && chance(random, difficulty.anomaly.rounds);
    const at = follows ? previous!.at + Math.floor(between(random, 3, 50)) * 60_000 : purchase.at;
    previous = at < month.end ? { ...purchase, at } : purchase;
    return previous;
  });
};

function withdrawal(random: Random, profile: Profile, at: number, amount: number): Posting {
  const rounded = Math.max(500, Math.round(amount / 500) * 500);
  const text = `ATM-CASH/${profile.city.toUpperCase()}/${digits(random, 6)}`;
  return bankBooking(text, { at, amount: -rounded, channel: 'atm', category: 'cash' });
}

function purchase(
  random: Random,
  profile: Profile,
  month: Month,
  order: { category: PurchaseCategory; amount: number },
): Posting {
  const { category, amount } = order;
  const at = momentIn(month, 1 + random.integer(month.days), hourOf(random, category));
  if (category === 'cash') return withdrawal(random, profile, at, amount);
  const byCard = chance(random, profile.cardShare);
  const account = byCard ? 'card' : 'main';
  const merchant = chooseMerchant(random, profile, category);
  return payMerchant(random, profile, merchant, { at, amount, channel: byCard ? 'card' : 'upi', category, account });
}

/** Purchases of one category in a month. @param order.expected - their expected total, INR. */
function purchasesIn(
  random: Random,
  profile: Profile,
  month: Month,
  order: { category: PurchaseCategory; expected: number },
): Posting[] {
  const { category, expected } = order;
  const usualCount = habits[category].count;
  const count = habitualCount(random, usualCount);
  return Array.from({ length: count }, () => {
    const amount = (expected / usualCount) * meanOneNoise(random, difficulty.spending.purchaseNoise);
    return purchase(random, profile, month, { category, amount: Math.max(10, amount) });
  });
}

/** All freely chosen purchases of a month. */
export function purchasesOf(random: Random, profile: Profile, life: Life, month: Month): Posting[] {
  const monthFactor = meanOneNoise(random, difficulty.spending.monthShock);
  const purchases = purchaseCategories.flatMap((category) => {
    const expected = expectedPurchases(profile, life, month, category) * monthFactor;
    return purchasesIn(random, profile, month, { category, expected });
  });
  return groupIntoRounds(random, purchases, month);
}

/** Expected value of all freely chosen purchases of a month, for the oracle, INR. */
export const expectedSpending = (profile: Profile, life: Life, month: Month): number =>
  sum(purchaseCategories.map((category) => expectedPurchases(profile, life, month, category)));
