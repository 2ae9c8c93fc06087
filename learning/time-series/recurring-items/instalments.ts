import { monthOfDay } from '../calendar/index.js';
import { type ExpectedPayment } from './recurring-items.js';
import type { Payment } from './occurrences.js';

/** Schedule of a loan: equal monthly instalments from the month after the disbursement. */
export interface InstalmentPlan {
  /** Day of the disbursement, since the epoch. */
  readonly from: number;
  /** Amount of one instalment. */
  readonly instalment: number;
  /** Number of instalments. */
  readonly term: number;
}

/** Payment status of a plan. */
export interface PlanStanding {
  readonly paid: number;
  /** Instalments that were due before `asOf` and are not among the payments. */
  readonly overdue: number;
}

/** Number of overdue instalments from which a loan counts as written off: no payment is expected. */
const WRITTEN_OFF = 3;
/**
 * Expected share of the due and of the overdue instalments that are paid, by the number overdue. Measured on the training
 * months of the generated backend, except the one half after one overdue instalment, which is a neutral prior.
 */
const PAID_SHARES = [
  { due: 1, overdue: 0 },
  { due: 0.5, overdue: 0.5 },
  { due: 0, overdue: 0 },
] as const;

/** A payment belongs to a plan when it has the amount of an instalment, up to rounding. */
const isInstalment = ({ instalment }: InstalmentPlan, { amount }: Payment): boolean =>
  Math.abs(amount - instalment) <= Math.max(0.01, instalment * 1e-4);

/** Status of a plan. @param payments - of all loans of the customer. @param asOf - first day of a month. */
export function standingOfPlan(plan: InstalmentPlan, payments: readonly Payment[], asOf: number): PlanStanding {
  const paid = payments.filter(
    (payment) => payment.day < asOf && payment.day > plan.from && isInstalment(plan, payment),
  ).length;
  const due = Math.min(plan.term, monthOfDay(asOf) - 1 - monthOfDay(plan.from));
  return { paid, overdue: Math.max(0, due - paid) };
}

/**
 * Expected payments of a loan: its remaining instalments times the probability that they are paid.
 * @param months - first month that is forecast, before which all payments are known, and number of months.
 */
export function expectInstalments(
  plan: InstalmentPlan,
  { overdue }: PlanStanding,
  months: { readonly from: number; readonly count: number },
): ExpectedPayment[] {
  if (overdue >= WRITTEN_OFF) return [];
  const shares = PAID_SHARES[overdue]!;
  const day = Math.min(28, 5 + (plan.from % 20));
  const start = monthOfDay(plan.from);
  return Array.from({ length: months.count }, (_, i) => {
    const month = months.from + i;
    const isDue = month > start && month - start <= plan.term;
    const late = i === 0 ? overdue * shares.overdue : 0;
    return { month, day, amount: plan.instalment * ((isDue ? shares.due : 0) + late) };
  }).filter(({ amount }) => amount > 0);
}
