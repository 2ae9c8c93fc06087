import { z } from 'zod';
import { stateOf } from '../../../contracts/entity-state.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { RequestFeatures, RequestParts } from '../../../contracts/model-definition.js';
import { DAY_MS } from '../../../feature-store/definitions/event-index.js';
import {
  featuresOfTransaction,
  type Transaction,
  type TransactionFeatures,
} from '../../../feature-store/definitions/transaction-context.js';
import { noCounterpartyPast, timelineOf } from '../../../feature-store/definitions/transaction-timeline.js';
import { momentInput as moment } from '../../../learning/tabular/preprocessing/index.js';
import type { Clock } from '../../../learning/time-series/calendar/index.js';
import { type AnomalyRequest, readTime, sentAmount } from '../prediction/request.js';
import { counterpartyPastOfState, counterpartyTransactions } from './states/counterparty-transactions.js';
import { customerTransactions, transactionsOf } from './states/customer-transactions.js';
import { GRACE_DAYS } from './states/read-rows.js';

/** Later transactions in one request, at most. */
const MOST_LATER = 5_000;

/** Empty is unknown, as in a data file. */
const text = () =>
  z
    .string()
    .nullable()
    .overwrite((value) => (value === '' ? null : value))
    .default(null);

const transaction = z.strictObject({
  bookedAt: moment.describe("when; a time without offset or Z is on the customer's own clock"),
  amount: sentAmount.describe('signed: negative = money out'),
  counterparty: text().describe('merchant, terminal or payee'),
  category: text().describe('what the money was for'),
});
const known = transaction.extend({
  transactions: z
    .array(transaction)
    .max(MOST_LATER)
    .default([])
    .describe("the customer's transactions since the stored state; without them the last hours count as quiet"),
});
type KnownOfTransaction = z.infer<typeof known>;

/** @param clock - the customer's; times that name none are on it. */
function toTransaction(sent: z.infer<typeof transaction>, clock: Clock): Transaction {
  const { counterparty, category, amount } = sent;
  return { customer: '', counterparty, category, amount, ...readTime(sent.bookedAt, clock) };
}

/** Rows later than the transaction asked for are not used; one that is later by more than a year is a slip. */
const FURTHEST_DAYS = 366;
/** A stored state is used for no longer: a later date is a slip, `2062` for `2026`. */
const LONGEST_USE_DAYS = 10 * 366;

/** @throws PipelineError `INVALID_INPUT` naming the row that is dated far after the transaction asked for, or that one. */
function requirePlausible(asked: number, sent: readonly Transaction[], asOf: number): void {
  const row = sent.findIndex(({ bookedAt }) => bookedAt > asked + FURTHEST_DAYS * DAY_MS);
  const field = row >= 0 ? `transactions.${row}.bookedAt` : 'bookedAt';
  if (row >= 0)
    throw new PipelineError('INVALID_INPUT', `${field}: more than a year after the transaction asked for`, { field });
  if (asked <= asOf + LONGEST_USE_DAYS * DAY_MS) return;
  throw new PipelineError('INVALID_INPUT', `${field}: ten years after all that is known of the customer`, { field });
}

/** A state has lost what the windows of a much earlier transaction would see. @throws PipelineError `INVALID_INPUT`. */
function requireWithinState(bookedAt: number, asOf: number): void {
  if (bookedAt >= asOf - GRACE_DAYS * DAY_MS) return;
  const until = new Date(asOf).toISOString();
  const message = `bookedAt: more than ${GRACE_DAYS} days before ${until}, the moment of the customer's stored state`;
  throw new PipelineError('INVALID_INPUT', message, { field: 'bookedAt', asOf: until, graceDays: GRACE_DAYS });
}

function featuresFromStates({ known: sent, states }: RequestParts<KnownOfTransaction>): TransactionFeatures {
  const { state, asOf } = stateOf(states, customerTransactions)!; // a required state
  const clock = state.timeZone ?? state.clock;
  const now = toTransaction(sent, clock);
  requireWithinState(now.bookedAt, asOf);
  const since = sent.transactions.map((each) => toTransaction(each, clock));
  requirePlausible(now.bookedAt, since, asOf);
  // What the state knows already is not counted twice.
  const later = since.filter((row) => row.bookedAt >= asOf);
  const counterparty = stateOf(states, counterpartyTransactions)?.state;
  const past = counterparty === undefined ? noCounterpartyPast : counterpartyPastOfState(counterparty);
  return featuresOfTransaction(now, timelineOf([...transactionsOf(state), ...later]), past);
}

/** JSON has no NaN, and no infinite ratio to a past of next to nothing. */
const nullForUnknown = (features: TransactionFeatures): Record<string, number | null> =>
  Object.fromEntries(Object.entries(features).map(([name, value]) => [name, Number.isFinite(value) ? value : null]));

/** A transaction by reference: the pasts of its customer and counterparty come from the store. */
export const requestFeatures: RequestFeatures<KnownOfTransaction> = {
  views: [],
  states: [
    { view: customerTransactions, required: true, entityIdOf: ({ customerId }) => customerId },
    { view: counterpartyTransactions, required: false, entityIdOf: ({ known: { counterparty } }) => counterparty },
  ],
  known,
  inputOf(request): AnomalyRequest {
    const { bookedAt, amount, counterparty, category } = request.known;
    return { bookedAt, amount, counterparty, category, features: nullForUnknown(featuresFromStates(request)) };
  },
};
