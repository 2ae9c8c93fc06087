import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { selectRows } from '../../../learning/table.js';
import { DAY_MS, firstDayOf, isoDate } from '../../../learning/time-series/calendar/index.js';
import { historyOf, type Movement } from '../forecast/history.js';
import { backendDataset } from './dataset.js';
import {
  categoriesOf,
  movementsOf,
  spendingHistory,
  type SpendingState,
  spendingState,
  stateOf,
  untilOf,
} from './spending-history.js';

const START = firstDayOf(2024 * 12);
const DAYS = 400;

const movement: fc.Arbitrary<Movement> = fc
  .record({
    day: fc.integer({ min: START, max: START + DAYS - 1 }),
    cents: fc.integer({ min: 1, max: 10_000_000 }),
    category: fc.constantFrom('rent', 'dining', 'emi', 'other'),
    payee: fc.constantFrom('A', 'B', null),
    kind: fc.constantFrom('payment', 'payment', 'payment', 'income', 'loan'),
  })
  .map(({ day, cents, category, payee, kind }) => {
    const amount = cents / 100;
    if (kind === 'income') return { day, amount: -amount, category: 'salary', payee, instalments: null };
    return { day, amount, category, payee, instalments: kind === 'loan' ? 12 : null };
  });
const movements = fc.array(movement, { maxLength: 80 });

const throughJson = (state: SpendingState): SpendingState => spendingState.parse(JSON.parse(JSON.stringify(state)));

describe('the state of a customer', () => {
  it('gives the history of its movements bit for bit, through JSON and in any order of rows (property)', () => {
    fc.assert(
      fc.property(movements, (rows) => {
        const state = throughJson(stateOf(rows, START + DAYS));
        expect(historyOf(movementsOf(state))).toEqual(historyOf(rows));
        expect(new Set(categoriesOf(state))).toEqual(new Set(movementsOf(state).map(({ category }) => category)));
        expect(stateOf([...rows].reverse(), START + DAYS)).toEqual(state);
      }),
    );
  });

  it('with the movements since equals the later state (property)', () => {
    fc.assert(
      fc.property(movements, fc.integer({ min: START, max: START + DAYS }), (rows, day) => {
        const earlier = throughJson(
          stateOf(
            rows.filter((row) => row.day < day),
            day,
          ),
        );
        const since = rows.filter((row) => row.day >= day);
        const later = movementsOf(throughJson(stateOf(rows, START + DAYS)));
        expect(historyOf([...movementsOf(earlier), ...since])).toEqual(historyOf(later));
      }),
    );
  });

  it('refuses an amount without a day, half days and negative amounts', () => {
    const valid = stateOf([], START);
    expect(untilOf(valid)).toBe(START);
    for (const flat of [[START], [START + 0.5, 10], [START, -10], [1e12, 10]])
      expect(spendingState.safeParse({ ...valid, income: [['salary', null, flat]] }).success).toBe(false);
  });
});

const row = (customerId: string, time: number, amount: number) => ({ customerId, time, amount });

function tableOf(rows: readonly ReturnType<typeof row>[]): TrainingData {
  const text = (values: (string | null)[]) => ({ kind: 'text' as const, values });
  const table = {
    rowCount: rows.length,
    columns: {
      transactionId: text(rows.map((_, i) => `t${i}`)),
      customerId: text(rows.map(({ customerId }) => customerId)),
      bookedAt: { kind: 'timestamp' as const, values: Float64Array.from(rows, ({ time }) => time) },
      amount: { kind: 'number' as const, values: Float64Array.from(rows, ({ amount }) => amount) },
      category: text(rows.map(() => 'dining')),
      merchant: text(rows.map(() => null)),
      instalments: { kind: 'number' as const, values: new Float64Array(rows.length).fill(NaN) },
    },
  };
  return { schema: backendDataset.schema, table };
}

describe('spendingHistory.build', () => {
  const day = START * DAY_MS;
  const data = tableOf([
    row('b', day + 3 * DAY_MS, -30),
    row('a', day, -10),
    row('a', day + 2 * DAY_MS + 1, -20),
    row('a', day + 2 * DAY_MS, 500),
  ]);

  it('reads rows strictly before the moment, customers in order, and counts its day as known', () => {
    const states = [...spendingHistory.build(data, day + 2 * DAY_MS + 1)];
    expect(states).toEqual([
      [
        'a',
        {
          until: isoDate(START + 3),
          streams: [['dining', null, [START, 10]]],
          income: [['dining', null, [START + 2, 500]]],
          loans: [],
        },
      ],
    ]);
    const all = [...spendingHistory.build(data, day + 4 * DAY_MS)];
    expect(all.map(([customer, { until }]) => [customer, until])).toEqual([
      ['a', isoDate(START + 4)],
      ['b', isoDate(START + 4)],
    ]);
  });

  it('gives each customer the same state from the rows of some customers as from all', () => {
    const own = { ...data, table: selectRows(data.table, [1, 2, 3]) };
    const moment = day + 10 * DAY_MS;
    expect([...spendingHistory.build(own, moment)]).toEqual([...spendingHistory.build(data, moment)].slice(0, 1));
  });
});
