import type { z } from 'zod';
import type { TrainingData } from './dataset.js';

/** Kinds of entity whose state is kept. */
export type StateEntity = 'user' | 'counterparty';

/**
 * What is known of one kind of entity up to a moment, and read beside the artefact when a request names the entity. The
 * artefact keeps what was learned over all entities; the state keeps what is known of one. One function builds it for
 * evaluation (as of each origin) and for the feature store (as of the snapshot), so that the two agree.
 */
export interface EntityStateView<State = unknown> {
  /** Unique among all models: `spending-history`. */
  readonly name: string;
  /** Raised whenever the state's meaning changes; part of every stored value. */
  readonly version: number;
  readonly entity: StateEntity;
  /** Text column of the training table whose value names the entity; rows without it belong to none. */
  readonly idColumn: string;
  /** Timestamp column of the training table with each row's moment. */
  readonly timeColumn: string;
  /** How long a state may be served before it counts as stale, in seconds. */
  readonly timeToLiveSeconds: number;
  /** JSON. */
  readonly state: z.ZodType<State>;
  /**
   * States of all entities from the rows of a data set dated strictly before `asOf` (milliseconds). Pure; the order of
   * the entities is fixed, so that stored parts have the same bytes. An entity's state depends on the rows that name it
   * and on `asOf` alone: the store builds it from a part of the data set that holds all rows of some entities.
   * @param data - rows of the model's training table, or of its `stateRows`; labels are ignored.
   */
  build(data: TrainingData, asOf: number): Iterable<readonly [entityId: string, state: State]>;
}

/** A state as it was read from the store. */
export interface StoredState<State = unknown> {
  readonly state: State;
  /** Milliseconds: the state was built from rows dated strictly before. */
  readonly asOf: number;
}

/** States that were read for a request, by name of their view; null where the entity is unknown or not named. */
export type StoredStates = Readonly<Record<string, StoredState | null>>;

/** The state of one view, typed as the view declares it. The store checked name and version when it read the state. */
export const stateOf = <State>(states: StoredStates, view: EntityStateView<State>): StoredState<State> | null =>
  (states[view.name] ?? null) as StoredState<State> | null;
