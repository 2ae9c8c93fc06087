import type { TrainingData } from '../../../contracts/dataset.js';
import type { Preprocessing, RowInput } from './preprocessing.js';

/** Rows of a table as a caller sends them: the features by name, unknown values left out. */
export function rowInputs({ table }: TrainingData, { features }: Pick<Preprocessing, 'features'>): RowInput[] {
  const inputs = Array.from({ length: table.rowCount }, (): RowInput => ({}));
  for (const { name } of features) {
    const column = table.columns[name];
    column?.values.forEach((value: number | string | null, row: number) => {
      if (value !== null && !Number.isNaN(value)) inputs[row]![name] = value;
    });
  }
  return inputs;
}
