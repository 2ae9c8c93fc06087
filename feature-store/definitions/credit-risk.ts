import type { FeatureView } from '../../contracts/feature-view.js';

export const creditRisk: FeatureView = {
  name: 'credit-risk',
  version: 1,
  entity: 'user',
  tables: ['users'],
  fields: [],
  timeToLiveSeconds: 8 * 24 * 3600,
  prepare: () => () => new Float64Array(0),
};
