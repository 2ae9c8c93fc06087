import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import type { Month } from './calendar.js';
import { DAY_MS, momentIn } from './calendar.js';
import { difficulty } from './difficulty.js';
import { between, chance, digits, logNormal, pick, weighted } from './draws.js';
import { type Merchant, merchants, suspiciousMerchants } from './merchants.js';
import { cities } from './places.js';
import { bankBooking, payMerchant, type Posting } from './posting.js';
import type { Profile } from './profile.js';

const MINUTE_MS = 60_000;

/** Postings of one fraud episode. `usual` is the customer's mean purchase in the month, INR. */
type Episode = (random: Random, profile: Profile, scene: { readonly at: number; readonly usual: number }) => Posting[];

/** A merchant for a fraudulent purchase: one of the customer's own, a suspicious one, or any. */
function drawFraudMerchant(random: Random, profile: Profile): Merchant {
  const usual = profile.habits.shopping ?? [];
  if (usual.length > 0 && chance(random, difficulty.anomaly.usualShops)) return pick(random, usual);
  return pick(random, chance(random, 0.35) ? suspiciousMerchants : merchants);
}

function fraudulentPurchase(
  random: Random,
  profile: Profile,
  purchase: { at: number; amount: number; merchant: Merchant },
): Posting {
  const byCard = profile.cardLimit > 0 && chance(random, 0.5);
  return payMerchant(random, profile, purchase.merchant, {
    at: purchase.at,
    amount: Math.max(20, purchase.amount),
    channel: byCard ? 'card' : 'upi',
    account: byCard ? 'card' : 'main',
    category: purchase.merchant.category,
    fraud: true,
  });
}

/** Account takeover: several payments minutes apart, mostly at night. */
const takeover: Episode = (random, profile, { at, usual }) =>
  Array.from({ length: 2 + random.integer(4) }, (_, index) => {
    const moment = at + Math.floor(index * between(random, 2, 9) * MINUTE_MS);
    return fraudulentPurchase(random, profile, {
      at: moment,
      amount: usual * 1.4 * logNormal(random, 0.6),
      merchant: drawFraudMerchant(random, profile),
    });
  });

/** Stolen card data: one or two large purchases during the day. */
const cardFraud: Episode = (random, profile, { at, usual }) =>
  Array.from({ length: 1 + random.integer(2) }, (_, index) =>
    fraudulentPurchase(random, profile, {
      at: at + index * 25 * MINUTE_MS,
      amount: usual * 4 * logNormal(random, 0.5),
      merchant: drawFraudMerchant(random, profile),
    }),
  );

/** Card testing: small charges, followed by a large one at the same merchant. */
const probing: Episode = (random, profile, { at, usual }) => {
  const merchant = drawFraudMerchant(random, profile);
  const probes = Array.from({ length: 2 + random.integer(3) }, (_, index) =>
    fraudulentPurchase(random, profile, { at: at + index * 3 * MINUTE_MS, amount: between(random, 29, 199), merchant }),
  );
  return [
    ...probes,
    fraudulentPurchase(random, profile, {
      at: at + 15 * MINUTE_MS,
      amount: usual * 3 * logNormal(random, 0.4),
      merchant,
    }),
  ];
};

/** A copied card: cash withdrawals of round amounts in another city, mostly at night. */
const skimming: Episode = (random, profile, { at }) => {
  const elsewhere = pick(
    random,
    Object.keys(cities).filter((city) => city !== profile.city),
  ).toUpperCase();
  return Array.from({ length: 1 + random.integer(3) }, (_, index) =>
    bankBooking(`ATM-CASH/${elsewhere}/${digits(random, 6)}`, {
      at: at + index * 4 * MINUTE_MS,
      amount: -pick(random, [5000, 10_000, 10_000, 15_000]),
      channel: 'atm',
      category: 'cash',
      fraud: true,
    }),
  );
};

const episodes = { takeover, cardFraud, probing, skimming } as const;
const episodeWeights = { takeover: 34, cardFraud: 28, probing: 18, skimming: 20 };
const nightly = new Set(['takeover', 'skimming']);

function episode(random: Random, profile: Profile, month: Month, usual: number): Posting[] {
  const kind = weighted(random, episodeWeights);
  const atNight = nightly.has(kind) && !chance(random, difficulty.anomaly.byDay);
  const hour = atNight ? between(random, 0.3, 4.8) : between(random, 8, 23);
  const at = momentIn(month, 2 + random.integer(month.days - 3), hour);
  return episodes[kind](random, profile, { at, usual });
}

/** A duplicate of one purchase, minutes later. */
function duplicate(random: Random, purchases: readonly Posting[]): Posting[] {
  const original = pick(random, purchases);
  return [{ ...original, at: original.at + Math.floor(between(random, 0.5, 8) * MINUTE_MS), fraud: true }];
}

/**
 * Fraudulent postings of a month, empty in most months.
 * @param purchases - the customer's own purchases of the month.
 */
export function fraudPostings(
  random: Random,
  profile: Profile,
  month: Month,
  purchases: readonly Posting[],
): Posting[] {
  if (!chance(random, difficulty.anomaly.episodes)) return [];
  const merchantPurchases = purchases.filter((posting) => posting.merchant !== null);
  if (merchantPurchases.length === 0) return [];
  if (chance(random, 0.15)) return duplicate(random, merchantPurchases);
  const total = sum(merchantPurchases.map((posting) => -posting.amount));
  return episode(random, profile, month, total / merchantPurchases.length);
}

/** Time at which a customer disputes a transaction; null for never or after the end of the history. */
export function disputeTime(random: Random, posting: Posting, end: number): number | null {
  const { reportedShare, falseDisputes, disputeDelayDays } = difficulty.anomaly;
  const probability = posting.fraud ? reportedShare : posting.amount < 0 ? falseDisputes : 0;
  if (!chance(random, probability)) return null;
  const at = posting.at + Math.floor(disputeDelayDays * logNormal(random, 0.7) * DAY_MS);
  return at < end ? at : null;
}
