import type { FeatureView } from '../../contracts/feature-view.js';
import { isStale } from '../../feature-store/online/freshness.js';
import type { OnlineValue } from '../../feature-store/online/online-value.js';

/** Features of an entity as the store holds them. */
export interface EntityFeatures {
  readonly entity: string;
  readonly view: string;
  readonly version: number;
  /** Nothing later is in them (ISO 8601). */
  readonly asOf: string;
  readonly stale: boolean;
  /** By name; null = unknown. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** Features as they are answered. */
export const describeFeatures = (
  view: FeatureView,
  entity: string,
  { features, eventTime, viewVersion }: OnlineValue,
): EntityFeatures => ({
  entity,
  view: view.name,
  version: viewVersion,
  asOf: new Date(eventTime).toISOString(),
  stale: isStale(view, eventTime, Date.now()),
  values: Object.fromEntries(view.fields.map(({ name }, i) => [name, orNull(features[i])])),
});

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
