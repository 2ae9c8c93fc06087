import type { SnapshotTables } from '../../../contracts/backend.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { maximum, ratio } from '../arithmetic.js';
import { knownBefore, numbersOf, timesOf } from '../columns.js';
import { before, DAY_MS, indexEvents, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';

/** A payment up to this long after the due date counts as on time, because bookings take a day. */
const GRACE_MS = DAY_MS;
/** An instalment that is late by this much counts as missed even if it is paid afterwards (30 days past due). */
const MISSED_MS = 30 * DAY_MS;

interface Instalment {
  /** Months from the due date to `asOf`. */
  readonly ageMonths: number;
  /** Days from due date to payment, or to `asOf` while unpaid; 0 when early or on time. */
  readonly daysLate: number;
  readonly paid: boolean;
  readonly amountDue: number;
}

function prepareInstalments(tables: SnapshotTables): (userId: string, asOf: number) => Instalment[] {
  const { loan_payments: payments } = tables;
  const index = indexEvents(payments, 'user_id', 'due_at');
  const paidAt = timesOf(payments, 'paid_at');
  const amountDue = numbersOf(payments, 'amount_due');
  return (userId, asOf) => {
    const instalments: Instalment[] = [];
    // Instalments due within the grace time are left out, since they may still be paid on time.
    index.visit(userId, before(asOf - GRACE_MS), (row, dueAt) => {
      const knownPaidAt = knownBefore(paidAt[row]!, asOf);
      const paid = !Number.isNaN(knownPaidAt);
      const late = (paid ? knownPaidAt : asOf) - dueAt;
      const daysLate = late <= GRACE_MS ? 0 : late / DAY_MS;
      instalments.push({ ageMonths: (asOf - dueAt) / MONTH_MS, daysLate, paid, amountDue: amountDue[row]! });
    });
    return instalments;
  };
}

const missedWithin = (instalments: readonly Instalment[], months: number): number =>
  instalments.filter(({ ageMonths, daysLate }) => ageMonths <= months && daysLate * DAY_MS >= MISSED_MS).length;

/** Delays and arrears of loan instalments. */
export const paymentHistory = defineGroup({
  columns: { loan_payments: ['user_id', 'due_at', 'paid_at', 'amount_due'] },
  fields: {
    instalmentsCount: { unit: 'count', description: 'Instalments that fell due.' },
    onTimeShare: { unit: 'share', description: 'Share of instalments paid on time, one day of grace.' },
    daysLateMean: { unit: 'days', description: 'Mean delay of instalments, 0 for those on time.' },
    daysLateMaximum: { unit: 'days', description: 'Longest delay of instalments due in the last 24 months.' },
    lateCount6Months: { unit: 'count', description: 'Instalments of the last 6 months not paid on time.' },
    missedCount3Months: { unit: 'count', description: 'Instalments of the last 3 months late by 30 days or more.' },
    missedCount6Months: { unit: 'count', description: 'Instalments of the last 6 months late by 30 days or more.' },
    missedCount12Months: { unit: 'count', description: 'Instalments of the last 12 months late by 30 days or more.' },
    overdueCount: { unit: 'count', description: 'Instalments due and not paid yet.' },
    overdueAmount: { unit: 'INR', description: 'Sum of instalments due and not paid yet.' },
  },
  prepare(tables) {
    const instalmentsOf = prepareInstalments(tables);
    return (userId, asOf) => {
      const instalments = instalmentsOf(userId, asOf);
      const overdue = instalments.filter(({ paid }) => !paid);
      const recent = instalments.filter(({ ageMonths }) => ageMonths <= 24);
      return {
        instalmentsCount: instalments.length,
        onTimeShare: ratio(instalments.filter(({ daysLate }) => daysLate === 0).length, instalments.length),
        daysLateMean: mean(instalments.map(({ daysLate }) => daysLate)),
        daysLateMaximum: maximum(recent.map(({ daysLate }) => daysLate)),
        lateCount6Months: instalments.filter(({ ageMonths, daysLate }) => ageMonths <= 6 && daysLate > 0).length,
        missedCount3Months: missedWithin(instalments, 3),
        missedCount6Months: missedWithin(instalments, 6),
        missedCount12Months: missedWithin(instalments, 12),
        overdueCount: overdue.length,
        overdueAmount: sum(overdue.map(({ amountDue }) => amountDue)),
      };
    };
  },
});
