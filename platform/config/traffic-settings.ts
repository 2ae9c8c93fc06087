/** How much the callers of one kind may ask; null: without limit. */
export interface CallerLimits {
  /** Requests of one subject to one route. */
  readonly requestsPerMinute: number | null;
  /** Answers of one subject, rows of batches included. */
  readonly answersPerDay: number | null;
}

/** Limits of the prediction API's traffic. */
export interface TrafficSettings {
  /** Of tokens that may ask for any customer: other programs. */
  readonly programs: CallerLimits;
  /** Of tokens that belong to one customer. */
  readonly customers: CallerLimits;
  /** Requests of one process without an answer yet, at most. */
  readonly mostInFlight: number;
  /** Decimals that scores are rounded to, by route of the model. */
  readonly scoreDecimals: Readonly<Record<string, number>>;
}
