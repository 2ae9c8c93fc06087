/** The features of one entity in one view, in the order of the view's fields. */
export interface OnlineValue {
  readonly viewVersion: number;
  /** The moment that the features were computed as of, milliseconds since the epoch. */
  readonly eventTime: number;
  readonly features: Float64Array;
}

/** The state of one entity as one view declares it. */
export interface OnlineState {
  readonly viewVersion: number;
  /** The moment that the state was built as of, milliseconds since the epoch. */
  readonly eventTime: number;
  /** JSON. */
  readonly state: unknown;
}
