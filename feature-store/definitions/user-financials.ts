import { unchanged } from '../../contracts/data-policy.js';
import { type FeatureView, WEEKLY_TIME_TO_LIVE_SECONDS } from '../../contracts/feature-view.js';
import { defineView } from './feature-group.js';
import { balances } from './groups/balances.js';
import { cashFlow } from './groups/cash-flow.js';
import { habits } from './groups/habits.js';

/** A user's cash flow, balances and transaction habits. Amounts are in the source's currency. */
export const userFinancials: FeatureView = defineView(
  {
    ...{ name: 'user-financials', version: 1, timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS },
    needs: {
      users: unchanged('created_at'),
      accounts: unchanged('kind', 'opened_at'),
      transactions: {
        ...unchanged('booked_at', 'amount', 'category', 'balance_after', 'disputed_at'),
        merchant: ['hash'], // different ones are counted
      },
    },
  },
  [cashFlow, balances, habits],
);
