import type { TransactionCategory } from '../categories.js';
import { festivalShare, type Month } from './calendar.js';

/** Relative deviation from the yearly mean by calendar month, January first, without the festival effect. */
const monthly: Readonly<Partial<Record<TransactionCategory, readonly number[]>>> = {
  groceries: [0, -0.05, 0, 0, 0, -0.05, 0, 0.05, 0.05, 0, 0, 0.05],
  dining: [0, -0.05, -0.05, 0, 0.1, -0.05, -0.15, -0.1, -0.05, 0, 0, 0.3],
  fuel: [0, -0.05, 0, 0.05, 0.15, 0.05, -0.1, -0.1, -0.05, 0, 0, 0.1],
  transport: [0, 0, 0, 0, -0.1, 0, 0.15, 0.15, 0.1, 0, 0, -0.1],
  shopping: [0.3, -0.2, -0.2, -0.1, 0, 0, 0, 0.15, -0.15, -0.15, -0.1, 0.15],
  entertainment: [0, -0.1, -0.1, 0.1, 0.3, 0, -0.1, 0, -0.1, 0, 0, 0.3],
  health: [0, 0, 0, -0.1, -0.1, 0, 0.3, 0.35, 0.25, 0, 0, 0],
  travel: [-0.3, -0.4, -0.2, 0.4, 1.1, 0.3, -0.5, -0.4, -0.4, 0.2, 0, 0.8],
  household: [0, -0.1, -0.1, 0, 0, 0.1, 0, 0, 0, -0.1, -0.1, 0],
  cash: [0, 0, 0, 0, 0.05, 0, 0, 0, 0, 0.05, 0.05, 0],
  utilities: [-0.1, -0.15, 0, 0.3, 0.5, 0.45, 0.15, 0.05, 0, -0.1, -0.2, -0.2],
};

/** Relative increase if the whole shopping season before Diwali is in the month. */
const festive: Readonly<Partial<Record<TransactionCategory, number>>> = {
  groceries: 0.3,
  dining: 0.3,
  shopping: 2,
  entertainment: 0.2,
  travel: 0.5,
  household: 1,
  cash: 0.4,
};

/**
 * Factor on a category's usual spending in a month, at least 0.2.
 * @param strength - the customer's amplitude; 1 = as in the tables, 0 = no seasonality.
 */
export function seasonalFactor(category: TransactionCategory, month: Month, strength: number): number {
  const usual = monthly[category]?.[month.calendarMonth] ?? 0;
  const festival = (festive[category] ?? 0) * festivalShare(month);
  return Math.max(0.2, 1 + strength * (usual + festival));
}
