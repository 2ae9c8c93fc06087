import { firstDayOf, isoDate, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import type { SpendingPredictor } from '../prediction/predictor.js';
import type { SpendingRequest } from '../prediction/request.js';

const HORIZON_DAYS = 62;

type Sent = NonNullable<SpendingRequest['transactions']>[number];

/** Invented transactions: a rent, a subscription and growing purchases. */
function inventedMonths(until: number, months: number, level: number): Sent[] {
  const last = monthOfDay(until) - 1;
  return Array.from({ length: months }, (_, i) => last - months + 1 + i).flatMap((month, i) => {
    const on = (day: number): string => isoDate(firstDayOf(month) + day - 1);
    return [
      { bookedAt: on(3), amount: -Math.round(level * 0.4), category: 'rent', merchant: 'LANDLORD' },
      { bookedAt: on(12), amount: -299, category: 'telecom', merchant: 'TELEPHONE' },
      { bookedAt: on(9), amount: -Math.round(level * (0.3 + 0.01 * i)), category: 'groceries', merchant: 'MARKET' },
      { bookedAt: on(21), amount: -Math.round(level * 0.2), category: 'shopping', merchant: 'SHOP' },
    ];
  });
}

/** Requests of invented people for the smoke test: a newcomer, two months, six months, a loan. No customer is in them. */
export function sampleInputs({ model: { knownUntil, groups } }: SpendingPredictor): SpendingRequest[] {
  const asOf = isoDate(knownUntil);
  const level = Math.max(100, groups[groups.length >> 1]!.total);
  const loan: Sent = {
    bookedAt: isoDate(knownUntil - 40),
    amount: -Math.round(level * 0.1),
    category: 'emi',
    instalments: 12,
  };
  const horizonDays = HORIZON_DAYS;
  return [
    { transactions: [], asOf, horizonDays },
    { transactions: inventedMonths(knownUntil, 2, level), asOf, horizonDays },
    { transactions: inventedMonths(knownUntil, 6, level), asOf, horizonDays },
    { transactions: [...inventedMonths(knownUntil, 14, level), loan], asOf, horizonDays },
  ];
}
