/** How a feature is called when one speaks to an applicant or an auditor, and in what it is measured. */
export interface Wording {
  readonly label: string;
  readonly unit: Unit;
  /** Words for coded values. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What a number is counted in. */
export type Unit = 'INR' | 'TWD' | 'DM' | 'share' | 'ratio' | 'count' | 'days' | 'months' | 'years' | 'plain';
