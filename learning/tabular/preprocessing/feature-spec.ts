import type { ColumnSpec, FeatureSpec } from '../../../contracts/dataset.js';

/** A column as a feature: text and categories are categorical, all else numeric. */
export const featureSpec = ({ name, type, description }: ColumnSpec): FeatureSpec => ({
  name,
  kind: type === 'category' || type === 'text' ? 'categorical' : 'numeric',
  description,
});
