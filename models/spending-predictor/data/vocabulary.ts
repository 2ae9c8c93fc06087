import type { Period } from '../../../learning/time-series/recurring-items/index.js';

/** Categories of moves between the customer's own accounts, which are neither spending nor income. */
export const internalCategories: ReadonlySet<string> = new Set(['transfer', 'investment']);

/** Categories of contractual and unavoidable payments; all other categories are discretionary. */
export const committedCategories: ReadonlySet<string> = new Set([
  'rent',
  'emi',
  'insurance',
  'education',
  'utilities',
  'telecom',
  'fees',
  'interest',
]);

/** Categories in which money in is income, whatever was paid in them before. */
export const incomeCategories: ReadonlySet<string> = new Set([
  'salary',
  'wages',
  'pension',
  'income',
  'income_other',
  'interest',
  'dividend',
]);

/** Category of loan instalments, which follow the schedules of the known loans. */
export const LOAN_CATEGORY = 'emi';

/** Typical period of a category in months, with which one payment is sufficient to recognise a bill. */
export const typicalPeriods: Readonly<Record<string, Period>> = { insurance: 12, education: 3 };

/** Category of payments without one. */
export const UNKNOWN_CATEGORY = 'other';
