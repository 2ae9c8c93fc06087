import { z } from 'zod';
import type { Champions } from '../forecast/customer-forecast.js';
import { type History, mayContainBills } from '../forecast/history.js';

const storedCustomer = z.strictObject({
  first: z.int().nullable(),
  months: z.record(z.string(), z.array(z.number())),
  /** Category, payee, and alternating day and amount of each payment. */
  streams: z.array(z.tuple([z.string(), z.string().nullable(), z.array(z.number())])),
  /** Day, instalment and number of instalments of each loan. */
  loans: z.array(z.tuple([z.int(), z.number(), z.int()])),
  /** Alternating month and income; absent in artefacts from before income was used. */
  income: z.array(z.number()).default([]),
  champions: z.strictObject({ total: z.string().optional(), categories: z.record(z.string(), z.string()) }),
});

/** `customers.json` of the artefact: each customer's history, so that a request needs only later transactions. */
export const storedCustomers = z.strictObject({
  schemaVersion: z.literal(1),
  customers: z.record(z.string(), storedCustomer),
});
export type StoredCustomers = z.infer<typeof storedCustomers>;
type StoredCustomer = StoredCustomers['customers'][string];

/** Rounds to two decimals; further ones are rounding errors of sums. */
const cents = (amount: number): number => Math.round(amount * 100) / 100;

/** A history in the form of the artefact: all monthly amounts, and the payments of streams that may contain bills. */
export function storeCustomer(history: History, champions: Champions): StoredCustomer {
  const months = [...history.months].map(([category, values]) => [category, values.map(cents)] as const);
  const streams = [...history.streams.values()]
    .filter(mayContainBills)
    .map(({ category, payee, payments }): StoredCustomer['streams'][number] => [
      category,
      payee,
      payments.flatMap(({ day, amount }) => [day, cents(amount)]),
    ]);
  return {
    first: history.first,
    months: Object.fromEntries(months),
    streams,
    loans: history.loans.map(({ from, instalment, term }) => [from, instalment, term]),
    income: [...history.income].sort(([a], [b]) => a - b).flatMap(([month, amount]) => [month, cents(amount)]),
    champions: {
      ...(champions.total === undefined ? {} : { total: champions.total }),
      categories: { ...champions.categories },
    },
  };
}

const pairsOf = (flat: readonly number[]): (readonly [number, number])[] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);

/** A copy of the stored history. */
export function restoreCustomer({ first, months, streams, loans, income }: StoredCustomer): History {
  return {
    first,
    months: new Map(Object.entries(months).map(([category, values]) => [category, [...values]])),
    streams: new Map(
      streams.map(([category, payee, flat]) => [
        `${category}|${payee ?? ''}`,
        { category, payee, payments: pairsOf(flat).map(([day, amount]) => ({ day, amount })) },
      ]),
    ),
    loans: loans.map(([from, instalment, term]) => ({ from, instalment, term })),
    income: new Map(pairsOf(income)),
  };
}
