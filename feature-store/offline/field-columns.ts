import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column } from '../../contracts/table.js';

/**
 * A view's values in columns named as its fields, in their order.
 * @param rows - one vector an entity or labelled row, each as wide as the view.
 */
export const fieldColumns = (view: FeatureView, rows: readonly Float64Array[]): Record<string, Column> =>
  Object.fromEntries(
    view.fields.map(({ name }, field): [string, Column] => [
      name,
      { kind: 'number', values: Float64Array.from(rows, (row) => row[field]!) },
    ]),
  );
