import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column } from '../../contracts/table.js';

/**
 * Transposes a view's values into one column for each field, in the order of the fields.
 * @param rows - one vector for each entity or labelled row, with one value for each field.
 */
export const fieldColumns = (view: FeatureView, rows: readonly Float64Array[]): Record<string, Column> =>
  Object.fromEntries(
    view.fields.map(({ name }, field): [string, Column] => [
      name,
      { kind: 'number', values: Float64Array.from(rows, (row) => row[field]!) },
    ]),
  );
