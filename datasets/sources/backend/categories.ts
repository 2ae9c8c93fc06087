/** Closed lists of the source system, shared by table specs, generator and importers. */
export const genders = ['female', 'male', 'other'] as const;
export const employments = ['salaried', 'self_employed', 'student', 'retired', 'unemployed'] as const;
export const accountKinds = ['savings', 'current', 'credit_card', 'wallet'] as const;
export const channels = ['upi', 'card', 'neft', 'imps', 'nach', 'atm', 'cash', 'fee', 'interest', 'other'] as const;
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
export const loanKinds = ['personal', 'home', 'vehicle', 'education', 'gold', 'card_emi', 'other'] as const;
export const decisions = ['approved', 'declined'] as const;
export const outcomes = ['repaid', 'defaulted'] as const;
export const verdicts = ['confirmed', 'dismissed', 'corrected'] as const;

export type Gender = (typeof genders)[number];
export type Employment = (typeof employments)[number];
export type AccountKind = (typeof accountKinds)[number];
export type Channel = (typeof channels)[number];
export type TransactionCategory = (typeof transactionCategories)[number];
export type LoanKind = (typeof loanKinds)[number];
export type Outcome = (typeof outcomes)[number];
export type Verdict = (typeof verdicts)[number];
