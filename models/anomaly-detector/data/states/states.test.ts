import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../../contracts/dataset.js';
import type { EntityStateView, StoredState, StoredStates } from '../../../../contracts/entity-state.js';
import { DAY_MS } from '../../../../feature-store/definitions/event-index.js';
import {
  type PastTransaction,
  transactionContext,
  transactionFeatureNames,
} from '../../../../feature-store/definitions/transaction-context.js';
import { HOUR_MS } from '../../../../learning/time-series/calendar/index.js';
import { createRandom } from '../../../../learning/numeric/random/index.js';
import { encode } from '../../../../learning/encoded-text.js';
import { selectRows, textColumn } from '../../../../learning/table.js';
import { backendSchema } from '../dataset.js';
import { requestFeatures } from '../request-features.js';
import { counterpartyTransactions, MOST_EXACT } from './counterparty-transactions.js';
import { type CustomerState, customerTransactions } from './customer-transactions.js';
import { GRACE_DAYS, stateColumns } from './read-rows.js';

const END = Date.UTC(2026, 9, 31);
const CLOCK = 5.5;

/** Transactions of three customers over 120 days, with equal times, unknown names and misuse that is reported late. */
function randomHistory(rows: number, seed: number): PastTransaction[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => {
    const bookedAt = END - Math.floor(random.uniform() * 480) * (DAY_MS / 4);
    return {
      customer: `customer-${random.integer(3)}`,
      counterparty: random.uniform() < 0.1 ? null : `shop-${random.integer(4)}`,
      category: random.uniform() < 0.1 ? null : `kind-${random.integer(2)}`,
      bookedAt,
      amount: (random.uniform() < 0.2 ? 1 : -1) * Math.ceil(random.uniform() * 5000) * 0.07,
      utcOffsetHours: CLOCK,
      misuseKnownAt: random.uniform() < 0.1 ? bookedAt + Math.floor(random.uniform() * 20 * DAY_MS) : Number.NaN,
    };
  });
}

const columnsOf = (rows: readonly PastTransaction[]): Parameters<typeof stateColumns>[0] => ({
  customer: encode(rows.map(({ customer }) => customer)),
  counterparty: encode(rows.map(({ counterparty }) => counterparty)),
  category: encode(rows.map(({ category }) => category)),
  bookedAt: Float64Array.from(rows, ({ bookedAt }) => bookedAt),
  amount: Float64Array.from(rows, ({ amount }) => amount),
  utcOffsetHours: Float64Array.from(rows, ({ utcOffsetHours }) => utcOffsetHours),
  misuseKnownAt: Float64Array.from(rows, ({ misuseKnownAt }) => misuseKnownAt),
});
const dataOf = (rows: readonly PastTransaction[]): TrainingData => ({
  schema: backendSchema,
  table: stateColumns(columnsOf(rows)),
});

/** The stored state of one entity, as it comes back from the store: through JSON. */
function stored(view: EntityStateView, data: TrainingData, id: string | null, asOf: number): StoredState | null {
  const found = [...view.build(data, asOf)].find(([each]) => each === id);
  return found === undefined
    ? null
    : { state: JSON.parse(JSON.stringify(view.state.parse(found[1]))) as unknown, asOf };
}

const statesOf = (data: TrainingData, row: PastTransaction, asOf: number): StoredStates => ({
  [customerTransactions.name]: stored(customerTransactions, data, row.customer, asOf),
  [counterpartyTransactions.name]: stored(counterpartyTransactions, data, row.counterparty, asOf),
});

const sent = ({ bookedAt, amount, counterparty, category }: PastTransaction) => ({
  bookedAt: new Date(bookedAt).toISOString(),
  amount,
  counterparty,
  category,
});

function featuresByReference(row: PastTransaction, states: StoredStates, later: readonly PastTransaction[] = []) {
  const known = requestFeatures.known.parse({ ...sent(row), transactions: later.map(sent) });
  const input = requestFeatures.inputOf({ customerId: row.customer, known, features: {}, states, asOf: END });
  return (input as { features: Record<string, number | null> }).features;
}

/** Features that differ from training's; null stands for NaN. */
function differences(found: Record<string, number | null>, history: readonly PastTransaction[], row: PastTransaction) {
  const wanted = transactionContext(history)(row);
  return transactionFeatureNames
    .filter((name) => !Object.is(found[name] ?? Number.NaN, wanted[name]))
    .map((name) => `${name}: ${found[name]} instead of ${wanted[name]}`);
}

/** A customer has a state from their second transaction on. */
const isKnown = (history: readonly PastTransaction[], row: PastTransaction, asOf: number): boolean =>
  history.some(({ customer, bookedAt }) => customer === row.customer && bookedAt < asOf);

describe('features from stored states', () => {
  it('equal the training row’s bit for bit, whatever is known of customer and counterparty', () => {
    const history = randomHistory(300, 1);
    const data = dataOf(history);
    const rows = history.filter((row) => isKnown(history, row, row.bookedAt));
    for (const row of rows)
      expect(differences(featuresByReference(row, statesOf(data, row, row.bookedAt)), history, row)).toEqual([]);
    expect(rows.length).toBeGreaterThan(250);
  });

  it('equal the training row’s when the state is older and the transactions since are sent', () => {
    const history = randomHistory(300, 2);
    const data = dataOf(history);
    const random = createRandom(3);
    let checked = 0;
    for (const row of history) {
      // The counterparty's windows end 7 days before the transaction; misuse reported since the state is not known.
      const asOf = row.bookedAt - random.integer(3 * 24) * HOUR_MS;
      if (!isKnown(history, row, asOf)) continue;
      const later = history.filter(({ customer }) => customer === row.customer); // more than needed does no harm
      const known = history.map((each) => (each.misuseKnownAt < asOf ? each : { ...each, misuseKnownAt: Number.NaN }));
      const found = featuresByReference(row, statesOf(data, row, asOf), later);
      expect(differences(found, known, row)).toEqual([]);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(250);
  });

  it('equal the training row’s when the state is up to a week newer than the transaction', () => {
    const history = randomHistory(300, 4);
    const data = dataOf(history);
    for (const row of history.filter((each) => isKnown(history, each, each.bookedAt))) {
      const states = statesOf(data, row, row.bookedAt + GRACE_DAYS * DAY_MS);
      expect(differences(featuresByReference(row, states), history, row)).toEqual([]);
    }
  });

  it('refuse a transaction that lies further back, whose windows the state has lost', () => {
    const [row] = randomHistory(50, 5) as [PastTransaction];
    const states = statesOf(dataOf([row]), row, row.bookedAt + GRACE_DAYS * DAY_MS + 1);
    expect(() => featuresByReference(row, states)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/^bookedAt: more than 7/) as string,
      }),
    );
  });

  it('use the clock of the request where it names one, else the customer’s', () => {
    const [row] = randomHistory(50, 6) as [PastTransaction];
    const states = statesOf(dataOf([row]), row, END + DAY_MS);
    const hourAt = (bookedAt: string) => {
      const known = requestFeatures.known.parse({ bookedAt, amount: -1 });
      const parts = { customerId: row.customer, known, features: {}, states, asOf: END };
      return (requestFeatures.inputOf(parts) as { features: { hour: number } }).features.hour;
    };
    expect(hourAt('2026-10-31T12:00:00')).toBeCloseTo(12, 9);
    expect(hourAt('2026-10-31T12:00:00Z')).toBeCloseTo(17.5, 9);
    expect(hourAt('2026-10-31T12:00:00+01:00')).toBeCloseTo(12, 9);
  });

  it('follow the clock of the source’s zone when it changes after the customer’s newest transaction', () => {
    const timeZone = 'Europe/Berlin';
    const row = { ...randomHistory(50, 6)[0]!, bookedAt: Date.parse('2026-10-20T10:00:00Z'), utcOffsetHours: 2 };
    const data = dataOf([row]);
    const [[, state]] = [
      ...customerTransactions.build({ ...data, schema: { ...data.schema, timeZone } }, Date.parse('2026-10-24')),
    ] as [[string, CustomerState]];
    expect(state).toMatchObject({ clock: 2, timeZone });
    const asOf = Date.parse('2026-10-24');
    const known = requestFeatures.known.parse({ bookedAt: '2026-10-26T09:00:00Z', amount: -1 });
    const states = { [customerTransactions.name]: { state, asOf }, [counterpartyTransactions.name]: null };
    const input = requestFeatures.inputOf({ customerId: row.customer, known, features: {}, states, asOf });
    expect((input as { features: { hour: number } }).features.hour).toBeCloseTo(10, 9);
  });
});

describe('states', () => {
  it.each([customerTransactions, counterpartyTransactions])(
    '$name of a part of the entities are those of the whole data set',
    (view: EntityStateView) => {
      const { schema, table } = dataOf(randomHistory(300, 7));
      const whole = new Map(view.build({ schema, table }, END));
      const parts = [...whole.keys()].flatMap((id) => {
        const rows = textColumn(table, view.idColumn).flatMap((each, row) => (each === id ? [row] : []));
        return [...view.build({ schema, table: selectRows(table, rows) }, END)];
      });
      expect(new Map(parts)).toEqual(whole);
      expect(whole.size).toBeGreaterThanOrEqual(3);
    },
  );

  it('keep a customer whose transactions are all older than the windows', () => {
    const old = { ...randomHistory(1, 8)[0]!, bookedAt: END - 200 * DAY_MS };
    const [[, state]] = [...customerTransactions.build(dataOf([old]), END)] as [[string, unknown]];
    expect(state).toMatchObject({ bookedAt: [], clock: CLOCK });
    expect([...counterpartyTransactions.build(dataOf([old]), END)]).toEqual([]);
  });

  it('keep the hour only of a counterparty with very many transactions, and count them nearly alike', () => {
    const random = createRandom(9);
    const [customer] = randomHistory(1, 9) as [PastTransaction];
    const many = Array.from({ length: 2 * MOST_EXACT }, (): PastTransaction => ({
      ...customer,
      counterparty: 'everybody’s shop',
      bookedAt: END - Math.floor(random.uniform() * 44 * DAY_MS),
      misuseKnownAt: random.uniform() < 0.02 ? END - DAY_MS : Number.NaN,
    }));
    const states = [...counterpartyTransactions.build(dataOf(many), END)];
    expect(states).toHaveLength(1);
    expect(states[0]![1].time.length).toBeLessThanOrEqual(44 * 24 + 1);
    const row = { ...many[0]!, bookedAt: END };
    const found = featuresByReference(row, statesOf(dataOf(many), row, END));
    const wanted = transactionContext(many)(row);
    for (const name of ['counterpartyCount7Days', 'counterpartyCount30Days', 'counterpartyRisk30Days'] as const)
      expect(Math.abs(found[name]! / wanted[name] - 1), name).toBeLessThan(0.02);
  });
});

it('a ratio to a past of next to nothing is unknown', () => {
  const row = randomHistory(1, 5)[0]!;
  const past = [1, 2, 3].map((days) => ({ ...row, bookedAt: row.bookedAt - days * DAY_MS, amount: -5e-324 }));
  const known = { ...row, amount: -5000 };
  const found = featuresByReference(known, statesOf(dataOf(past), row, row.bookedAt));
  expect(Object.values(found).filter((value) => value !== null && !Number.isFinite(value))).toEqual([]);
  expect(found.amountToMean30Days).toBeNull();
});
