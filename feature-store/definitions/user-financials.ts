import type { FeatureView } from '../../contracts/feature-view.js';
import { defineView } from './feature-group.js';
import { balances } from './groups/balances.js';
import { cashFlow } from './groups/cash-flow.js';
import { habits } from './groups/habits.js';

/** How a user earns, spends and keeps money: cash flow, balances, habits. Amounts in the source's own currency. */
export const userFinancials: FeatureView = defineView(
  { name: 'user-financials', version: 1, timeToLiveSeconds: 8 * 24 * 3600 },
  [cashFlow, balances, habits],
);
