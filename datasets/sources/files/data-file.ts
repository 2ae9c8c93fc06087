import type { DateOrder, FileFormat } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';

/** A file's content as a table, with the format it was read by. */
export interface DataFile {
  readonly format: FileFormat;
  readonly table: Table;
  /** sha256 of the file's bytes on disk; for a folder, of the names and hashes of its files. */
  readonly fileHash: string;
  readonly fileName: string;
  /** Zone of the clocks of moments without one; absent where the format keeps no clocks. */
  readonly timeZone?: string;
  /** How dates in numbers are written in its texts; absent: with the day first, or no dates in texts. */
  readonly dateOrder?: DateOrder;
  /** How the file is written where that was detected, and what was left out: sentences without a value of a row. */
  readonly remarks: readonly string[];
}
