import type { StateEntity, StoredState, StoredStates } from '../contracts/entity-state.js';
import type { FeatureView } from '../contracts/feature-view.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type {
  FeatureValue,
  FeatureValues,
  ModelDefinition,
  RequestFeatures,
  StateRequest,
} from '../contracts/model-definition.js';
import { definedViews } from '../feature-store/definitions/index.js';
import { isStale } from '../feature-store/online/freshness.js';
import { onlineNameOf } from '../feature-store/online/online-name.js';
import type { OnlineState, OnlineStore, OnlineValue } from '../feature-store/online/online-store.js';
import type { ArtefactManifest } from '../registry/artefacts.js';

/** Whose features and states are read, and from which data source. */
export interface EntityReference {
  readonly source: string;
  readonly entityId: string;
}

/** A feature view as it was read. */
export interface ReadView {
  readonly view: string;
  readonly version: number;
  /** The moment that the features were computed as of (ISO 8601): nothing later is in them. */
  readonly asOf: string;
  /** Whether that moment lies further back than the view's time to live. */
  readonly stale: boolean;
}

/** A state as it was read; `asOf` null = the store has none of this entity. */
export interface ReadState extends Omit<ReadView, 'view' | 'asOf'> {
  readonly state: string;
  readonly entity: StateEntity;
  readonly entityId: string;
  readonly asOf: string | null;
}

/** Values as the store gave them, (fields,) by name of the view; NaN = unknown. */
export type ValuesOfViews = Readonly<Record<string, Float64Array>>;

/** Features of one entity from the online store. */
export interface StoredFeatures {
  readonly values: FeatureValues;
  readonly views: readonly ReadView[];
  readonly valuesOfViews: ValuesOfViews;
}

/** States from the online store, for each of several requests. */
export interface StatesOfRequests {
  /** (n,) by name of the state's view. */
  readonly states: readonly StoredStates[];
  /** Each entity once. */
  readonly read: readonly ReadState[];
}

const orNull = (value: number): FeatureValue => (Number.isNaN(value) ? null : value);

const isUsable = (view: FeatureView, value: OnlineValue | null): value is OnlineValue =>
  value !== null && value.viewVersion === view.version && value.features.length === view.fields.length;

const describeView = (view: FeatureView, eventTime: number, now: number): ReadView => ({
  view: view.name,
  version: view.version,
  asOf: new Date(eventTime).toISOString(),
  stale: isStale(view, eventTime, now),
});

/**
 * Reads the views of one entity: all of them or none, because training rows had all of them.
 * @param now - milliseconds, for staleness.
 * @throws PipelineError `ENTITY_NOT_FOUND` when no view knows the entity (or its values have expired);
 *   `FEATURES_INCOMPLETE` when one view is absent or was computed by another version of its code.
 */
export async function readStoredFeatures(
  store: Pick<OnlineStore, 'get'>,
  views: readonly FeatureView[],
  { source, entityId }: EntityReference,
  now: number,
): Promise<StoredFeatures> {
  const found = await Promise.all(
    views.map(async (view) => (await store.get(source, onlineNameOf(view), [entityId]))[0] ?? null),
  );
  const names = views.map(({ name }) => name);
  if (views.length > 0 && found.every((value) => value === null))
    throw pipelineError('ENTITY_NOT_FOUND', { source, views: names });
  const values: Record<string, FeatureValue> = {};
  const valuesOfViews: Record<string, Float64Array> = {};
  const missing: string[] = [];
  const read: ReadView[] = [];
  views.forEach((view, i) => {
    const value = found[i]!;
    if (!isUsable(view, value)) return void missing.push(`${view.name} version ${view.version}`);
    view.fields.forEach(({ name }, field) => (values[name] = orNull(value.features[field]!)));
    valuesOfViews[view.name] = value.features;
    read.push(describeView(view, value.eventTime, now));
  });
  if (missing.length > 0) throw pipelineError('FEATURES_INCOMPLETE', { source, missing });
  return { values, views: read, valuesOfViews };
}

/** A usable state. @throws PipelineError `ENTITY_NOT_FOUND`, `FEATURES_INCOMPLETE` as `readStates`. */
function checkState(
  { view: { name, version }, required }: StateRequest,
  source: string,
  found: OnlineState | null,
): OnlineState | null {
  if (found === null && required) throw pipelineError('ENTITY_NOT_FOUND', { source, views: [name] });
  if (found !== null && found.viewVersion !== version)
    throw pipelineError('FEATURES_INCOMPLETE', { source, missing: [`${name} version ${version}`] });
  return found;
}

function describeState(
  view: StateRequest['view'],
  [entityId, found]: readonly [string, OnlineState | null],
  now: number,
): ReadState {
  const { name: state, version, entity } = view;
  const asOf = found === null ? null : new Date(found.eventTime).toISOString();
  const stale = found !== null && isStale(view, found.eventTime, now);
  return { state, version, entity, entityId, asOf, stale };
}

const toStored = (found: OnlineState | null | undefined): StoredState | null =>
  found ? { state: found.state, asOf: found.eventTime } : null;

/**
 * Reads the states that requests about one customer name: one call of the store for each kind of state.
 * @param known - what the caller knows, parsed; (n,)
 * @param now - milliseconds, for staleness.
 * @throws PipelineError `ENTITY_NOT_FOUND` when the store lacks a required state; `FEATURES_INCOMPLETE` when one was
 *   built by another version of its code.
 */
export async function readStates(
  store: Pick<OnlineStore, 'getStates'>,
  { states: requests = [] }: Pick<RequestFeatures, 'states'>,
  { source, entityId: customerId }: EntityReference,
  { known, now }: { readonly known: readonly unknown[]; readonly now: number },
): Promise<StatesOfRequests> {
  const states = known.map((): Record<string, StoredState | null> => ({}));
  const read: ReadState[] = [];
  for (const request of requests) {
    const { view } = request;
    const ids = known.map((each) => request.entityIdOf({ customerId, known: each }));
    const distinct = [...new Set(ids)].filter((id) => id !== null);
    const values = distinct.length === 0 ? [] : await store.getStates(source, view.name, distinct);
    const found = new Map(distinct.map((id, i) => [id, checkState(request, source, values[i] ?? null)]));
    ids.forEach((id, i) => (states[i]![view.name] = id === null ? null : toStored(found.get(id))));
    for (const entry of found) read.push(describeState(view, entry, now));
  }
  return { states, read };
}

/**
 * The model's request features with the versions of views that an artefact was trained with, which the code may define
 * beside newer ones. An artefact that recorded none is read as the code has it.
 * @param defined - views by which the code can compute. @default all
 * @throws PipelineError `FEATURE_VERSION_MISMATCH` for a version that the code does not define.
 */
export function trainedWith(
  requestFeatures: RequestFeatures,
  { reads }: Pick<ArtefactManifest, 'reads'>,
  defined: readonly FeatureView[] = definedViews,
): RequestFeatures {
  const trained = reads?.filter(({ kind }) => kind === 'feature-view') ?? [];
  if (trained.length === 0) return requestFeatures;
  const views = trained.map(({ name, version }) => {
    const known = [...requestFeatures.views, ...defined].filter((view) => view.name === name);
    const found = known.find((view) => view.version === version);
    if (found !== undefined) return found;
    throw pipelineError('FEATURE_VERSION_MISMATCH', { name, trained: version, served: known[0]?.version ?? null });
  });
  return { ...requestFeatures, views };
}

/** @throws PipelineError `INVALID_INPUT` when the model reads neither views nor states. */
export function requireRequestFeatures({ name, requestFeatures }: ModelDefinition): RequestFeatures {
  if (requestFeatures !== undefined) return requestFeatures;
  const message = `${name} reads no stored features; send every input`;
  throw new PipelineError('INVALID_INPUT', message, { modelName: name });
}
