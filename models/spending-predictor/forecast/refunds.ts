import { incomeCategories, UNKNOWN_CATEGORY } from '../data/vocabulary.js';
import { compareMovements, type Movement } from './movement.js';

/** Days after a payment in which money back can be its refund. */
const REFUND_DAYS = 180;

/** A payment with what refunds have left of it. */
interface OpenPayment {
  readonly day: number;
  readonly payee: string | null;
  readonly at: number;
  left: number;
}

const byDay = (a: Movement, b: Movement): number => a.day - b.day || compareMovements(a, b);

/** The payment that money back refunds: the newest that is large enough, one to the same payee before all others. */
function refundedBy({ day, amount, category, payee }: Movement, open: readonly OpenPayment[]): OpenPayment | null {
  if (incomeCategories.has(category)) return null;
  let other: OpenPayment | null = null;
  for (let i = open.length - 1; i >= 0; i--) {
    const payment = open[i]!;
    if (day - payment.day > REFUND_DAYS) break;
    if (payment.left < -amount) continue;
    if (payee !== null && payment.payee === payee) return payment;
    other ??= payment;
  }
  // Without a category, two movements have to do with each other only by their payee.
  return category === UNKNOWN_CATEGORY ? null : other;
}

/**
 * Movements after refunds: money that comes back in a category of spending reduces the payment that it refunds, in the
 * month of the payment, and is no income. Money in is a refund when the customer paid at least as much at one time in its
 * category within 180 days before; otherwise, and in categories of income, it is income. Movements that no refund
 * concerns stay as they are. O(n log n) with few refunds.
 * A backtest reads one history for all origins, so it sees a payment net of a refund that came after the origin;
 * evaluation and requests read what was known.
 * @param movements - of one customer, in any order.
 */
export function netRefunds(movements: Iterable<Movement>): Movement[] {
  const open = new Map<string, OpenPayment[]>();
  const net: (Movement | null)[] = [...movements].sort(byDay);
  net.forEach((movement, at) => {
    const { day, amount, category, payee, instalments } = movement!;
    if (instalments !== null) return;
    const payments = open.get(category) ?? [];
    if (amount > 0) {
      payments.push({ day, payee, at, left: amount });
      open.set(category, payments);
      return;
    }
    const refunded = refundedBy(movement!, payments);
    if (refunded === null) return;
    refunded.left += amount;
    net[at] = null;
    net[refunded.at] = refunded.left > 0 ? { ...net[refunded.at]!, amount: refunded.left } : null;
  });
  return net.filter((movement) => movement !== null);
}
