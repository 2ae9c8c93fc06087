import type { TrainingData } from '../../contracts/dataset.js';
import { numberColumn } from '../table.js';

/** Rows whose label is known, ascending. @throws PipelineError `MISSING_COLUMN`. */
export function labelledRows({ schema, table }: TrainingData): Int32Array {
  const labels = numberColumn(table, schema.label);
  return Int32Array.from(labels, (_, row) => row).filter((row) => !Number.isNaN(labels[row]!));
}
