import type { FeatureView } from '../../contracts/feature-view.js';
import { creditRisk } from './credit-risk.js';
import { userFinancials } from './user-financials.js';

/** All feature views of the system, in the order of materialisation. */
export const featureViews: readonly FeatureView[] = [userFinancials, creditRisk];
