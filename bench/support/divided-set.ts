import type { DatasetSchema, FileFormat, TrainingData } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';

/** A data set on both sides of its holdout. */
export interface DividedSet {
  readonly train: TrainingData;
  readonly holdout: TrainingData;
}

/** Divides rows by the schema's own rule. */
export function divide(schema: DatasetSchema, table: Table): DividedSet {
  const { train, holdout } = splitHoldout(freezeHoldout(schema.split, table), table);
  return { train: { schema, table: train }, holdout: { schema, table: holdout, history: table } };
}

/** Reads a public set as `ml train --data-path` does and divides it. */
export async function readDivided(path: string, formats: readonly FileFormat[]): Promise<DividedSet> {
  const { format, table } = await readDataFile(path, formats);
  return divide(format.schema, table);
}
