/** What the detector answers. */
export interface AnomalyAnswer {
  readonly isAnomaly: boolean;
  /** Which models contributed: `pooled`, or the category's beside it, and whether a supervised part contributed. */
  readonly modelUsed: string;
  /** 0 to 1, higher = more suspicious; comparable within one version only. */
  readonly score: number;
  /** A score above it is an alert. */
  readonly threshold: number;
}
