/** Limits above which a file is rejected. Streaming keeps memory below about twice the table plus one line. */
export interface FileLimits {
  /** Bytes on disk. @default 1 GiB */
  readonly fileBytes: number;
  /** Bytes after gunzip. @default 2 GiB */
  readonly unpackedBytes: number;
  /** Unpacked ÷ packed size, checked above `ratioFromBytes`; text rarely exceeds 30, a gzip bomb has 1,000. @default 200 */
  readonly unpackedRatio: number;
  /** Unpacked bytes from which the ratio is checked. @default 8 MiB */
  readonly ratioFromBytes: number;
  /** Characters in a CSV line, and in one CSV or JSON record. @default 1 MiB */
  readonly lineBytes: number;
  /** @default 2,000 */
  readonly columns: number;
  /** @default 5,000,000 */
  readonly rows: number;
}

const MIB = 1024 * 1024;

/** Limits that apply unless the caller overrides them. */
export const defaultFileLimits: FileLimits = {
  fileBytes: 1024 * MIB,
  unpackedBytes: 2048 * MIB,
  unpackedRatio: 200,
  ratioFromBytes: 8 * MIB,
  lineBytes: MIB,
  columns: 2_000,
  rows: 5_000_000,
};
