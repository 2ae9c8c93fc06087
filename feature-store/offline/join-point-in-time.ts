import type { SnapshotTables } from '../../contracts/backend.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { textColumn, timestampColumn } from '../../learning/table.js';
import { fieldColumns } from './field-columns.js';

function joinView(rows: Table, view: FeatureView, tables: SnapshotTables): Record<string, Column> {
  const entityIds = textColumn(rows, 'entity_id');
  const moments = timestampColumn(rows, 'as_of');
  const compute = view.prepare(tables);
  const values = entityIds.map((entityId, row) => {
    if (entityId === null || Number.isNaN(moments[row]))
      throw new PipelineError('INVALID_VALUE', `labelled row ${row} lacks entity_id or as_of`, { row });
    return compute(entityId, moments[row]!);
  });
  return fieldColumns(view, values);
}

/**
 * Adds the views' fields to labelled rows, computed at each row's own `as_of` from strictly earlier events, by the same
 * functions that fill the online store.
 * @throws PipelineError `MISSING_COLUMN` without the columns `entity_id` and `as_of`, `INVALID_VALUE` for a row without
 *   a value in one of them, `CONFLICT` when two columns have the same name.
 */
export function joinPointInTime(rows: Table, views: readonly FeatureView[], tables: SnapshotTables): Table {
  const columns: Record<string, Column> = { ...rows.columns };
  for (const view of views)
    for (const [name, column] of Object.entries(joinView(rows, view, tables))) {
      if (Object.hasOwn(columns, name))
        throw new PipelineError('CONFLICT', `view ${view.name} and the rows before it both have a column ${name}`);
      columns[name] = column;
    }
  return { rowCount: rows.rowCount, columns };
}
