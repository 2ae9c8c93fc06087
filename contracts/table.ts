/**
 * One column of a table in memory. Between processes and activities a table is passed as the hash of a Parquet blob.
 */
export type Column =
  /** Numbers and booleans (0/1); NaN is missing. */
  | { readonly kind: 'number'; readonly values: Float64Array }
  /** Milliseconds since 1970-01-01T00:00Z; NaN is missing. */
  | { readonly kind: 'timestamp'; readonly values: Float64Array }
  /** Text and categories; null is missing. */
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

export type ColumnKind = Column['kind'];

/** Columns of equal length, in insertion order; reading and writing files keeps the order. */
export interface Table {
  readonly rowCount: number;
  readonly columns: Readonly<Record<string, Column>>;
}
