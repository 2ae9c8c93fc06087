import { dayInMonth, firstDayOf, monthOfDay } from '../calendar/index.js';

/** One payment of a stream. */
export interface Payment {
  /** Whole days since the epoch, UTC. */
  readonly day: number;
  /** > 0. */
  readonly amount: number;
}

/** A payment with the month that it is for. */
export interface Occurrence extends Payment {
  readonly month: number;
  /** Days after the usual day of that month, negative = before. */
  readonly delay: number;
}

const MEAN_MONTH = 365.25 / 12;

/** Day of the month as an angle, so that the 31st and the 1st are close together. */
const angleOf = (day: number): number => ((day - firstDayOf(monthOfDay(day))) / MEAN_MONTH) * 2 * Math.PI;

/** Circular mean (1 … 31) and circular standard deviation, in days, of the payments' days of the month. */
export function usualDay(payments: readonly Payment[]): { readonly day: number; readonly spread: number } {
  let [sine, cosine] = [0, 0];
  for (const { day } of payments) {
    sine += Math.sin(angleOf(day));
    cosine += Math.cos(angleOf(day));
  }
  const length = Math.min(1, Math.hypot(sine, cosine) / payments.length);
  const turn = Math.atan2(sine, cosine) / (2 * Math.PI);
  // Circular standard deviation (Mardia and Jupp, Directional Statistics, 2000, section 2.3.3).
  const spread = length > 1e-9 ? (Math.sqrt(-2 * Math.log(length)) / (2 * Math.PI)) * MEAN_MONTH : MEAN_MONTH;
  return { day: 1 + (Math.round((turn < 0 ? turn + 1 : turn) * MEAN_MONTH) % 31), spread };
}

/**
 * Assigns each payment to the month whose usual day is nearest: with the 1st as usual day, a payment on the 31st belongs
 * to the month after. @param usual - usual day of the month, 1 … 31.
 */
export function assignMonths(payments: readonly Payment[], usual: number): Occurrence[] {
  return payments.map(({ day, amount }) => {
    const here = monthOfDay(day);
    let month = here - 1;
    let delay = day - dayInMonth(month, usual);
    for (let other = here; other <= here + 1; other++) {
      const otherDelay = day - dayInMonth(other, usual);
      if (Math.abs(otherDelay) < Math.abs(delay)) [month, delay] = [other, otherDelay];
    }
    return { day, amount, month, delay };
  });
}
