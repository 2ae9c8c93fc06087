import type { FeatureView } from '../contracts/feature-view.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { FeatureValue, FeatureValues, ModelDefinition, RequestFeatures } from '../contracts/model-definition.js';
import type { OnlineStore, OnlineValue } from '../feature-store/online/online-store.js';

/** Whose features are read, and from which data source. */
export interface EntityReference {
  readonly source: string;
  readonly entityId: string;
}

/** A feature view as it was read. */
export interface ReadView {
  readonly view: string;
  readonly version: number;
  /** Moment of the snapshot that the features were computed from (ISO 8601): nothing later is in them. */
  readonly asOf: string;
  /** Whether that moment lies further back than the view's time to live. */
  readonly stale: boolean;
}

/** Features of one entity from the online store. */
export interface StoredFeatures {
  readonly values: FeatureValues;
  readonly views: readonly ReadView[];
}

const orNull = (value: number): FeatureValue => (Number.isNaN(value) ? null : value);

const isUsable = (view: FeatureView, value: OnlineValue | null): value is OnlineValue =>
  value !== null && value.viewVersion === view.version && value.features.length === view.fields.length;

const describeView = ({ name, version, timeToLiveSeconds }: FeatureView, eventTime: number, now: number): ReadView => ({
  view: name,
  version,
  asOf: new Date(eventTime).toISOString(),
  stale: now - eventTime > timeToLiveSeconds * 1000,
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
    views.map(async ({ name }) => (await store.get(source, name, [entityId]))[0] ?? null),
  );
  const names = views.map(({ name }) => name);
  if (views.length > 0 && found.every((value) => value === null))
    throw pipelineError('ENTITY_NOT_FOUND', { source, views: names });
  const values: Record<string, FeatureValue> = {};
  const missing: string[] = [];
  const read: ReadView[] = [];
  views.forEach((view, i) => {
    const value = found[i]!;
    if (!isUsable(view, value)) return void missing.push(`${view.name} version ${view.version}`);
    view.fields.forEach(({ name }, field) => (values[name] = orNull(value.features[field]!)));
    read.push(describeView(view, value.eventTime, now));
  });
  if (missing.length > 0) throw pipelineError('FEATURES_INCOMPLETE', { source, missing });
  return { values, views: read };
}

/** @throws PipelineError `INVALID_INPUT` when the model has no views to read. */
export function requireRequestFeatures({ name, requestFeatures }: ModelDefinition): RequestFeatures {
  if (requestFeatures !== undefined) return requestFeatures;
  const message = `${name} reads no stored features; send every input`;
  throw new PipelineError('INVALID_INPUT', message, { modelName: name });
}
