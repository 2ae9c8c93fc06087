import type { FeatureStatistics } from './statistics-log.js';
import { quantileOf } from '../../learning/numeric/statistics/quantile-sketch.js';

/** What a field of a view was like on one day. */
export interface DayOfField {
  /** `2026-12-01`, UTC. */
  readonly day: string;
  /** Share of entities whose value is unknown; null: there was no entity. */
  readonly missingRate: number | null;
  /** Share of known values outside the field's range; null: it has none, or no value is known. */
  readonly outOfRangeRate: number | null;
  readonly distinct: number;
  /** Of the known values; null: none is known. */
  readonly quantiles: { readonly p5: number; readonly median: number; readonly p95: number } | null;
}

/** Remarks on a field that is of no use to a model, or may not be a number at all. */
export type FieldRemark = 'never known' | 'constant';

export interface FieldDays {
  readonly view: string;
  readonly version: number;
  readonly field: string;
  /** Oldest first. */
  readonly days: readonly DayOfField[];
  /** Of the newest day. */
  readonly remark: FieldRemark | null;
}

const shareOf = (count: number | null, of: number): number | null => (count === null || of === 0 ? null : count / of);

function dayOf(statistics: FeatureStatistics, field: string): DayOfField {
  const { missing, outOfRange, distinct, sketch } = statistics.fields[field]!;
  const [p5, median, p95] = [0.05, 0.5, 0.95].map((share) => quantileOf(sketch, share)) as [number, number, number];
  return {
    day: statistics.day,
    missingRate: shareOf(missing, statistics.entities),
    outOfRangeRate: shareOf(outOfRange, statistics.entities - missing),
    distinct,
    quantiles: sketch.count === 0 ? null : { p5, median, p95 },
  };
}

function remarkOf({ entities, fields }: FeatureStatistics, field: string): FieldRemark | null {
  const { missing, distinct } = fields[field]!;
  if (entities > 0 && missing === entities) return 'never known';
  return distinct === 1 && entities - missing > 1 ? 'constant' : null;
}

/** The fields of one view over days. @param days - of one view and version, oldest first, at least one. */
export function daysOfFields(days: readonly FeatureStatistics[]): FieldDays[] {
  const newest = days.at(-1)!;
  const { view, version } = newest;
  return Object.keys(newest.fields).map((field) => {
    const known = days.filter(({ fields }) => Object.hasOwn(fields, field));
    return { view, version, field, days: known.map((day) => dayOf(day, field)), remark: remarkOf(newest, field) };
  });
}

/** Share of unknown values over all fields of a view; null: there was no entity. */
export function missingRateOf({ entities, fields }: FeatureStatistics): number | null {
  const counts = Object.values(fields);
  return shareOf(
    counts.reduce((sum, { missing }) => sum + missing, 0),
    entities * counts.length,
  );
}

/** Values outside the range of their field, over all fields of a view. */
export const outOfRangeOf = ({ fields }: FeatureStatistics): number =>
  Object.values(fields).reduce((sum, { outOfRange }) => sum + (outOfRange ?? 0), 0);
