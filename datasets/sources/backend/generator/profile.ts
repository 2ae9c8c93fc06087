import type { Random } from '../../../../learning/numeric/random/index.js';
import type { Employment, Gender, TransactionCategory } from '../categories.js';
import type { Month } from './calendar.js';
import { DAY_MS } from './calendar.js';
import { difficulty } from './difficulty.js';
import { between, chance, digits, logNormal, pick, weighted } from './draws.js';
import { contractCategories, type Merchant, merchantsOf, shopCategories } from './merchants.js';
import { drawPerson, type Person } from './people.js';
import { type Bank, banks, cities, employers } from './places.js';

/** Traits of a customer that do not change, drawn once. */
export interface Profile {
  readonly id: string;
  readonly gender: Gender;
  readonly birthDate: number;
  readonly city: string;
  readonly bank: Bank;
  readonly employer: string;
  readonly employment: Employment;
  /** First month with rows; later than 0 for customers who joined during the history. */
  readonly firstMonth: number;
  readonly joinedAt: number;
  /** Usual monthly income at the start of the history, INR. */
  readonly income: number;
  /** Standard deviation of the logarithm of a month's income. */
  readonly incomeNoise: number;
  /** Total spending at the start of the history, as a share of income. */
  readonly spendingShare: number;
  readonly spendingGrowth: number;
  readonly rentShare: number;
  readonly landlord: Person;
  /** Share of purchases paid by card. */
  readonly cardShare: number;
  /** Share of the card balance that is repaid each month. */
  readonly cardRepayment: number;
  readonly cardLimit: number;
  /** Punctuality of instalment payments, 0 … 1. */
  readonly discipline: number;
  readonly seasonality: number;
  /** Calendar month (0 = January) of the yearly insurance premium. */
  readonly premiumMonth: number;
  /** Calendar month (0 = January) of the yearly journey. */
  readonly journeyMonth: number;
  readonly hasChildren: boolean;
  readonly cardDigits: string;
  /** Factor on the usual share of a category in spending. */
  readonly taste: Readonly<Partial<Record<TransactionCategory, number>>>;
  /** The customer's merchants by category, most frequent first. */
  readonly habits: Readonly<Partial<Record<TransactionCategory, readonly Merchant[]>>>;
}

const employmentWeights = { salaried: 62, self_employed: 22, retired: 10, student: 6 } as const;
const incomeMedian: Readonly<Record<Employment, number>> = {
  salaried: 62_000,
  self_employed: 58_000,
  retired: 38_000,
  student: 18_000,
  unemployed: 15_000,
};
const ageRange: Readonly<Record<Employment, readonly [number, number]>> = {
  salaried: [22, 58],
  self_employed: [24, 62],
  retired: [58, 78],
  student: [18, 26],
  unemployed: [20, 58],
};

/** Categories of freely chosen purchases. */
export const purchaseCategories = [...shopCategories, 'cash'] as const satisfies readonly TransactionCategory[];
/** One of `purchaseCategories`. */
export type PurchaseCategory = (typeof purchaseCategories)[number];

const habitual: readonly TransactionCategory[] = [...purchaseCategories, ...contractCategories];

function drawHabits(random: Random): Profile['habits'] {
  const entries = habitual.map((category) => {
    const available = merchantsOf(category);
    const chosen = random.permutation(available.length).subarray(0, 7);
    return [category, Array.from(chosen, (index) => available[index]!)] as const;
  });
  return Object.fromEntries(entries);
}

const drawTaste = (random: Random): Profile['taste'] =>
  Object.fromEntries(purchaseCategories.map((category) => [category, logNormal(random, 0.35)]));

function incomeNoiseOf(random: Random, employment: Employment): number {
  if (employment === 'self_employed') return between(random, 0.15, 0.6);
  return employment === 'student' ? between(random, 0.1, 0.3) : between(random, 0.01, 0.06);
}

type Demographics = Pick<Profile, 'gender' | 'birthDate' | 'city' | 'bank' | 'employer' | 'employment' | 'hasChildren'>;

function drawDemographics(random: Random, start: number): Demographics {
  const employment = weighted(random, employmentWeights);
  const [youngest, oldest] = ageRange[employment];
  const age = between(random, youngest, oldest);
  const weights = Object.fromEntries(Object.entries(cities).map(([city, { weight }]) => [city, weight]));
  return {
    gender: weighted(random, { female: 45, male: 54, other: 1 }),
    birthDate: Math.floor((start - age * 365.25 * DAY_MS) / DAY_MS) * DAY_MS,
    city: weighted(random, weights),
    bank: pick(random, banks),
    employer: pick(random, employers),
    employment,
    hasChildren: age > 27 && age < 58 && chance(random, 0.55),
  };
}

type Finances = Pick<
  Profile,
  | 'income'
  | 'incomeNoise'
  | 'spendingShare'
  | 'spendingGrowth'
  | 'rentShare'
  | 'cardShare'
  | 'cardRepayment'
  | 'cardLimit'
  | 'discipline'
>;

/** A latent trait, thrift, affects spending, card debt and punctuality, so that credit risk is visible in the tables. */
function drawFinances(random: Random, person: Demographics): Finances {
  const thrift = random.normal();
  const income = incomeMedian[person.employment] * cities[person.city]!.cost * logNormal(random, 0.5);
  const hasCard = person.employment !== 'student' && chance(random, 0.75);
  const { inflation, lifestyleGrowth, lifestyleSpread } = difficulty.spending;
  return {
    income,
    incomeNoise: incomeNoiseOf(random, person.employment),
    spendingShare: Math.min(1.05, Math.max(0.5, 0.76 - 0.06 * thrift + 0.07 * random.normal())),
    spendingGrowth: inflation + lifestyleGrowth + lifestyleSpread * random.normal(),
    rentShare: chance(random, 0.6) ? between(random, 0.12, 0.28) : 0,
    cardShare: hasCard ? between(random, 0.15, 0.6) : 0,
    cardRepayment: Math.min(1, Math.max(0.08, 0.65 + 0.2 * thrift + 0.3 * random.normal())),
    cardLimit: hasCard ? Math.ceil((income * between(random, 0.6, 1.4)) / 5000) * 5000 : 0,
    discipline: 1 / (1 + Math.exp(-(1.8 + 0.8 * thrift + 1.1 * random.normal()))),
  };
}

/** 15 % of the customers join during the first two thirds of the history, the others up to six years before it. */
function drawMembership(random: Random, months: readonly Month[]): Pick<Profile, 'firstMonth' | 'joinedAt'> {
  const start = months[0]!.start;
  if (!chance(random, 0.15)) return { firstMonth: 0, joinedAt: start - Math.floor(between(random, 1, 2200)) * DAY_MS };
  const firstMonth = 1 + random.integer(Math.max(1, Math.floor((months.length * 2) / 3) - 1));
  return { firstMonth, joinedAt: months[firstMonth]!.start };
}

/** Draws a random profile. @param id - `u000001` and so on. */
export function drawProfile(random: Random, id: string, months: readonly Month[]): Profile {
  const person = drawDemographics(random, months[0]!.start);
  return {
    id,
    ...person,
    ...drawMembership(random, months),
    ...drawFinances(random, person),
    seasonality: difficulty.spending.seasonality * between(random, 0.6, 1.5),
    premiumMonth: random.integer(12),
    journeyMonth: pick(random, [3, 4, 4, 4, 5, 9, 11, 11]),
    landlord: drawPerson(random),
    cardDigits: digits(random, 4),
    taste: drawTaste(random),
    habits: drawHabits(random),
  };
}
