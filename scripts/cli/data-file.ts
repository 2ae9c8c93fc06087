import type { FileFormat } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import type { DataFile } from '../../datasets/sources/files/read-file.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** A file of training rows that was read and recognised. */
export type ReadFile = DataFile;

/**
 * Reads what `--data-path` names.
 * @throws PipelineError every error of a bad file, naming file, row and column; `TOO_FEW_ROWS`.
 */
export async function readTrainingFile(path: string, formats: readonly FileFormat[]): Promise<ReadFile> {
  const file = await readDataFile(path, formats);
  const { minimumRows } = file.format.schema;
  const found = file.table.rowCount;
  if (found < minimumRows) {
    const details = { file: file.fileName, found, wanted: minimumRows };
    throw new PipelineError(
      'TOO_FEW_ROWS',
      `${file.fileName} has ${found} rows, at least ${minimumRows} are needed`,
      details,
    );
  }
  return file;
}

/** Stores the rows where the workers find them. @returns the dataset's hash. */
export async function storeTrainingFile(blobs: BlobStore, modelName: string, file: ReadFile): Promise<string> {
  const { format, table, fileHash, fileName } = file;
  const origin = { kind: 'file', fileHash, fileName, format: format.name } as const;
  const ref = { modelName, line: format.schema.line, origin, notes: [] };
  return (await storeDataset(blobs, { table, schema: format.schema, ref })).hash;
}
