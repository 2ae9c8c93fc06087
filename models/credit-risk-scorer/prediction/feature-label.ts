/** A feature's name and unit in explanations and request schemas. */
export interface FeatureLabel {
  readonly label: string;
  readonly unit: Unit;
  /** Labels of coded values. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Unit of a number. */
export type Unit = 'INR' | 'TWD' | 'DM' | 'share' | 'ratio' | 'count' | 'days' | 'months' | 'years' | 'plain';
