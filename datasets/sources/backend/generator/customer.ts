import { emptyBook, type CreditBook } from './credit/book.js';
import type { Evidence } from './credit/risk.js';
import type { Month } from './calendar.js';
import { emptyHistory, type History } from './history.js';
import { type Life, startLife } from './life.js';
import type { Profile } from './profile.js';
import { type BackendRows, type CreditApplicationRow, emptyRows, type TransactionRow } from './rows.js';

/** Ground truth that is not in any table; only the oracles of the difficulty report use it. */
export interface Truth {
  /** Expected spending of each month before random effects, and the actual spending, INR. */
  readonly spending: { readonly month: Month; readonly expected: number; readonly actual: number }[];
  readonly fraud: Set<TransactionRow>;
  readonly applications: {
    readonly application: CreditApplicationRow;
    readonly probability: number;
    readonly evidence: Evidence;
  }[];
  /** True intent by message id; the label may differ. */
  readonly intents: Map<string, string>;
  /** True spans by message or transaction id. */
  readonly spans: Map<string, readonly TrueSpan[]>;
}

/** An entity in a text, by UTF-16 offsets; `end` is exclusive. */
export interface TrueSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The state of one simulated customer; mutable. */
export interface Customer {
  readonly profile: Profile;
  readonly life: Life;
  readonly book: CreditBook;
  readonly history: History;
  readonly rows: BackendRows;
  readonly truth: Truth;
  /** End of the history, exclusive, milliseconds since the epoch. */
  readonly end: number;
  balance: number;
  /** Amount owed on the card, INR. */
  owed: number;
}

const emptyTruth = (): Truth => ({
  spending: [],
  fraud: new Set(),
  applications: [],
  intents: new Map(),
  spans: new Map(),
});

/** A customer at the start of the history. @param savings - initial balance in months of income. */
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
