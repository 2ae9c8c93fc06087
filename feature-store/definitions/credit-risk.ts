import { unchanged } from '../../contracts/data-policy.js';
import { type FeatureView, WEEKLY_TIME_TO_LIVE_SECONDS } from '../../contracts/feature-view.js';
import { defineView } from './feature-group.js';
import { applications } from './groups/applications.js';
import { cards } from './groups/cards.js';
import { creditHistory } from './groups/credit-history.js';
import { loans } from './groups/loans.js';
import { paymentHistory } from './groups/payment-history.js';

/** A user's debts, their share of income, payment history, cards, applications and length of credit history. */
export const creditRisk: FeatureView = defineView(
  {
    ...{ name: 'credit-risk', version: 1, timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS },
    needs: {
      accounts: unchanged('kind', 'credit_limit', 'opened_at'),
      transactions: unchanged('booked_at', 'amount', 'category', 'balance_after'),
      loans: unchanged(
        ...['principal', 'annual_rate', 'emi', 'disbursed_at', 'collateral_value', 'closed_at', 'defaulted_at'],
      ),
      loan_payments: unchanged('due_at', 'amount_due', 'paid_at'),
      credit_applications: unchanged('applied_at', 'decision'),
    },
  },
  [loans, paymentHistory, cards, applications, creditHistory],
);
