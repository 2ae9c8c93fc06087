import type { ColumnSpec } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureField, FeatureView } from '../../contracts/feature-view.js';

const columnOf = ({ name, description, unit }: FeatureField): ColumnSpec => ({
  name,
  type: 'number',
  nullable: true,
  description: `${description} (${unit})`,
});

/**
 * Fields of views as columns of a training table; NaN is "unknown".
 * @param names - the wanted fields. @default all, view by view
 * @throws PipelineError `INVALID_MODEL` for a name that no view has.
 */
export function viewColumns(views: readonly FeatureView[], names?: readonly string[]): ColumnSpec[] {
  const fields = views.flatMap((view) => view.fields);
  if (names === undefined) return fields.map(columnOf);
  return names.map((name) => {
    const field = fields.find((each) => each.name === name);
    if (field) return columnOf(field);
    const known = views.map((view) => view.name).join(', ');
    throw new PipelineError('INVALID_MODEL', `no field "${name}" in the views ${known}`, { field: name });
  });
}
