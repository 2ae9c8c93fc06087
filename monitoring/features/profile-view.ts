import type { FeatureField, FeatureView } from '../../contracts/feature-view.js';
import type { Table } from '../../contracts/table.js';
import { boundsOf } from '../../feature-store/definitions/view-columns.js';
import { numberColumn } from '../../learning/table.js';
import { type QuantileSketch, sketchOf } from '../../learning/numeric/statistics/quantile-sketch.js';

/** Different values that are counted; above it, only that there are more is known. */
export const MOST_DISTINCT = 10_000;

/** What the values of one field are like, over the entities of one materialisation. */
export interface FieldStatistics {
  /** Entities whose value is unknown. */
  readonly missing: number;
  /** Values outside the field's range; null: it has none. */
  readonly outOfRange: number | null;
  /** Different known values, at most `MOST_DISTINCT`. */
  readonly distinct: number;
  /** Of the known values. */
  readonly sketch: QuantileSketch;
}

/** Statistics of a view by field, in the order of the fields. */
export interface ViewProfile {
  readonly entities: number;
  readonly fields: Readonly<Record<string, FieldStatistics>>;
}

function countOutside(values: Float64Array, { minimum = -Infinity, maximum = Infinity }: ReturnType<typeof boundsOf>) {
  if (minimum === -Infinity && maximum === Infinity) return null;
  let outside = 0;
  for (const value of values) if (value < minimum || value > maximum) outside += 1;
  return outside;
}

function countDistinct(values: Float64Array): number {
  const seen = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) seen.add(value);
    if (seen.size === MOST_DISTINCT) break;
  }
  return seen.size;
}

function profileField(field: FeatureField, values: Float64Array): FieldStatistics {
  let missing = 0;
  for (const value of values) missing += Number(Number.isNaN(value));
  const outOfRange = countOutside(values, boundsOf(field));
  return { missing, outOfRange, distinct: countDistinct(values), sketch: sketchOf(values) };
}

/**
 * Statistics of each field of a view. O(entities × fields) time; memory of one field.
 * @param table - one row an entity, a column for each field; NaN = unknown. @throws PipelineError `MISSING_COLUMN`.
 */
export const profileView = ({ fields }: Pick<FeatureView, 'fields'>, table: Table): ViewProfile => ({
  entities: table.rowCount,
  fields: Object.fromEntries(fields.map((field) => [field.name, profileField(field, numberColumn(table, field.name))])),
});
