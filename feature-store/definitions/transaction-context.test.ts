import { describe, expect, it } from 'vitest';
import { createRandom } from '../../learning/numeric/random/index.js';
import { DAY_MS } from './event-index.js';
import {
  COUNTERPARTY_DAYS,
  HISTORY_DAYS,
  type PastTransaction,
  transactionContext,
  transactionFeatureNames,
} from './transaction-context.js';

const NOW = Date.UTC(2026, 9, 31, 21, 42);
const HOUR_MS = DAY_MS / 24;

const past = (ageMs: number, extra: Partial<PastTransaction> = {}): PastTransaction => ({
  customer: 'ann',
  counterparty: 'grocer',
  category: 'groceries',
  bookedAt: NOW - ageMs,
  amount: -100,
  utcOffsetHours: 5.5,
  misuseKnownAt: Number.NaN,
  ...extra,
});
const now = past(0, { amount: -900 });

/** Random transactions with several customers and counterparties, both directions, equal times and late misuse labels. */
function randomHistory(rows: number, seed: number): PastTransaction[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => {
    const age = Math.floor(random.uniform() * 200) * (DAY_MS / 2);
    const misused = random.uniform() < 0.1;
    return past(age, {
      customer: `customer-${random.integer(3)}`,
      counterparty: random.uniform() < 0.1 ? null : `shop-${random.integer(4)}`,
      category: random.uniform() < 0.1 ? null : `kind-${random.integer(2)}`,
      amount: (random.uniform() < 0.2 ? 1 : -1) * Math.ceil(random.uniform() * 50),
      misuseKnownAt: misused ? NOW - age + random.uniform() * 20 * DAY_MS : Number.NaN,
    });
  });
}

describe('transactionContext', () => {
  it('computes counts, means and ratios of the customer’s earlier transactions', () => {
    const history = [
      past(HOUR_MS / 2, { counterparty: 'cinema', category: 'entertainment', amount: -300 }),
      past(20 * HOUR_MS),
      past(3 * DAY_MS, { amount: -900 }),
      past(10 * DAY_MS, { amount: -200, counterparty: null }),
      past(50 * DAY_MS, { amount: -1000, category: null }),
      past(2 * DAY_MS, { amount: 5000 }),
      past(DAY_MS, { customer: 'ben', amount: -7 }),
    ];
    expect(transactionContext(history)(now)).toMatchObject({
      amount: 900,
      moneyIn: 0,
      count1Hour: 1,
      count1Day: 2,
      count7Days: 3,
      count30Days: 4,
      mean1Day: 200,
      mean30Days: 375,
      amountToMean30Days: 2.4,
      amountToMaximum90Days: 0.9,
      amountToCategoryMean90Days: 2.25,
      counterpartyVisits90Days: 3,
      newCounterparty: 0,
      repeats1Day: 0,
    });
    expect(transactionContext(history)({ ...now, counterparty: 'jeweller' }).newCounterparty).toBe(1);
    expect(transactionContext([past(HOUR_MS, { amount: -900 })])(now).repeats1Day).toBe(1);
  });

  it('computes hour, night and weekend in the customer’s time zone: 21:42 UTC is 03:12 on Sunday in India', () => {
    const { hour, night, weekend } = transactionContext([])(now);
    expect([hour, night, weekend]).toEqual([expect.closeTo(3.2, 6), 1, 1]);
    const home = transactionContext([])({ ...now, utcOffsetHours: 0 });
    expect([home.hour, home.night, home.weekend]).toEqual([expect.closeTo(21.7, 6), 0, 1]);
  });

  it('returns NaN for features that need a history when there is none', () => {
    const features = transactionContext([])(now);
    for (const name of [
      'amountToMean30Days',
      'amountToCategoryMean90Days',
      'newCounterparty',
      'hourShare90Days',
    ] as const)
      expect(features[name], name).toBeNaN();
    expect(features.counterpartyRisk30Days).toBe(0);
  });

  it('counts misuse at the counterparty by all customers once it is known and a week old', () => {
    const stolen = { customer: 'ben', misuseKnownAt: NOW - 1 };
    const history = [
      past(8 * DAY_MS, stolen),
      past(9 * DAY_MS),
      past(10 * DAY_MS, { ...stolen, misuseKnownAt: NOW }),
      past(6 * DAY_MS, stolen),
      past(COUNTERPARTY_DAYS * DAY_MS + 1, stolen),
    ];
    expect(transactionContext(history)(now)).toMatchObject({
      counterpartyCount7Days: 3,
      counterpartyRisk7Days: 1 / 3,
      counterpartyRisk30Days: 1 / 3,
      counterpartyCount1Day: 1,
      counterpartyRisk1Day: 1,
    });
  });

  it('is point-in-time correct: later transactions and the transaction itself change no value', () => {
    const history = randomHistory(400, 1);
    const full = transactionContext(history);
    for (const row of history.slice(0, 150)) {
      const known = history
        .filter(({ bookedAt }) => bookedAt < row.bookedAt)
        .map((each) => (each.misuseKnownAt < row.bookedAt ? each : { ...each, misuseKnownAt: Number.NaN }));
      expect(transactionContext(known)(row)).toEqual(full(row));
    }
  });

  it('gives the same bits from HISTORY_DAYS and COUNTERPARTY_DAYS of history as from all of it', () => {
    const history = randomHistory(600, 2);
    const full = transactionContext(history);
    for (const row of history.slice(0, 150)) {
      const within = (days: number) => (each: PastTransaction) => each.bookedAt >= row.bookedAt - days * DAY_MS;
      const own = history.filter(({ customer }) => customer === row.customer).filter(within(HISTORY_DAYS));
      const theirs = history.filter(({ counterparty }) => counterparty === row.counterparty);
      const online = transactionContext(own, theirs.filter(within(COUNTERPARTY_DAYS)))(row);
      for (const name of transactionFeatureNames) expect(Object.is(online[name], full(row)[name]), name).toBe(true);
    }
  });
});
