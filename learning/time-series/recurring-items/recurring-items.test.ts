import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { dayInMonth, firstDayOf, isoMonth, monthOfDay } from '../calendar/index.js';
import {
  expectInstalments,
  expectPayments,
  findItems,
  findRecurring,
  type Payment,
  type Period,
  standingOfPlan,
} from './index.js';

const START = 2024 * 12;

/** Payments on a usual day every `period` months. */
const billed = (
  [count, period]: readonly [number, Period],
  day: number,
  amount: (i: number) => number,
  jitter = 0,
): Payment[] => {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, i) => ({
    day: dayInMonth(START + i * period, day) + (jitter === 0 ? 0 : random.integer(2 * jitter + 1) - jitter),
    amount: amount(i),
  }));
};
const after = (payments: readonly Payment[]): number => firstDayOf(monthOfDay(payments.at(-1)!.day) + 1);
const next = (payments: readonly Payment[], count = 12) => {
  const asOf = after(payments);
  const item = findRecurring(payments, { asOf });
  return item === null ? null : expectPayments(item, { from: monthOfDay(asOf), count });
};

describe('findRecurring', () => {
  it.each([
    [1, 8],
    [3, 5],
    [6, 4],
    [12, 3],
  ] as const)('recognises a payment every %i months from %i payments, and its next date', (period, count) => {
    const payments = billed([count, period], 10, () => 500);
    const item = findRecurring(payments, { asOf: after(payments) });
    expect(item).toMatchObject({ period, day: 10, payments: count, missed: 0, standing: 'regular' });
    const [first] = expectPayments(item!, { from: monthOfDay(after(payments)), count: 12 });
    expect(first).toMatchObject({ month: START + count * period, day: 10, amount: 500 });
  });

  it('recognises regular payments with any day, price, number and small delays (property)', () => {
    const cases = fc.record({
      period: fc.constantFrom<Period>(1, 3, 6, 12),
      count: fc.integer({ min: 4, max: 30 }),
      day: fc.integer({ min: 1, max: 31 }),
      amount: fc.double({ min: 1, max: 1e6, noNaN: true }),
      jitter: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(cases, ({ period, count, day, amount, jitter }) => {
        const payments = billed([count, period], day, () => amount, jitter);
        const asOf = firstDayOf(START + (count - 1) * period + 1) + 3;
        const item = findRecurring(payments, { asOf });
        expect(item).toMatchObject({ period, standing: 'regular' });
        const due = expectPayments(item!, { from: START + (count - 1) * period + 1, count: period });
        expect(due).toHaveLength(1);
        expect(due[0]!.amount).toBeCloseTo(amount, 6);
      }),
    );
  });

  it('recognises fewer than 2 % of streams with random days and amounts', () => {
    const random = createRandom(3);
    let found = 0;
    for (let stream = 0; stream < 400; stream++) {
      const rate = 0.3 + 3 * random.uniform();
      const payments: Payment[] = [];
      for (let day = 0; day < 700; day++)
        if (random.uniform() < rate / 30)
          payments.push({ day: firstDayOf(START) + day, amount: 500 * Math.exp(0.28 * random.normal()) });
      if (findRecurring(payments, { asOf: firstDayOf(START) + 700 }) !== null) found++;
    }
    expect(found).toBeLessThan(8);
  });

  it('continues the last price and the yearly step in its month', () => {
    const rent = billed([30, 1], 3, (i) => 10_000 * 1.07 ** Math.floor((i + 7) / 12));
    const due = next(rent)!;
    expect(due).toHaveLength(12);
    expect(due[0]!.amount).toBeCloseTo(10_000 * 1.07 ** Math.floor(37 / 12), 4);
    const dearer = due.findIndex(({ amount }) => amount > due[0]!.amount * 1.05);
    expect(isoMonth(due[dearer]!.month).slice(5)).toBe('06');
    expect(due[dearer]!.amount / due[0]!.amount).toBeCloseTo(1.07, 4);
  });

  it('extrapolates gradual growth, and does not extrapolate a single jump', () => {
    const creeping = next(billed([26, 1], 5, (i) => 100 * 1.004 ** i))!;
    expect(creeping[11]!.amount).toBeCloseTo(100 * 1.004 ** 37, 1);
    const moved = next(billed([24, 1], 5, (i) => (i < 18 ? 800 : 1200)))!;
    expect(moved[11]!.amount).toBeCloseTo(1200, 6);
  });

  it('recognises an item with a missed or a late payment, and counts it', () => {
    const missed = billed([14, 1], 6, () => 90).filter((_, i) => i !== 7);
    const asOf = after(missed);
    expect(findRecurring(missed, { asOf })).toMatchObject({ period: 1, missed: 1, standing: 'regular' });
    const late = billed([14, 1], 6, () => 90).map((payment, i) =>
      i === 5 ? { ...payment, day: payment.day + 10 } : payment,
    );
    expect(findRecurring(late, { asOf })).toMatchObject({ period: 1, late: 1, payments: 14 });
  });

  it('expects half of an overdue payment and nothing of an ended one', () => {
    const payments = billed([10, 1], 6, () => 90);
    const [overdue, ended] = [firstDayOf(START + 11), firstDayOf(START + 13)];
    const first = findRecurring(payments, { asOf: overdue })!;
    expect(first.standing).toBe('overdue');
    expect(expectPayments(first, { from: START + 11, count: 1 })[0]!.amount).toBe(45);
    const second = findRecurring(payments, { asOf: ended })!;
    expect(second.standing).toBe('ended');
    expect(expectPayments(second, { from: START + 13, count: 12 })).toEqual([]);
  });

  it('ignores payments at or after asOf', () => {
    const payments = billed([12, 1], 6, (i) => (i < 6 ? 100 : 200));
    const asOf = firstDayOf(START + 6);
    expect(findRecurring(payments, { asOf })).toEqual(findRecurring(payments.slice(0, 6), { asOf }));
  });

  it('findItems separates a subscription from purchases at the same payee', () => {
    const subscription = billed([12, 1], 17, () => 199);
    const shopping = billed([12, 1], 25, (i) => 700 + 37 * ((i * 5) % 12), 12);
    const found = findItems([...subscription, ...shopping], { asOf: after(subscription) });
    expect(found).toHaveLength(1);
    expect(found[0]!.item.price.amount).toBe(199);
    expect(found[0]!.payments).toHaveLength(12);
  });

  it('recognises a single premium only with a hint', () => {
    const premium = billed([1, 12], 10, () => 5000);
    const asOf = after(premium);
    expect(findRecurring(premium, { asOf })).toBeNull();
    const item = findRecurring(premium, { asOf, hint: 12 })!;
    expect(expectPayments(item, { from: START + 1, count: 12 }).map(({ month }) => month)).toEqual([START + 12]);
    expect(findRecurring([], { asOf, hint: 12 })).toBeNull();
  });

  it('lets a yearly premium follow the usual growth until it shows two steps of its own', () => {
    const dearer = (count: number) => {
      const premiums = billed([count, 12], 10, (i) => 5000 * 1.04 ** i);
      const item = findRecurring(premiums, { asOf: after(premiums), hint: 12, usualGrowth: Math.log(1.1) })!;
      const [expected] = expectPayments(item, { from: START + 12 * count, count: 1 });
      return expected!.amount / premiums.at(-1)!.amount;
    };
    expect(dearer(1)).toBeCloseTo(1.1, 9);
    expect(dearer(2)).toBeCloseTo(1.1, 9);
    expect(dearer(3)).toBeCloseTo(1.04, 9);
    const [monthly] = next(billed([26, 1], 5, () => 100))!;
    expect(monthly!.amount).toBe(100);
  });
});

describe('instalments', () => {
  const plan = { from: dayInMonth(START, 10), instalment: 1000, term: 6 };
  const paid = (months: number): Payment[] =>
    Array.from({ length: months }, (_, i) => ({ day: dayInMonth(START + 1 + i, 5), amount: 1000 }));
  const expected = (payments: readonly Payment[], from: number) =>
    expectInstalments(plan, standingOfPlan(plan, payments, firstDayOf(from)), { from, count: 12 });

  it('are expected monthly to the end of the term', () => {
    expect(expected(paid(2), START + 3).map(({ month, amount }) => [month - START, amount])).toEqual([
      [3, 1000],
      [4, 1000],
      [5, 1000],
      [6, 1000],
    ]);
    expect(expected(paid(6), START + 7)).toEqual([]);
    expect(expected([], START)[0]).toMatchObject({ month: START + 1 });
  });

  it('are expected with a smaller share the more are overdue', () => {
    expect(expected(paid(1), START + 3)[0]!.amount).toBe(1000);
    expect(expected(paid(1), START + 4)[0] ?? null).toBeNull();
    expect(expected([], START + 4)).toEqual([]);
  });
});
