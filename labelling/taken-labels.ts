/** Where labels are brought back to. */
export interface LabelTarget {
  readonly source: string;
  /** The file that they were read from, for error messages. */
  readonly file: string;
  /** Unknown names that the caller declares as new. */
  readonly newNames: readonly string[];
  /** How a caller declares a new name, for error messages, such as `--new-intent <name>`. */
  readonly allow: string;
  /** True where the backend's database is only read: then there are statements instead of a change. */
  readonly readOnly: boolean;
}

/** The outcome: labels written into the backend, or the SQL that would write them. */
export type TakenLabels =
  | { readonly kind: 'written'; readonly written: number }
  | { readonly kind: 'statements'; readonly sql: readonly string[] };
