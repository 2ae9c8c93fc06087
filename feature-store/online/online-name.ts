import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';

/**
 * Under which name the store keeps a view's values: each version apart, so that several are served at once. The first
 * version has the plain name, as before there were several.
 */
export const onlineNameOf = (view: Pick<FeatureView, 'name' | 'version'>): string =>
  view.version === 1 ? view.name : referenceOf(view);
