import type { EncodedValues } from '../../../contracts/table.js';

export type DriftColumnKind = 'numeric' | 'categorical' | 'text';

/** Categories or texts: codes with their dictionary (code −1 = missing), or the values themselves (null = missing). */
export type DriftWords = EncodedValues | readonly (string | null)[];

/** One column of a reference or of a window. Booleans are numeric 0/1, or categorical; both give the same verdict. */
export type DriftColumn =
  /** (n,) NaN is missing; ±∞ is counted as missing and named in the note. */
  | { readonly name: string; readonly kind: 'numeric'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'categorical' | 'text'; readonly values: DriftWords };

/**
 * `evidently`: the default rules of Evidently 0.7.23, uncorrected. `default`: p-values under Benjamini–Hochberg and an
 * effect size over a threshold.
 */
export type DriftMode = 'evidently' | 'default';

export type DriftMethod =
  | 'kolmogorov-smirnov'
  | 'chi-square'
  | 'z-test'
  | 'wasserstein'
  | 'jensen-shannon'
  | 'word-presence'
  | 'domain-classifier'
  /** Not compared; the note says why. */
  | 'none';

export type DriftEffectName = 'wasserstein' | 'jensen-shannon' | 'psi' | 'missing-share';

export interface DriftEffect {
  readonly name: DriftEffectName;
  readonly value: number;
}

/** The comparison of one column, or of the share of its missing values (`kind: 'missing'`). */
export interface ColumnDrift {
  /** Unique in a result: the column's name, with ` (missing)` behind it for the share of missing values. */
  readonly column: string;
  /** Name of the column that was compared, without the suffix. */
  readonly of: string;
  readonly kind: DriftColumnKind | 'missing';
  readonly method: DriftMethod;
  /** Distance D, χ², z, or the distance or AUC itself where the method has no p-value; NaN is never written: 0 for `none`. */
  readonly statistic: number;
  readonly pValue: number | null;
  /** Benjamini–Hochberg over all columns of the result; null in mode `evidently`. */
  readonly adjustedPValue: number | null;
  /** Null where mode `evidently` decides by a p-value. */
  readonly effect: DriftEffect | null;
  /** What decides: of the effect in mode `default`, of the p-value, distance or AUC in mode `evidently`. */
  readonly threshold: number;
  /** False also where nothing was decided; then `note` says why. */
  readonly drifted: boolean;
  /** False where the column could not be compared; it counts neither in `driftedShare` nor in the correction. */
  readonly decided: boolean;
  /** Rows with a value. */
  readonly referenceCount: number;
  readonly currentCount: number;
  /** Rows without a value, infinite numbers included. */
  readonly referenceMissing: number;
  readonly currentMissing: number;
  readonly note: string | null;
}

export interface DriftResult {
  readonly mode: DriftMode;
  /** In the order of the reference; columns of the window alone last. */
  readonly columns: readonly ColumnDrift[];
  /** Drifted columns of those that were decided; 0 when none was. */
  readonly driftedShare: number;
  /** The rule of the whole data set; always false when `undecided` is not null. */
  readonly drifted: boolean;
  /** Why nothing was decided: reference too small, window without rows. */
  readonly undecided: string | null;
}

/** A column with its importance to the model and the product of both. */
export interface RankedDrift extends ColumnDrift {
  /** Share of the total importance, 0 … 1; 0 for a column that the importance does not name. */
  readonly importance: number;
  /** Effect relative to its threshold, times importance. */
  readonly score: number;
  /** 1 = first. */
  readonly rank: number;
}
