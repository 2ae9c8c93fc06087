import { z } from 'zod';
import type { EntityStateView } from '../../../../contracts/entity-state.js';
import { WEEKLY_TIME_TO_LIVE_SECONDS } from '../../../../contracts/feature-view.js';
import { DAY_MS } from '../../../../feature-store/definitions/event-index.js';
import { groupBy } from '../../../../learning/group-by.js';
import { HISTORY_DAYS, type PastTransaction } from '../../../../feature-store/definitions/transaction-context.js';
import { columnNames } from '../columns.js';
import { GRACE_DAYS, pastTransactions } from './read-rows.js';

/** Position in a list of names; −1 = unknown. */
const index = z.int().min(-1);

/** One customer's transactions of the longest window, column by column, in order of time; all lists are (n,). */
const customerState = z.strictObject({
  bookedAt: z.array(z.number()),
  /** Signed: negative = money out. */
  amount: z.array(z.number()),
  utcOffsetHours: z.array(z.number()),
  /** Into `counterparties`. */
  counterparty: z.array(index),
  /** Into `categories`. */
  category: z.array(index),
  counterparties: z.array(z.string()),
  categories: z.array(z.string()),
  /** The customer's clock at their newest transaction, however old it is, */
  clock: z.number(),
  /** and the zone of the source, for later ones. Absent: the clock does not change. */
  timeZone: z.string().optional(),
});
export type CustomerState = z.infer<typeof customerState>;

/** Names in order of first appearance, and each row's position among them. */
function indexed(values: readonly (string | null)[]): { readonly names: string[]; readonly rows: number[] } {
  const positions = new Map<string, number>();
  const rows = values.map((value) => {
    if (value === null) return -1;
    const position = positions.get(value) ?? positions.size;
    positions.set(value, position);
    return position;
  });
  return { names: [...positions.keys()], rows };
}

function stateOfCustomer(unordered: readonly PastTransaction[], asOf: number): CustomerState {
  const all = [...unordered].sort((a, b) => a.bookedAt - b.bookedAt);
  const since = asOf - (HISTORY_DAYS + GRACE_DAYS) * DAY_MS;
  const rows = all.filter(({ bookedAt }) => bookedAt >= since);
  const counterparties = indexed(rows.map(({ counterparty }) => counterparty));
  const categories = indexed(rows.map(({ category }) => category));
  return {
    bookedAt: rows.map(({ bookedAt }) => bookedAt),
    amount: rows.map(({ amount }) => amount + 0), // −0 is 0 in JSON
    utcOffsetHours: rows.map(({ utcOffsetHours }) => utcOffsetHours),
    counterparty: counterparties.rows,
    category: categories.rows,
    counterparties: counterparties.names,
    categories: categories.names,
    clock: all.at(-1)!.utcOffsetHours,
  };
}

/** A customer's recent transactions: what the features of their next one compare it with. */
export const customerTransactions: EntityStateView<CustomerState> = {
  name: 'customer-transactions',
  version: 1,
  entity: 'user',
  idColumn: columnNames.customer,
  timeColumn: columnNames.time,
  timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS,
  state: customerState,
  *build({ schema: { timeZone }, table }, asOf) {
    const groups = groupBy(pastTransactions(table, asOf), ({ customer }) => customer);
    const zone = timeZone === undefined ? {} : { timeZone };
    for (const [customer, rows] of groups) yield [customer, { ...stateOfCustomer(rows, asOf), ...zone }];
  },
};

/** The transactions of a state, in order of time. */
export const transactionsOf = (state: CustomerState): PastTransaction[] =>
  state.bookedAt.map((bookedAt, i) => ({
    customer: '',
    bookedAt,
    amount: state.amount[i]!,
    utcOffsetHours: state.utcOffsetHours[i]!,
    counterparty: state.counterparties[state.counterparty[i]!] ?? null,
    category: state.categories[state.category[i]!] ?? null,
    misuseKnownAt: Number.NaN, // only the counterparty's windows read it
  }));
