import { emptyBook, type CreditBook } from './credit/book.js';
import type { Evidence } from './credit/risk.js';
import type { Month } from './calendar.js';
import { emptyHistory, type History } from './history.js';
import { type Life, startLife } from './life.js';
import type { Profile } from './profile.js';
import { type BackendRows, type CreditApplicationRow, emptyRows, type TransactionRow } from './rows.js';

/** What the generator knows and no table says. The report's oracles read it; the database never sees it. */
export interface Truth {
  /** Each month's expected spending before anybody's mood and luck, and what it became, INR. */
  readonly spending: { readonly month: Month; readonly expected: number; readonly actual: number }[];
  readonly fraud: Set<TransactionRow>;
  readonly applications: {
    readonly application: CreditApplicationRow;
    readonly probability: number;
    readonly evidence: Evidence;
  }[];
  /** Right intent of a message, whatever its label says. */
  readonly intents: Map<string, string>;
  /** Right spans of a text (message or transaction id). */
  readonly spans: Map<string, readonly TrueSpan[]>;
}

export interface TrueSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A customer in the course of being simulated. */
export interface Customer {
  readonly profile: Profile;
  readonly life: Life;
  readonly book: CreditBook;
  readonly history: History;
  readonly rows: BackendRows;
  readonly truth: Truth;
  /** First moment after the history. */
  readonly end: number;
  balance: number;
  /** What is owed on the card, INR. */
  owed: number;
}

const emptyTruth = (): Truth => ({
  spending: [],
  fraud: new Set(),
  applications: [],
  intents: new Map(),
  spans: new Map(),
});

/** A customer on the day before the history starts. @param savings - balance then, in months of income. */
export function startCustomer(profile: Profile, end: number, savings: number): Customer {
  return {
    profile,
    life: startLife(profile),
    book: emptyBook(),
    history: emptyHistory(),
    rows: emptyRows(),
    truth: emptyTruth(),
    end,
    balance: Math.round(profile.income * savings),
    owed: Math.round(profile.cardLimit * (1 - profile.cardRepayment) * 0.7),
  };
}
