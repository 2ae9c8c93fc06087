import type { FileFormat } from '../../../../contracts/dataset.js';
import type { TableSchema } from '../../../../contracts/table-schema.js';
import { requireOutcomeLabel, tableFileFormat } from '../../../../learning/tabular/table-format/index.js';

/**
 * Any table, as a schema describes it: which rows do not fit the others. The label, 1 for an anomaly, may be absent.
 * @throws PipelineError `INVALID_INPUT` for a label without two outcomes.
 */
export function anyTable(schema: TableSchema): FileFormat {
  if (schema.label !== undefined) requireOutcomeLabel(schema, 'anomaly-detector');
  return tableFileFormat(schema, { minimumRows: 200, fraction: 0.3, salt: 'table@1', labelOptional: true });
}
