export { expectInstalments, standingOfPlan, type InstalmentPlan, type PlanStanding } from './instalments.js';
export type { Payment } from './occurrences.js';
export {
  expectPayments,
  findItems,
  findRecurring,
  type ExpectedPayment,
  type FoundItem,
  type Period,
  type RecurringItem,
  type RecurringOptions,
} from './recurring-items.js';
