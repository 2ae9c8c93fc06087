import type { FileFormat } from '../../../../contracts/dataset.js';
import type { TableSchema } from '../../../../contracts/table-schema.js';
import { requireOutcomeLabel, tableFileFormat } from '../../../../learning/tabular/table-format/index.js';
import { NEEDED_OF_A_CLASS } from '../needed-of-a-class.js';

/**
 * Any table with a label of two outcomes, as a schema describes it.
 * @throws PipelineError `INVALID_INPUT` for another label.
 */
export function anyTable(schema: TableSchema): FileFormat {
  requireOutcomeLabel(schema, 'credit-risk-scorer');
  return tableFileFormat(schema, {
    minimumRows: 100,
    fraction: 0.3,
    salt: 'table@1',
    neededOfAClass: NEEDED_OF_A_CLASS,
  });
}
