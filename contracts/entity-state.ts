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
  /** How long a state may be served before it counts as stale, in seconds. */
  readonly timeToLiveSeconds: number;
  /** JSON. */
  readonly state: z.ZodType<State>;
  /**
   * States of all entities from the rows of a data set dated strictly before `asOf` (milliseconds). Pure; the order of
   * the entities is fixed, so that stored parts have the same bytes.
   * @param data - rows of the model's training table, labels ignored.
   */
  build(data: TrainingData, asOf: number): Iterable<readonly [entityId: string, state: State]>;
}
