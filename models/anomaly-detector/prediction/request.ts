import { type JsonSchemaRule, jsonSchemaRules, SOME_VALUE } from '../../../contracts/json-schema-rules.js';
import { z } from 'zod';
import {
  COUNTERPARTY_DAYS,
  HISTORY_DAYS,
  type PastTransaction,
  type Transaction,
  transactionContext,
  transactionFeatureNames,
} from '../../../feature-store/definitions/transaction-context.js';
import { clockOf, type EncodableRows, type Encoding } from './encoding.js';
import { rowsOfInputs } from './table-columns.js';
import { amountColumn } from '../data/columns.js';
import { type Clock, DAY_MS, readOnClock } from '../../../learning/time-series/calendar/index.js';
import {
  momentInput as moment,
  numberInput,
  optionalText,
  type RowInput,
} from '../../../learning/tabular/preprocessing/index.js';
import { featureNumber } from './feature-bounds.js';

/** Rows of history in one request, at most. */
const MOST_HISTORY = 20_000;

/** An amount within the bounds of a training file. */
export const sentAmount = numberInput(amountColumn);

const pastTransaction = z.strictObject({
  bookedAt: moment,
  amount: sentAmount,
  counterparty: optionalText(),
  category: optionalText(),
});
const counterpartyTransaction = z.strictObject({
  bookedAt: moment,
  /** When it became known as misuse; absent = not known. */
  misuseKnownAt: moment.nullish(),
});

/** A transaction to be scored, with its past or with precomputed features. */
export interface AnomalyRequest {
  /** ISO 8601; without an offset on the clock of the zone that the line was trained with. */
  readonly bookedAt?: string | null | undefined;
  /** Signed: negative = money out. */
  readonly amount?: number | null | undefined;
  readonly counterparty?: string | null | undefined;
  readonly category?: string | null | undefined;
  readonly history?: readonly z.infer<typeof pastTransaction>[] | null | undefined;
  readonly counterpartyHistory?: readonly z.infer<typeof counterpartyTransaction>[] | null | undefined;
  /** By name; used instead of the past. */
  readonly features?: Readonly<Record<string, number | null | undefined>> | null | undefined;
  /** Of a table of any layout: the columns by name, instead of all else. */
  readonly row?: RowInput | undefined;
}

const hasFeatures = ({ features }: AnomalyRequest): boolean =>
  Object.values(features ?? {}).some((value) => value !== null && value !== undefined);

const hasTransaction = ({ bookedAt, amount }: AnomalyRequest): boolean =>
  typeof bookedAt === 'string' && typeof amount === 'number';

/**
 * What a line's predictor accepts: the transaction and its past, or its features; unknown names are refused. Features
 * that the line does not use are accepted, because a request by reference brings all of them.
 */
export function requestSchema({ numbers }: Encoding): z.ZodType<AnomalyRequest> {
  const names = new Set([...numbers, ...transactionFeatureNames]);
  const features = z.strictObject(
    Object.fromEntries(Array.from(names, (name) => [name, featureNumber(name).nullish()])),
  );
  return z
    .strictObject({
      bookedAt: moment.nullish().describe("when; with an offset such as +05:30 on that clock, else on the customer's"),
      amount: sentAmount.nullish().describe('signed: negative = money out'),
      counterparty: optionalText().describe('merchant, terminal or payee'),
      category: optionalText().describe('what the money was for'),
      history: z
        .array(pastTransaction)
        .max(MOST_HISTORY)
        .nullish()
        .describe(`the customer's transactions of the last ${HISTORY_DAYS} days`),
      counterpartyHistory: z
        .array(counterpartyTransaction)
        .max(MOST_HISTORY)
        .nullish()
        .describe(`everybody's transactions with the counterparty, last ${COUNTERPARTY_DAYS} days`),
      features: features.nullish().describe('instead of the past: features by name'),
    })
    .refine((request) => hasFeatures(request) || hasTransaction(request), {
      message: 'expected amount and bookedAt, or features',
    })
    .superRefine(refuseLaterHistory)
    .register(jsonSchemaRules, TRANSACTION_OR_FEATURES);
}

const TRANSACTION_OR_FEATURES: JsonSchemaRule = {
  anyOf: [
    { required: ['bookedAt', 'amount'], properties: { bookedAt: { type: 'string' }, amount: { type: 'number' } } },
    { required: ['features'], properties: { features: { type: 'object', ...SOME_VALUE } } },
  ],
};

/** Rows of the past that are later than the transaction are not used; one that is later by more than a year is a slip. */
const FURTHEST_MS = 366 * DAY_MS;

const WRITTEN_DAY = /^\d{4}-\d\d-\d\d/;

/** Whether a time is not written with a later day than another one; nearly all are, and comparing costs a tenth of reading. */
const isPlainlyBefore = (past: string, bookedAt: string): boolean =>
  WRITTEN_DAY.test(past) && WRITTEN_DAY.test(bookedAt) && past.slice(0, 10) <= bookedAt.slice(0, 10);

/** Refuses `2062` for `2026`. */
function refuseLaterHistory({ bookedAt, history }: AnomalyRequest, context: z.RefinementCtx): void {
  if (typeof bookedAt !== 'string') return;
  const latest = readOnClock('UTC', bookedAt).moment + FURTHEST_MS;
  const row = (history ?? []).findIndex(
    (past) => !isPlainlyBefore(past.bookedAt, bookedAt) && readOnClock('UTC', past.bookedAt).moment > latest,
  );
  if (row >= 0)
    context.addIssue({
      code: 'custom',
      path: ['history', row, 'bookedAt'],
      message: 'more than a year after the transaction itself',
    });
}

/** A time on the clock that it names, else on the customers'. */
export function readTime(text: string, clock: Clock): Pick<Transaction, 'bookedAt' | 'utcOffsetHours'> {
  const { moment: bookedAt, offsetHours: utcOffsetHours } = readOnClock(clock, text);
  return { bookedAt, utcOffsetHours };
}

const CUSTOMER = 'customer';

/** The transaction itself; null when the request brings features only. */
export function transactionOf(request: AnomalyRequest, clock: Clock): Transaction | null {
  const { bookedAt, amount, counterparty = null, category = null } = request;
  if (typeof bookedAt !== 'string' || typeof amount !== 'number') return null;
  return { customer: CUSTOMER, counterparty, category, amount, ...readTime(bookedAt, clock) };
}

function pastOf({ history }: AnomalyRequest, clock: Clock): PastTransaction[] {
  return (history ?? []).map(({ bookedAt, amount, counterparty = null, category = null }) => ({
    customer: CUSTOMER,
    counterparty,
    category,
    amount,
    ...readTime(bookedAt, clock),
    misuseKnownAt: Number.NaN,
  }));
}

function counterpartyPastOf(request: AnomalyRequest, clock: Clock): PastTransaction[] {
  const { counterparty = null, counterpartyHistory } = request;
  return (counterpartyHistory ?? []).map(({ bookedAt, misuseKnownAt }) => ({
    customer: '',
    counterparty,
    category: null,
    amount: 0,
    ...readTime(bookedAt, clock),
    misuseKnownAt: typeof misuseKnownAt === 'string' ? readTime(misuseKnownAt, clock).bookedAt : Number.NaN,
  }));
}

type Features = Readonly<Record<string, number | null | undefined>>;

/** A request's features by name; computed from the past by the function that training uses, unless the request holds features. */
export function featuresOf(request: AnomalyRequest, clock: Clock): Features {
  const transaction = transactionOf(request, clock);
  if (hasFeatures(request) || transaction === null) return request.features ?? {};
  return { ...transactionContext(pastOf(request, clock), counterpartyPastOf(request, clock))(transaction) };
}

/** Of requests that are being answered: coverage, answer and each part of an explanation ask, and a past is long. */
const computed = new WeakMap<AnomalyRequest, { readonly clock: Clock; readonly features: Features }>();

/** As `featuresOf`, computed once of a request, which nobody changes. */
function featuresOnce(request: AnomalyRequest, clock: Clock): Features {
  const known = computed.get(request);
  if (known?.clock === clock) return known.features;
  const features = featuresOf(request, clock);
  computed.set(request, { clock, features });
  return features;
}

/** Requests as the encoding asks for them. */
export function requestRows(requests: readonly AnomalyRequest[], encoding: Encoding): EncodableRows {
  if (encoding.table !== undefined)
    return rowsOfInputs(
      encoding.table,
      requests.map(({ row = {} }) => row),
    );
  const features = requests.map((request) => featuresOnce(request, clockOf(encoding)));
  return {
    count: requests.length,
    number: (row, name) => features[row]?.[name] ?? Number.NaN,
    category: (row) => requests[row]?.category ?? null,
  };
}
