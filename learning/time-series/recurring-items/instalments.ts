import { monthOfDay } from '../calendar/index.js';
import { type ExpectedPayment } from './recurring-items.js';
import type { Payment } from './occurrences.js';

/** A loan's schedule: so many equal instalments, monthly from the month after it was paid out. */
export interface InstalmentPlan {
  /** Day it was paid out, since the epoch. */
  readonly from: number;
  readonly instalment: number;
  readonly term: number;
}

/** Where a plan stands. */
export interface PlanStanding {
  readonly paid: number;
  /** Instalments due before `asOf` and not seen. */
  readonly overdue: number;
}

/** After so many unpaid instalments nothing more is expected: the loan is written off. */
const WRITTEN_OFF = 3;
/**
 * Shares that arrive of this month's instalment and of the overdue ones, by how many are overdue. Measured on the
 * training months of the generated backend; half after one unpaid instalment is also what one would say knowing nothing.
 */
const ARRIVING = [
  { due: 1, overdue: 0 },
  { due: 0.5, overdue: 0.5 },
  { due: 0, overdue: 0 },
] as const;

/** Payments of a plan are told by their amount, to the rounding. */
const isInstalment = ({ instalment }: InstalmentPlan, { amount }: Payment): boolean =>
  Math.abs(amount - instalment) <= Math.max(0.01, instalment * 1e-4);

/** @param payments - all instalments of the person, of every loan. @param asOf - first day of a month. */
export function standingOfPlan(plan: InstalmentPlan, payments: readonly Payment[], asOf: number): PlanStanding {
  const paid = payments.filter(
    (payment) => payment.day < asOf && payment.day > plan.from && isInstalment(plan, payment),
  ).length;
  const due = Math.min(plan.term, monthOfDay(asOf) - 1 - monthOfDay(plan.from));
  return { paid, overdue: Math.max(0, due - paid) };
}

/**
 * What a loan will cost: its remaining instalments, less what experience says of loans with unpaid ones.
 * @param from - first month that is forecast; all payments before it are known.
 */
export function expectInstalments(
  plan: InstalmentPlan,
  { overdue }: PlanStanding,
  months: { readonly from: number; readonly count: number },
): ExpectedPayment[] {
  if (overdue >= WRITTEN_OFF) return [];
  const arriving = ARRIVING[overdue]!;
  const day = Math.min(28, 5 + (plan.from % 20));
  const start = monthOfDay(plan.from);
  return Array.from({ length: months.count }, (_, i) => {
    const month = months.from + i;
    const isDue = month > start && month - start <= plan.term;
    const late = i === 0 ? overdue * arriving.overdue : 0;
    return { month, day, amount: plan.instalment * ((isDue ? arriving.due : 0) + late) };
  }).filter(({ amount }) => amount > 0);
}
