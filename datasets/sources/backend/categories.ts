/* Closed lists of values in the source system, shared by table specs, generator and importers. */

/** Values of `users.gender`. */
export const genders = ['female', 'male', 'other'] as const;
/** Values of `employment` in users and credit applications. */
export const employments = ['salaried', 'self_employed', 'student', 'retired', 'unemployed'] as const;
/** Values of `accounts.kind`. */
export const accountKinds = ['savings', 'current', 'credit_card', 'wallet'] as const;
/** Values of `transactions.channel`. */
export const channels = ['upi', 'card', 'neft', 'imps', 'nach', 'atm', 'cash', 'fee', 'interest', 'other'] as const;
/** Values of `transactions.category`. */
export const transactionCategories = [
  'salary',
  'income_other',
  'rent',
  'groceries',
  'dining',
  'fuel',
  'transport',
  'utilities',
  'telecom',
  'shopping',
  'entertainment',
  'health',
  'education',
  'travel',
  'insurance',
  'emi',
  'investment',
  'transfer',
  'cash',
  'fees',
  'household',
  'pension',
  'interest',
  'other',
] as const;
/** Values of `kind` in loans and credit applications. */
export const loanKinds = ['personal', 'home', 'vehicle', 'education', 'gold', 'card_emi', 'other'] as const;
/** Values of `credit_applications.decision`. */
export const decisions = ['approved', 'declined'] as const;
/** Values of `credit_applications.outcome`. */
export const outcomes = ['repaid', 'defaulted'] as const;
/** Values of `prediction_feedback.verdict`. */
export const verdicts = ['confirmed', 'dismissed', 'corrected'] as const;

/** One of `genders`. */
export type Gender = (typeof genders)[number];
/** One of `employments`. */
export type Employment = (typeof employments)[number];
/** One of `accountKinds`. */
export type AccountKind = (typeof accountKinds)[number];
/** One of `channels`. */
export type Channel = (typeof channels)[number];
/** One of `transactionCategories`. */
export type TransactionCategory = (typeof transactionCategories)[number];
/** One of `loanKinds`. */
export type LoanKind = (typeof loanKinds)[number];
/** One of `outcomes`. */
export type Outcome = (typeof outcomes)[number];
/** One of `verdicts`. */
export type Verdict = (typeof verdicts)[number];
