import type { Period } from '../../../learning/time-series/recurring-items/index.js';

/** Money that stays the customer's: moving it is no spending. */
export const internalCategories: ReadonlySet<string> = new Set(['transfer', 'investment']);

/** What is owed by agreement or comes whether one wants it or not; all other categories are discretionary. */
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

/** Instalments of loans; where the loans are known these follow their schedules. */
export const LOAN_CATEGORY = 'emi';

/** Rhythms that a category is known for, so that one payment is enough to expect the next. */
export const typicalPeriods: Readonly<Record<string, Period>> = { insurance: 12, education: 3 };

/** Payments without a category. */
export const UNKNOWN_CATEGORY = 'other';
