/** One packed value a view and entity: header (view version, event time) and Float64 fields in the view's order. */
export interface OnlineValue {
  readonly viewVersion: number;
  /** Milliseconds: the snapshot's `asOf` that the features were computed at. */
  readonly eventTime: number;
  readonly features: Float64Array;
}

/** Latest features by entity. Every implementation passes `checkOnlineStore`; reads of 50 features stay below 2 ms (p99). */
export interface OnlineStore {
  readonly kind: 'redis' | 'memory';
  /** Replaces values unless what is stored has a later event time (a late backfill must not overwrite). */
  put(
    source: string,
    view: string,
    entries: ReadonlyMap<string, OnlineValue>,
    timeToLiveSeconds: number,
  ): Promise<void>;
  /** @returns (n,) in the order of `entityIds`; null = unknown or expired. */
  get(source: string, view: string, entityIds: readonly string[]): Promise<(OnlineValue | null)[]>;
  /** @throws PipelineError `SERVICE_UNAVAILABLE`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
