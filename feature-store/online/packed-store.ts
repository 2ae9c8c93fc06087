/** Whose values are meant: a feature view's or a state's, of one data source. */
export interface PackedView {
  readonly kind: 'feature' | 'state';
  readonly source: string;
  readonly view: string;
}

/** Packed values by view and entity. Every value has its event time at byte `EVENT_TIME_OFFSET`. */
export interface PackedStore {
  readonly kind: 'redis' | 'memory';
  /** Stores values, except where the stored one has a later event time. */
  put(view: PackedView, entries: ReadonlyMap<string, Buffer>, timeToLiveSeconds: number): Promise<void>;
  /** @returns (n,) in the order of `entityIds`; null = unknown or expired. */
  get(view: PackedView, entityIds: readonly string[]): Promise<(Buffer | null)[]>;
  /** Removes every value of an entity, of all views. @param source - null: of every source. @returns their number. */
  forget(entityId: string, source: string | null): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One string for one entity in one view: `feature:generated:credit-risk:u1`. */
export const keyOf = ({ kind, source, view }: PackedView, entityId: string): string =>
  `${kind}:${source}:${view}:${entityId}`;

/** Whether a key is that of a value of an entity, of any view. @param source - null: of any source. */
export function isKeyOf(key: string, entityId: string, source: string | null): boolean {
  const [kind, named, view] = key.split(':', 3);
  const isValue = (kind === 'feature' || kind === 'state') && named !== undefined && view !== undefined;
  return isValue && (source === null || source === named) && key.slice(`${kind}:${named}:${view}:`.length) === entityId;
}
