/** Rows to encode, wherever they come from. */
export interface EncodableRows {
  readonly count: number;
  /** NaN = unknown. */
  number(row: number, feature: string): number;
  category(row: number): string | null;
}
