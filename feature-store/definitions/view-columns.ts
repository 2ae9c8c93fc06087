import type { ColumnSpec } from '../../contracts/dataset.js';
import type { FeatureField, FeatureView } from '../../contracts/feature-view.js';

const NON_NEGATIVE: readonly FeatureField['unit'][] = ['count', 'days', 'share', 'flag'];

/** Bounds of a field: as declared, else by its meaning no negative counts, no part larger than its whole. */
export function boundsOf({ name, unit, range }: FeatureField): Pick<ColumnSpec, 'minimum' | 'maximum'> {
  const isPart = unit === 'flag' || name.endsWith('Share');
  return { ...(NON_NEGATIVE.includes(unit) && { minimum: 0 }), ...(isPart && { maximum: 1 }), ...range };
}

/** Specs of the columns that views add to a training table, in the order of views and fields; NaN = unknown. */
export const viewColumns = (views: readonly FeatureView[]): ColumnSpec[] =>
  views.flatMap(({ fields }) =>
    fields.map((field): ColumnSpec => {
      const description = `${field.description} (${field.unit})`;
      return { name: field.name, type: 'number', nullable: true, description, ...boundsOf(field) };
    }),
  );
