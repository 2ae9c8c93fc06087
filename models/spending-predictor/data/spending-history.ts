import { z } from 'zod';
import { jsonSchemaRules } from '../../../contracts/json-schema-rules.js';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { EntityStateView } from '../../../contracts/entity-state.js';
import { WEEKLY_TIME_TO_LIVE_SECONDS } from '../../../contracts/feature-view.js';
import {
  isoDate,
  isTimeZone,
  localDay,
  parseIsoDate,
  utcOffsetHours,
} from '../../../learning/time-series/calendar/index.js';
import { compareMovements, type Movement } from '../forecast/history.js';
import { columnNames } from './columns.js';
import { readMovements } from './read-table.js';
import { UNKNOWN_CATEGORY } from './vocabulary.js';

/** Days around 1970 that are dates of four-digit years. */
const FARTHEST_DAY = 3_000_000;

const isDay = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < FARTHEST_DAY;

/** Alternating day since the epoch and amount, oldest first. */
const datedAmounts = z
  .array(z.number())
  .refine((flat) => flat.length % 2 === 0 && flat.every((value, i) => (i % 2 === 0 ? isDay(value) : value > 0)), {
    message: 'wanted whole days and positive amounts in turn',
  });

const streams = z.array(z.tuple([z.string(), z.string().nullable(), datedAmounts]));
type Streams = z.infer<typeof streams>;

const loanDay = z
  .int()
  .refine(isDay)
  .register(jsonSchemaRules, { exclusiveMinimum: -FARTHEST_DAY, exclusiveMaximum: FARTHEST_DAY });

const customerZone = z
  .string()
  .refine(isTimeZone, { message: 'wanted a time zone of the IANA database, such as Asia/Kolkata or UTC' })
  .register(jsonSchemaRules, { enum: ['UTC', ...Intl.supportedValuesOf('timeZone')] });

/** All that is known of one customer: every movement, grouped so that names are written once. */
export const spendingState = z.strictObject({
  until: z.iso.date().describe('first day that is not known'),
  streams: streams.describe('category, payee, and alternating day (since 1970-01-01) and amount of each payment'),
  income: streams.describe('money in, refunds among it, in the same form'),
  loans: z.array(z.tuple([loanDay, z.number(), z.int()])).describe('day, instalment and number of instalments'),
  timeZone: customerZone.optional().describe('IANA zone whose days these are; absent: UTC'),
});
export type SpendingState = z.infer<typeof spendingState>;

/** The state of a customer's movements. @param until - first day that is not known: all rows lie before it. */
export function stateOf(movements: Iterable<Movement>, until: number): SpendingState {
  const streams: Streams = [];
  const income: Streams = [];
  const loans: SpendingState['loans'] = [];
  for (const { day, amount, category, payee, instalments } of [...movements].sort(compareMovements)) {
    if (instalments !== null) loans.push([day, amount, instalments]);
    else {
      const into = amount < 0 ? income : streams;
      const last = into.at(-1);
      if (last?.[0] === category && last[1] === payee) last[2].push(day, Math.abs(amount));
      else into.push([category, payee, [day, Math.abs(amount)]]);
    }
  }
  return { until: isoDate(until), streams, income, loans };
}

/** @param sign - 1: payments; −1: money in. */
const movementsOfStreams = (streams: Streams, sign: 1 | -1): Movement[] =>
  streams.flatMap(([category, payee, flat]) =>
    Array.from({ length: flat.length >> 1 }, (_, i): Movement => {
      const [day, amount] = [flat[2 * i]!, sign * flat[2 * i + 1]!];
      return { day, amount, category, payee, instalments: null };
    }),
  );

/** The movements of a state. */
export function movementsOf({ streams, income, loans }: SpendingState): Movement[] {
  const common = { category: UNKNOWN_CATEGORY, payee: null };
  const started = loans.map(([day, amount, instalments]): Movement => ({ day, amount, ...common, instalments }));
  return [...movementsOfStreams(streams, 1), ...movementsOfStreams(income, -1), ...started];
}

/** The categories of a state's movements, in their order; one may come twice. */
export const categoriesOf = ({ streams, income, loans }: SpendingState): string[] => [
  ...[...streams, ...income].flatMap(([category, , flat]) => (flat.length === 0 ? [] : [category])),
  ...(loans.length === 0 ? [] : [UNKNOWN_CATEGORY]),
];

/** First day that a state does not know. */
export const untilOf = ({ until }: SpendingState): number => parseIsoDate(until)!;

/**
 * A customer's movements, as evaluation gives them to the predictor at each origin and the feature store to requests.
 * A day that `asOf` lies in, on the clock of the source, counts as known. Version 2: days of the customer's zone, refunds.
 */
export const spendingHistory: EntityStateView<SpendingState> = {
  name: 'spending-history',
  version: 2,
  entity: 'user',
  idColumn: columnNames.customer,
  timeColumn: columnNames.time,
  timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS,
  state: spendingState,
  *build({ schema: { timeZone }, table }: TrainingData, asOf: number) {
    const last = localDay(asOf - 1, utcOffsetHours(timeZone ?? 'UTC', asOf));
    const zone = timeZone === undefined ? {} : { timeZone };
    for (const [customer, movements] of readMovements(table, asOf)) {
      if (customer === '') continue;
      // A clock that a row names itself may be ahead of the source's.
      const newest = movements.reduce((latest, { day }) => Math.max(latest, day), last);
      yield [customer, { ...stateOf(movements, newest + 1), ...zone }];
    }
  },
};
