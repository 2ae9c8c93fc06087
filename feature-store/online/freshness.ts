import type { EntityStateView } from '../../contracts/entity-state.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { findMaterialisations, type Materialisation } from './materialisations.js';
import { onlineNameOf } from './online-name.js';
import type { OnlineStore } from './online-store.js';

/** A feature view or a state, with what was written of it last. */
export interface Freshness {
  readonly kind: 'feature view' | 'state';
  readonly name: string;
  /** Of the running code. */
  readonly version: number;
  /** Null: nothing was written within the time that values are kept. */
  readonly written: Materialisation | null;
  /** `stale` by event time, not by when it was written; `other version` cannot be read by the running code. */
  readonly state: 'fresh' | 'stale' | 'other version' | 'missing';
}

/**
 * Whether a value is older than the time to live of its view or state. Its age counts from the event time: a value that
 * was written today from data of two months ago is two months old.
 * @param eventTime - milliseconds.  @param now - milliseconds.
 */
export const isStale = (
  { timeToLiveSeconds }: Pick<FeatureView, 'timeToLiveSeconds'>,
  eventTime: number,
  now: number,
): boolean => now - eventTime > timeToLiveSeconds * 1000;

function stateOf(
  view: FeatureView | EntityStateView,
  written: Materialisation | null,
  now: number,
): Freshness['state'] {
  if (written === null) return 'missing';
  if (written.version !== view.version) return 'other version';
  return isStale(view, written.wholeEventTime ?? written.eventTime, now) ? 'stale' : 'fresh';
}

/**
 * What the store holds of each view and state of one source, in their order.
 * @param now - milliseconds.
 * @throws PipelineError `SERVICE_UNAVAILABLE`.
 */
export async function freshnessOf(
  store: OnlineStore,
  source: string,
  {
    views,
    states,
    now,
  }: {
    readonly views: readonly FeatureView[];
    readonly states: readonly EntityStateView[];
    readonly now: number;
  },
): Promise<Freshness[]> {
  const all = [...views, ...states];
  const found = await findMaterialisations(
    store,
    source,
    all.map((view) => ('fields' in view ? onlineNameOf(view) : view.name)),
  );
  return all.map((view, i): Freshness => {
    const written = found[i] ?? null;
    const kind = 'fields' in view ? 'feature view' : 'state';
    return { kind, name: view.name, version: view.version, written, state: stateOf(view, written, now) };
  });
}
