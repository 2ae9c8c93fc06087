import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { DAY_MS, HOUR_MS } from '../../../learning/time-series/calendar/index.js';

/*
 * Invented transactions for the example file and the fixture: customers with a usual amount in each category and favourite
 * shops, and now and then somebody else who pays too much, at night, in a shop never visited, several times within
 * minutes. One sign alone gives nobody away: customers too try new shops, and thieves also pay by day.
 */

const FIRST_DAY = Date.UTC(2026, 6, 1);
const DAYS = 75;
const SHOPS = 8;
/** Chances a customer-day. */
const PAYS = 0.8;
const STOLEN = 0.012;

const categories = { groceries: 900, dining: 600, fuel: 1500, shopping: 2500 } as const;
type Category = keyof typeof categories;
const categoryNames = Object.keys(categories) as readonly Category[];

interface Payment {
  readonly customerId: string;
  readonly bookedAt: number;
  readonly amount: number;
  readonly merchant: string;
  readonly category: Category;
  readonly fraud: 0 | 1;
}

const chosen = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const chance = (random: Random, share: number): boolean => random.uniform() < share;
const shop = (category: Category, number: number): string => `${category} ${number + 1}`;

/** Usual amount times a spread; two decimals. */
const amountOf = (random: Random, usual: number): number =>
  -Math.round(100 * usual * Math.exp(0.35 * random.normal())) / 100;

function purchase(random: Random, customer: number, day: number): Payment {
  const category = chosen(random, categoryNames);
  const hour = chance(random, 0.04) ? 6 * random.uniform() : 8 + 14 * random.uniform();
  // Two favourites a category, one of them shared with the neighbours; now and then another shop.
  const favourite = (customer + random.integer(2)) % SHOPS;
  const number = chance(random, 0.1) ? random.integer(SHOPS) : favourite;
  return {
    customerId: `customer-${customer + 1}`,
    bookedAt: FIRST_DAY + day * DAY_MS + Math.floor((hour * HOUR_MS) / 1000) * 1000,
    amount: amountOf(random, categories[category] * (0.6 + (customer % 5) / 5)),
    merchant: shop(category, number),
    category,
    fraud: 0,
  };
}

function theft(random: Random, customer: number, day: number): Payment[] {
  const hour = chance(random, 0.3) ? 8 + 14 * random.uniform() : 5 * random.uniform();
  const start = FIRST_DAY + day * DAY_MS + Math.floor((hour * HOUR_MS) / 1000) * 1000;
  return Array.from({ length: 1 + random.integer(3) }, (_, i) => {
    const category = chosen(random, categoryNames);
    return {
      customerId: `customer-${customer + 1}`,
      bookedAt: start + i * 7 * 60_000,
      amount: amountOf(random, categories[category] * 2.5),
      merchant: shop(category, random.integer(SHOPS)),
      category,
      fraud: 1,
    };
  });
}

/** In order of time. */
function payments(customers: number, seed: number): Payment[] {
  const random = createRandom(seed);
  const rows: Payment[] = [];
  for (let customer = 0; customer < customers; customer++)
    for (let day = 0; day < DAYS; day++) {
      if (chance(random, PAYS)) rows.push(purchase(random, customer, day));
      if (chance(random, STOLEN)) rows.push(...theft(random, customer, day));
    }
  return rows.sort((a, b) => a.bookedAt - b.bookedAt || (a.customerId < b.customerId ? -1 : 1));
}

/** The invented rows in order of time, the same for a seed for ever. */
export function exampleRows(customers: number, seed: number): Record<string, string | number>[] {
  return payments(customers, seed).map(({ bookedAt, ...row }, i) => ({
    transactionId: `transaction-${i + 1}`,
    ...row,
    bookedAt: new Date(bookedAt).toISOString(),
    reportedAt: row.fraud === 1 ? new Date(bookedAt + (2 + (i % 9)) * DAY_MS).toISOString() : '',
  }));
}
