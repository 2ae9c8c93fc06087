import type { FileFormat } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import type { FileLimits } from './limits.js';

export interface DataFile {
  readonly format: FileFormat;
  readonly table: Table;
  /** sha256 of the file's bytes as they lie on disk. */
  readonly fileHash: string;
  readonly fileName: string;
}

export async function readDataFile(
  path: string,
  formats: readonly FileFormat[],
  limits?: Partial<FileLimits>,
): Promise<DataFile> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${path} ${formats.length} ${String(limits)}`);
}
