import type { FileFormat } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';

/** A file as it was read. */
export interface DataFile {
  readonly format: FileFormat;
  readonly table: Table;
  /** sha256 of the file's bytes as they lie on disk. */
  readonly fileHash: string;
  readonly fileName: string;
}
