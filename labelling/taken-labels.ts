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

/** What became of the messages of a file. */
export interface TakenCounts {
  /** Messages whose labels changed. */
  readonly written: number;
  /** Those of them that had another label before; their change is recorded. Annotations are not counted so. */
  readonly corrected?: number;
  /** Messages that have these labels already. */
  readonly unchanged: number;
  /** Ids that are no message of the source. */
  readonly unknown: number;
}

/** The outcome: labels written into the backend, or the SQL that would write them. */
export type TakenLabels =
  | { readonly kind: 'written'; readonly counts: TakenCounts }
  | { readonly kind: 'statements'; readonly sql: readonly string[] };
