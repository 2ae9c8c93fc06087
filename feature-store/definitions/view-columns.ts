import type { ColumnSpec } from '../../contracts/dataset.js';
import type { FeatureView } from '../../contracts/feature-view.js';

/** The fields of views as columns of a training table, view by view; NaN is "unknown". */
export const viewColumns = (views: readonly FeatureView[]): ColumnSpec[] =>
  views.flatMap(({ fields }) =>
    fields.map(({ name, description, unit }): ColumnSpec => {
      return { name, type: 'number', nullable: true, description: `${description} (${unit})` };
    }),
  );
