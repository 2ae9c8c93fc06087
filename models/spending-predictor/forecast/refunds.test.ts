import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayInMonth, monthOf } from '../../../learning/time-series/calendar/index.js';
import { historyOf, monthlyAmounts } from './history.js';
import type { Movement } from './movement.js';
import { netRefunds } from './refunds.js';

const START = monthOf(2024, 1);
/** @param amount - signed as a bank does: negative = money out. */
const booked = (month: number, day: number, amount: number, more: Partial<Movement> = {}): Movement => ({
  day: dayInMonth(START + month, day),
  amount: -amount,
  category: 'shopping',
  payee: 'webshop',
  instalments: null,
  ...more,
});
const months = [0, 1, 2, 3, 4, 5];

describe('netRefunds', () => {
  it('reduces the payment that came back, and its money is no income', () => {
    const history = historyOf(months.flatMap((month) => [booked(month, 5, -10_000), booked(month, 14, 5000)]));
    expect([...monthlyAmounts(history, 'shopping', START + 6)]).toEqual(months.map(() => 5000));
    expect(history.income.size).toBe(0);
    const [stream] = [...history.streams.values()];
    expect(stream!.payments.map(({ amount }) => amount)).toEqual(months.map(() => 5000));
  });

  it('counts a refund of the next month in the month of the payment', () => {
    const history = historyOf([booked(0, 5, -700), booked(0, 28, -4000), booked(1, 3, 4000), booked(1, 20, -900)]);
    expect([...monthlyAmounts(history, 'shopping', START + 2)]).toEqual([700, 900]);
  });

  it.each([
    ['a payment of another shop in the category', [booked(0, 5, -900, { payee: 'A' }), booked(0, 9, 300)], 600],
    ['the same shop before a newer payment', [booked(0, 5, -900), booked(0, 7, -900, { payee: 'A' }), booked(0, 9, 900)], 900],
    ['two refunds of one payment', [booked(0, 5, -900), booked(0, 9, 300), booked(0, 10, 300)], 300],
  ])('takes %s', (_, movements, left) => {
    const net = netRefunds(movements);
    expect(net.reduce((total, { amount }) => total + amount, 0)).toBe(left);
    expect(net.every(({ amount }) => amount > 0)).toBe(true);
  }); // prettier-ignore

  it.each([
    ['a salary', [booked(0, 1, 50_000, { category: 'salary' })]],
    ['interest that was paid, when interest was charged too', [booked(0, 1, -900, { category: 'interest' }), booked(0, 9, 40, { category: 'interest' })]],
    ['more than was paid at one time, such as a deposit', [booked(0, 5, -8000, { category: 'rent' }), booked(1, 5, 24_000, { category: 'rent' })]],
    ['money back before the payment', [booked(0, 5, 500), booked(0, 9, -900)]],
    ['money back half a year later', [booked(0, 5, -900), booked(7, 9, 500)]],
    ['money without a category from another payee', [booked(0, 5, -900, { category: 'other' }), booked(0, 9, 500, { category: 'other', payee: 'friend' })]],
  ])('leaves %s as it is', (_, movements) => {
    expect(netRefunds(movements)).toEqual(movements);
  }); // prettier-ignore

  it('neither makes nor loses money, and keeps what no refund concerns (property)', () => {
    const movement = fc
      .record({ month: fc.nat(8), day: fc.integer({ min: 1, max: 28 }), amount: fc.integer({ min: -900, max: 900 }) })
      .filter(({ amount }) => amount !== 0)
      .map(({ month, day, amount }) => booked(month, day, amount));
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 40 }), (movements) => {
        const total = (rows: readonly Movement[]): number => rows.reduce((sum, { amount }) => sum + amount, 0);
        const net = netRefunds(movements);
        expect(total(net)).toBe(total(movements));
        expect(netRefunds([...movements].reverse())).toEqual(net);
        const payments = movements.filter(({ amount }) => amount > 0);
        expect(new Set(netRefunds(payments))).toEqual(new Set(payments));
      }),
    );
  });
});
