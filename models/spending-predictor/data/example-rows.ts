import { daysInMonth, firstDayOf, isoDate } from '../../../learning/time-series/calendar/index.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { festivalShare } from '../forecast/festival.js';

/*
 * Invented transactions for the example file and the fixture: a rent and a telephone bill on fixed days, a loan for some,
 * and groceries and shopping with a festival season, growth and noise.
 */

const FIRST_MONTH = 2024 * 12 + 3;
const MONTHS = 30;

type Row = Record<string, string | number>;

interface Person {
  readonly id: string;
  readonly level: number;
  readonly strength: number;
  readonly rent: number;
  readonly joins: number;
}

const drawPerson = (random: Random, index: number, customers: number): Person => ({
  id: `customer-${String(index + 1).padStart(2, '0')}`,
  level: 15_000 * Math.exp(0.5 * random.normal()),
  strength: 0.6 + 0.8 * random.uniform(),
  rent: 100 * Math.round(60 + 80 * random.uniform()),
  // The first months of the last two are in the holdout.
  joins: index >= customers - 2 ? MONTHS - 4 : 0,
});

const noise = (random: Random, sigma: number): number => Math.exp(sigma * random.normal() - (sigma * sigma) / 2);

function purchases(random: Random, person: Person, month: number, i: number): Row[] {
  const season = 1 + person.strength * (0.9 * festivalShare(month) + (month % 12 === 4 ? 0.2 : 0));
  const level = person.level * season * 1.08 ** (i / 12) * noise(random, 0.06);
  return [
    { category: 'groceries', merchant: 'CITY MARKET', share: 0.5, count: 6 },
    { category: 'shopping', merchant: 'BAZAAR', share: 0.35, count: 3 },
    { category: 'dining', merchant: 'CANTEEN', share: 0.15, count: 3 },
  ].flatMap(({ category, merchant, share, count }) =>
    Array.from({ length: count }, () => ({
      bookedAt: isoDate(firstDayOf(month) + random.integer(daysInMonth(month))),
      amount: -((level * share) / count) * noise(random, 0.25),
      category,
      merchant,
    })),
  );
}

function bills(random: Random, person: Person, month: number, i: number): Row[] {
  const on = (day: number): string => isoDate(firstDayOf(month) + day - 1 + random.integer(3));
  const rent = person.rent * 1.05 ** Math.floor(i / 12);
  return [
    { bookedAt: on(2), amount: -rent, category: 'rent', merchant: `LANDLORD OF ${person.id.toUpperCase()}` },
    { bookedAt: on(11), amount: -399, category: 'telecom', merchant: 'TELEPHONE' },
    { bookedAt: on(1), amount: person.level * 3, category: 'salary', merchant: 'EMPLOYER' },
  ];
}

function loan(person: Person, month: number, i: number): Row[] {
  if (!/[159]$/.test(person.id) || i < 14 || i > 26) return [];
  const instalment = Math.round(person.level * 0.2);
  const category = 'emi';
  if (i === 14)
    return [
      { bookedAt: isoDate(firstDayOf(month) + 9), amount: -instalment, category, merchant: 'LENDER', instalments: 12 },
    ];
  return [{ bookedAt: isoDate(firstDayOf(month) + 4), amount: -instalment, category, merchant: 'LENDER' }];
}

/** The invented rows; deterministic given the seed. */
export function exampleRows(customers: number, seed: number): Row[] {
  const random = createRandom(seed);
  const rows: Row[] = [];
  for (let index = 0; index < customers; index++) {
    const own = random.fork(index);
    const person = drawPerson(own, index, customers);
    for (let i = person.joins; i < MONTHS; i++) {
      const month = FIRST_MONTH + i;
      for (const row of [
        ...purchases(own, person, month, i),
        ...bills(own, person, month, i),
        ...loan(person, month, i),
      ])
        rows.push({ customerId: person.id, instalments: '', ...row });
    }
  }
  return rows.map((row, i) => ({ transactionId: `t${i + 1}`, ...row }));
}
