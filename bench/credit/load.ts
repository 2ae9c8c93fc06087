import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingData } from '../../contracts/dataset.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { numberColumn, selectRows, textColumn } from '../../learning/table.js';
import { stratifiedGroupFolds } from '../../models/credit-risk-scorer/training/cross-fit.js';
import { fileFormats } from '../../models/credit-risk-scorer/data/formats.js';

const files = { german: 'german/german.data', taiwan: 'taiwan/taiwan.csv.gz' } as const;

/** The folder with the public credit data, or null. */
export function creditDataFolder(dataFolder: string): string | null {
  const folder = join(dataFolder, 'credit');
  return existsSync(join(folder, files.german)) && existsSync(join(folder, files.taiwan)) ? folder : null;
}

/** Reads a public set through the model's own file format. */
export async function loadCredit(dataFolder: string, name: keyof typeof files): Promise<TrainingData> {
  const { format, table } = await readDataFile(join(dataFolder, 'credit', files[name]), fileFormats);
  return { schema: format.schema, table };
}

/** Labels of a set. */
export const labelsOf = ({ schema, table }: TrainingData): Float64Array => numberColumn(table, schema.label);

/** Five stratified folds, one person in one fold. */
export const foldsOf = (data: TrainingData, seed: number): Int32Array =>
  stratifiedGroupFolds(textColumn(data.table, data.schema.split.column), labelsOf(data), 5, seed);

/** These rows of a set. */
export const partOf = ({ schema, table }: TrainingData, rows: readonly number[]): TrainingData => ({
  schema,
  table: selectRows(table, rows),
});
