import { z } from 'zod';
import { contentHash, DEFAULT_LINE, GENERATED_SOURCE, lineName, modelName, SYNTHETIC_LINE } from './ids.js';
import type { Table } from './table.js';
import type { TableSchema } from './table-schema.js';

/** What one column may hold. Validation, file readers and documentation all read this one description. */
export interface ColumnSpec {
  readonly name: string;
  /** `category` is text from a closed list; `flag` reads true/false/0/1 and is held as 0/1. */
  readonly type: 'number' | 'integer' | 'flag' | 'text' | 'category' | 'timestamp';
  /** One sentence with the unit. */
  readonly description: string;
  /** @default false */
  readonly nullable?: boolean;
  /**
   * A file usually does not have it, so that its absence is not remarked. Any nullable column may be absent and then reads
   * as empty; an absent label is refused unless it is optional. @default false
   */
  readonly optional?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The closed list of a `category`. */
  readonly categories?: readonly string[];
  /** No two rows may share a value. @default false */
  readonly unique?: boolean;
  /**
   * The column is not in the file: it holds the offset from UTC, in hours, of the clock on which this moment was written,
   * or that of the customers' zone where the file does not say. Moments without a zone are read on that clock then.
   */
  readonly clockOf?: string;
  /**
   * Of a timestamp that names a period: whole weeks, months, quarters and years (`2026-W05`, `2026-01`, `2026Q1`, `2026`)
   * are read as their first day, and no date counts as implausible. @default false
   */
  readonly periods?: boolean;
}

/** A column that a model learns from. */
export interface FeatureSpec {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly description: string;
  /** +1: the prediction may only rise with the feature; −1: only fall; absent: free. */
  readonly monotone?: 1 | -1;
}

/** Groups (users, merchants, templates) that are held out by the hash of their name: hash(salt, group) < fraction. */
const groupShare = z.strictObject({ column: z.string(), fraction: z.number().gt(0).lt(1), salt: z.string() });
export type GroupShare = z.infer<typeof groupShare>;

/** The newest rows under a rule by group. */
const groupWindow = z.strictObject({
  /** Time of a row. */
  column: z.string(),
  days: z.number().positive(),
  /** The newest row is the newest with a value in this column: a label that becomes known late. Absent: of all rows. */
  known: z.string().optional(),
});

/**
 * How rows are held out, in two parts: a frozen part that no version of the line ever learns from, and the newest window,
 * which moves with the data. `docs/evaluation.md` states the rules.
 * `group`: no row of a held-out group is ever learned from, also no new one. The window, where the rows have a time, is the
 * rows of held-out groups in the newest `days`, and all rows of groups that appeared in them; the frozen part is the rest.
 * `time`: the window is the newest `days`. With `groups`, the rows of held-out groups are never learned from, and those in
 * the `days` before the newest row of the line's first data are the frozen part.
 * `given`: the division that a public data set brings; rows whose text in `column` is one of `heldOut` are frozen.
 */
export type SplitRule =
  | { readonly kind: 'given'; readonly column: string; readonly heldOut: readonly string[] }
  | {
      readonly kind: 'group';
      readonly column: string;
      readonly fraction: number;
      readonly salt: string;
      readonly window?: { readonly column: string; readonly days: number; readonly known?: string };
    }
  | { readonly kind: 'time'; readonly column: string; readonly days: number; readonly groups?: GroupShare };

export const frozenHoldout = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('given'), column: z.string(), heldOut: z.array(z.string()).min(1) }),
  groupShare.extend({
    kind: z.literal('group'),
    /** Absent in lines from before there was a window, and where rows have no time. */
    window: groupWindow.optional(),
  }),
  z.strictObject({
    kind: z.literal('time'),
    column: z.string(),
    /** Start of the frozen part in milliseconds since the epoch, fixed with the line's first data. */
    cut: z.number(),
    /** Length of the frozen part and of the window. Absent in lines from before: all rows from the cut on are held out. */
    days: z.number().positive().optional(),
    /** Absent where there is no frozen part: a rule without groups, or data with few of them. */
    groups: groupShare.optional(),
  }),
]);
/** A split rule with its cut, stored with the line; training gets no row that it holds out. */
export type FrozenHoldout = z.infer<typeof frozenHoldout>;

/** How days are written in numbers where both readings are possible: 05/03 is 5 March with the day first, else 3 May. */
export const dateOrder = z.enum(['day-first', 'month-first']);
export type DateOrder = z.infer<typeof dateOrder>;

/** The columns of one line's training table and how they are used. */
export interface DatasetSchema {
  readonly line: string;
  /** IANA zone of the customers' clocks. Absent: the rows are older than this setting, their days are those of UTC. */
  readonly timeZone?: string;
  /** How dates in numbers are written in texts. Absent: with the day first. */
  readonly dateOrder?: DateOrder;
  /** All columns, the label included. */
  readonly columns: readonly ColumnSpec[];
  /** The column that names a row in messages; unique. */
  readonly key: string;
  readonly label: string;
  /** Training also uses rows without a label; a nullable label alone does not imply this. @default false */
  readonly labelOptional?: boolean;
  readonly features: readonly FeatureSpec[];
  /** Columns kept for fairness slices and never learned from. */
  readonly protectedColumns?: readonly string[];
  readonly split: SplitRule;
  /** Fewer usable rows than this is `TOO_FEW_ROWS`. */
  readonly minimumRows: number;
  /** Of a table of any layout: the user's description, which the artefact carries. */
  readonly table?: TableSchema;
}

/** A text file, unpacked. `name` is relative to the folder that was given, with `/` and without `.gz`. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** A layout other than a table: sentences in blocks, pairs of files, a folder of folds. Read whole, not as a stream. */
export interface TextLayout {
  /** @param files - sorted by name; of each the first 4,096 characters. One file, or all files below a folder. */
  matches(files: readonly SourceText[]): boolean;
  /**
   * The schema's columns, in order.
   * @param remark - takes sentences on how the files are written and on what was left out, without a value of a row.
   * @throws PipelineError `MALFORMED_FILE`, `INVALID_VALUE`, `MISSING_COLUMN` with file and line in the details.
   */
  parse(files: readonly SourceText[], remark?: (sentence: string) => void): Table;
}

/**
 * A file layout that `--data-path` accepts: how to recognise it and how its columns become those of `schema`.
 * Without `positionalColumns` a CSV file has a header.
 */
export interface FileFormat {
  readonly name: string;
  readonly description: string;
  readonly schema: DatasetSchema;
  /** `text`: only through `layout`. */
  readonly encodings: readonly ('csv' | 'json' | 'text')[];
  /** For layouts other than a table; tried before the table readers, and the only one that accepts a folder. */
  readonly layout?: TextLayout;
  /** @default detected: `,` `;` tab or `|` */
  readonly delimiter?: string;
  /** Names by position for files without a header row. */
  readonly positionalColumns?: readonly string[];
  /** True when a file with these column names (or this many unnamed columns) and file name is of this format. */
  matches(found: {
    readonly fileName: string;
    readonly columns: readonly string[] | null;
    readonly width: number;
  }): boolean;
  /** Why files with these columns are out of the model's scope, said instead of the columns that they lack; null: they are not. */
  outOfScope?(columns: readonly string[]): string | null;
  /** Source column names in the file for each schema column whose name differs. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Further names of a schema column that files may have; letter case, blanks and `_` in a name never count. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Schema column of signed amounts: may be written as a debit and a credit column, or without sign beside a direction. */
  readonly signedColumn?: string;
  /** A file must have all columns, also those whose cells may be empty. @default false */
  readonly requiresAllColumns?: boolean;
  /** Columns that the file may have for `transform` and that the schema has not. */
  readonly extraColumns?: readonly ColumnSpec[];
  /** Unrelated data sets have this layout: each file or folder is a line of its own, by its name. @default false */
  readonly isSharedLayout?: boolean;
  /** False where the label of a row is no class, and equal labels leave something to learn. @default true */
  readonly labelsAreClasses?: boolean;
  /** Texts of the rows may hold dates in numbers, whose order is recorded with the data set. @default false */
  readonly hasDatesInTexts?: boolean;
  /** Columns of text whose blanks at the ends count, since annotations name their characters. @default none */
  readonly verbatimColumns?: readonly string[];
  /** Rows whose label may be missing. @default all when labels are optional, else none. The others are left out. */
  labelMayBeMissing?(table: Table): (row: number) => boolean;
  /** Schema columns that `transform` makes (a row number, an age band), so the reader does not look for them in the file. */
  readonly derivedColumns?: readonly string[];
  /** Of a label that is a flag: rows of each class that are needed to learn from, and in the holdout. @default none */
  readonly neededOfAClass?: { readonly training: number; readonly holdout: number };
  /** Invented rows by the columns of the file, enough to train from, for the example file that a user fills in. */
  exampleRows?(seed: number): readonly Readonly<Record<string, unknown>>[];
  /** Last step after type conversion, for instance recoding `1/2` labels; row count and order stay. */
  transform?(table: Table): Table;
}

/** Rows of one line with their description, as `train` and `score` see them. */
export interface TrainingData {
  readonly schema: DatasetSchema;
  readonly table: Table;
  /**
   * All rows of the data set, given to `score` and `baseline` for a part of the holdout: a prediction may read those
   * strictly before its own moment as its entity's past. Absent in training and where the past is in the features.
   */
  readonly history?: Table;
}

const datasetFields = z.strictObject({
  /** Hash of the dataset manifest. */
  hash: contentHash,
  modelName,
  line: lineName,
  rows: z.int().nonnegative(),
  /** Where the rows come from: a snapshot, or a file with its name and hash. */
  origin: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('snapshot'), snapshotHash: contentHash, source: z.string() }),
    z.strictObject({
      kind: z.literal('file'),
      fileHash: contentHash,
      fileName: z.string(),
      format: z.string(),
      /** Blob with the table's schema, where a schema described the file. */
      tableSchemaHash: contentHash.optional(),
    }),
  ]),
  /** IANA zone of the customers' clocks; absent in data sets from before there was one. */
  timeZone: z.string().optional(),
  /** How dates in numbers are written in texts; absent: with the day first. */
  dateOrder: dateOrder.optional(),
  /** Facts for the reader of the output, such as "160 of 328 loans have any earlier transaction (25 bad)". */
  notes: z.array(z.string()).default([]),
});

/** Generated rows belonged to the line `default` once; manifests and histories of that time still say so (ADR 0205). */
function withPresentLine<Ref extends Pick<z.infer<typeof datasetFields>, 'line' | 'origin'>>(ref: Ref): Ref {
  const moved = ref.line === DEFAULT_LINE && ref.origin.kind === 'snapshot' && ref.origin.source === GENERATED_SOURCE;
  return moved ? { ...ref, line: SYNTHETIC_LINE } : ref;
}

/** A stored dataset by reference: what workflows and activities pass instead of rows. */
export const datasetRef = datasetFields.overwrite(withPresentLine);
/** As {@link datasetRef}, in the dataset's own manifest, whose hash it cannot hold. */
export const datasetDescription = datasetFields.omit({ hash: true }).overwrite(withPresentLine);
export type DatasetRef = z.infer<typeof datasetRef>;

/** One failed expectation, bounded so that it fits a payload. */
export const failedCheck = z.strictObject({
  table: z.string(),
  column: z.string().nullable(),
  check: z.string(),
  failedRows: z.int().nonnegative(),
  /** What was found and wanted, with the key of the first row that fails; no personal data. */
  example: z.string().nullable(),
  /** Of an expectation that only warns; absent: it counts against the data. */
  severity: z.literal('warn').optional(),
});
export type FailedCheck = z.infer<typeof failedCheck>;

/** A snapshot without the rows that validation put into quarantine. */
export const acceptedSnapshot = z.strictObject({
  hash: contentHash,
  /** Number of rows by table. */
  rows: z.record(z.string(), z.int()),
  quarantinedRows: z.int().positive(),
});
export type AcceptedSnapshot = z.infer<typeof acceptedSnapshot>;

export const dataQuality = z.strictObject({
  passed: z.boolean(),
  checkedRows: z.int().nonnegative(),
  /** Distinct rows with at least one fault. */
  rejectedRows: z.int().nonnegative(),
  /** Blob with the whole report (JSON). */
  reportHash: contentHash,
  /** Blob with the report as an HTML page; absent where none was drawn. */
  pageHash: contentHash.optional(),
  /** At most 20, worst first. */
  failedChecks: z.array(failedCheck).max(20),
  /** The snapshot without the rows that were put into quarantine; absent: none was. */
  accepted: acceptedSnapshot.optional(),
});
export type DataQuality = z.infer<typeof dataQuality>;

/** Settings of a validation that expectations read. */
export interface CheckSettings {
  /** What happens to class names that look like one, and to classes with a single example. */
  readonly suspiciousLabels: (typeof suspiciousLabelRules)[number];
}
export const suspiciousLabelRules = ['refused', 'allowed'] as const;

/** A model's own check of its training table, beside the column specs. */
export interface Expectation {
  readonly name: string;
  /** @param settings - absent: everything suspicious is refused.  @returns null when it holds, else what was found and wanted. */
  check(data: TrainingData, settings?: CheckSettings): string | null;
}
