import type pg from 'pg';
import { z } from 'zod';
import type { QuantileSketch } from '../../learning/numeric/statistics/quantile-sketch.js';
import type { FieldStatistics, ViewProfile } from './profile-view.js';

/** Statistics of a view, of the last materialisation of a day. */
export interface FeatureStatistics extends ViewProfile {
  readonly source: string;
  readonly view: string;
  readonly version: number;
  /** Of the materialisation, in UTC: `2026-12-01`. */
  readonly day: string;
  /** No value is of an earlier moment; milliseconds. */
  readonly eventTime: number;
  /** When the store had been given a value of `eventTime` or later of every entity; milliseconds. */
  readonly writtenAt: number;
}

/** Statistics as they are recorded. */
interface WrittenStatistics extends Omit<FeatureStatistics, 'day'> {
  /**
   * Only some entities were written: since when the oldest value is there is then not said anew, so that a stale read
   * between the two writes is still found. @default false
   */
  readonly isPartial?: boolean;
}

export type RecordedMaterialisation = Pick<FeatureStatistics, 'view' | 'version' | 'eventTime' | 'writtenAt'>;

/** Statistics of feature views in schema `monitoring`. */
export interface FeatureStatisticsLog {
  /** Stores them for the day on which they were written, in place of earlier ones of that day. */
  record(statistics: WrittenStatistics): Promise<void>;
  /** Of the last so many days on which anything was written, by view, version and day. */
  list(filter: { readonly source: string; readonly days: number }): Promise<readonly FeatureStatistics[]>;
  /** When which values were written, of all days that are recorded. */
  materialisations(source: string): Promise<readonly RecordedMaterialisation[]>;
}

const counts = z.array(z.tuple([z.int(), z.int()]).readonly()).readonly() satisfies z.ZodType<
  QuantileSketch['positive']
>;
const sketch = z.strictObject({
  count: z.int(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  zeros: z.int(),
  negative: counts,
  positive: counts,
}) satisfies z.ZodType<QuantileSketch>;

/** Statistics of one field as they are stored and handed on. */
export const fieldStatistics = z.strictObject({
  missing: z.int(),
  outOfRange: z.int().nullable(),
  distinct: z.int(),
  sketch,
}) satisfies z.ZodType<FieldStatistics>;

const RECORD = `
  insert into monitoring.feature_statistics (source, view, version, day, event_time, written_at, entities, fields)
  values ($1, $2, $3, ($5::timestamptz at time zone 'UTC')::date, $4, $5, $6, $7)
  on conflict (source, view, version, day) do update set event_time = excluded.event_time,
    written_at = case when $8 and feature_statistics.event_time = excluded.event_time
      then feature_statistics.written_at else excluded.written_at end,
    entities = excluded.entities, fields = excluded.fields
  where feature_statistics.written_at <= excluded.written_at`;
const LIST = `
  select source, view, version, day::text as day, event_time, written_at, entities, fields
  from monitoring.feature_statistics
  where source = $1 and day in (
    select distinct day from monitoring.feature_statistics where source = $1 order by day desc limit $2)
  order by view, version, day`;

const MATERIALISATIONS = `
  select view, version, event_time, written_at from monitoring.feature_statistics where source = $1 order by day`;

interface Row {
  readonly source: string;
  readonly view: string;
  readonly version: number;
  readonly day: string;
  readonly event_time: Date;
  readonly written_at: Date;
  readonly entities: number;
  readonly fields: unknown;
}

const fieldsOfRow = z.record(z.string(), fieldStatistics);

const toStatistics = ({ event_time: eventTime, written_at: writtenAt, fields, ...row }: Row): FeatureStatistics => ({
  ...row,
  eventTime: eventTime.getTime(),
  writtenAt: writtenAt.getTime(),
  fields: fieldsOfRow.parse(fields),
});

export function createFeatureStatisticsLog(pool: Pick<pg.Pool, 'query'>): FeatureStatisticsLog {
  return {
    async record({ source, view, version, eventTime, writtenAt, entities, fields, isPartial = false }) {
      const moments = [new Date(eventTime), new Date(writtenAt)];
      await pool.query(RECORD, [source, view, version, ...moments, entities, JSON.stringify(fields), isPartial]);
    },
    async list({ source, days }) {
      return (await pool.query<Row>(LIST, [source, days])).rows.map(toStatistics);
    },
    async materialisations(source) {
      const { rows } = await pool.query<Omit<Row, 'fields'>>(MATERIALISATIONS, [source]);
      return rows.map(({ view, version, event_time: eventTime, written_at: writtenAt }) => ({
        ...{ view, version, eventTime: eventTime.getTime(), writtenAt: writtenAt.getTime() },
      }));
    },
  };
}
