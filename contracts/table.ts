/** Texts that repeat, each distinct one written once. */
export interface EncodedValues {
  /** (n,) position of each value in `words`; −1 = missing. */
  readonly codes: Int32Array;
  /** Distinct; a word may have no row. */
  readonly words: readonly string[];
}

/** Where the values of a text column lie in Parquet files, so that they are copied there and never read. */
export interface StoredValues {
  readonly paths: readonly string[];
  readonly name: string;
  /** (n,) number of each row in the files, one after the other; ascending. */
  readonly rows: Int32Array;
}

/**
 * One column of a table in memory. Between processes and activities a table is passed as the hash of a Parquet blob.
 */
export type Column =
  /** Numbers and booleans (0/1); NaN is missing. */
  | { readonly kind: 'number'; readonly values: Float64Array }
  /** Milliseconds since 1970-01-01T00:00Z; NaN is missing. */
  | { readonly kind: 'timestamp'; readonly values: Float64Array }
  /** Text and categories; null is missing. */
  | {
      readonly kind: 'text';
      readonly values: readonly (string | null)[];
      /** The same values in encoded form, where they were read so: `values` is then made on first use. */
      readonly encoded?: EncodedValues;
      /** Where the same values are stored, in a column that is only carried over to another table. */
      readonly stored?: StoredValues;
    };

export type ColumnKind = Column['kind'];

/** Columns of equal length, in insertion order; reading and writing files keeps the order. */
export interface Table {
  readonly rowCount: number;
  readonly columns: Readonly<Record<string, Column>>;
}
