import { type FeatureView, WEEKLY_TIME_TO_LIVE_SECONDS } from '../../contracts/feature-view.js';
import { defineView } from './feature-group.js';
import { balances } from './groups/balances.js';
import { cashFlow } from './groups/cash-flow.js';
import { habits } from './groups/habits.js';

/** A user's cash flow, balances and transaction habits. Amounts are in the source's currency. */
export const userFinancials: FeatureView = defineView(
  { name: 'user-financials', version: 1, timeToLiveSeconds: WEEKLY_TIME_TO_LIVE_SECONDS },
  [cashFlow, balances, habits],
);
