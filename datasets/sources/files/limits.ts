/** What a file may cost before it is refused. Streaming keeps memory below about twice the table plus one line. */
export interface FileLimits {
  /** Bytes on disk. @default 1 GiB */
  readonly fileBytes: number;
  /** Bytes after gunzip. @default 2 GiB */
  readonly unpackedBytes: number;
  /** Unpacked ÷ packed, judged once `ratioFromBytes` are unpacked; text seldom passes 30, a bomb has 1,000. @default 200 */
  readonly unpackedRatio: number;
  /** @default 8 MiB */
  readonly ratioFromBytes: number;
  /** Bytes of a CSV line, and characters of one CSV or JSON record. @default 1 MiB */
  readonly lineBytes: number;
  /** @default 2,000 */
  readonly columns: number;
  /** @default 5,000,000 */
  readonly rows: number;
}

const MIB = 1024 * 1024;

export const defaultFileLimits: FileLimits = {
  fileBytes: 1024 * MIB,
  unpackedBytes: 2048 * MIB,
  unpackedRatio: 200,
  ratioFromBytes: 8 * MIB,
  lineBytes: MIB,
  columns: 2_000,
  rows: 5_000_000,
};
