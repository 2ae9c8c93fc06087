/** A metric estimated without labels. */
export interface EstimatedMetric {
  readonly name: string;
  /** Null = not defined for this window, such as a rank measure when all scores are equal. */
  readonly value: number | null;
  /** 95 % interval of what the labels would show: chance of this window and of the reference, not concept drift. */
  readonly low: number | null;
  readonly high: number | null;
  /** The metric measured on the labels of the reference. */
  readonly reference: number | null;
}

/** A condition under which the estimate holds. */
export interface Assumption {
  readonly name:
    'reference-not-trained-on' | 'no-concept-drift' | 'calibrated-scores' | 'covered-window' | 'learnable-errors';
  /** Null = cannot be checked without labels, or the caller did not say. */
  readonly holds: boolean | null;
  /** What was found and wanted. */
  readonly finding: string;
}

/** Where the rows of the reference come from. The estimate is too good on rows the model was trained on. */
export type ReferenceOrigin = 'held-out' | 'trained-on' | 'unknown';

/** Normal quantile of a 95 % interval. */
export const Z = 1.959963984540054;

/** Fewest labelled rows of a reference from which anything is estimated. */
export const FEWEST_ROWS = 30;

export const ASSUMES_NO_CONCEPT_DRIFT: Assumption = {
  name: 'no-concept-drift',
  holds: null,
  finding: 'that the same features still mean the same outcome cannot be checked without labels',
};

const originFindings: Readonly<Record<ReferenceOrigin, string>> = {
  'held-out': 'the model has not seen the rows of the reference',
  'trained-on': 'the model was trained on rows of the reference, wanted rows it has not seen',
  unknown: 'whether the model was trained on the reference is not known',
};

export const originAssumption = (origin: ReferenceOrigin): Assumption => ({
  name: 'reference-not-trained-on',
  holds: origin === 'unknown' ? null : origin === 'held-out',
  finding: originFindings[origin],
});

/** Standard deviation of the estimate's error: chance of the window, and as much of the reference by its size. */
export const bandFactor = (windowRows: number, referenceRows: number): number =>
  Math.sqrt(1 + windowRows / referenceRows);
