import type { ColumnSpec } from '../../contracts/dataset.js';
import type { FeatureView } from '../../contracts/feature-view.js';

/** Specs of the columns that views add to a training table, in the order of views and fields; NaN = unknown. */
export const viewColumns = (views: readonly FeatureView[]): ColumnSpec[] =>
  views.flatMap(({ fields }) =>
    fields.map(({ name, description, unit }): ColumnSpec => {
      return { name, type: 'number', nullable: true, description: `${description} (${unit})` };
    }),
  );
