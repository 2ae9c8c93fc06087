import type { DatasetRef } from '../contracts/dataset.js';
import type { Comparison, Interval, Metric } from '../contracts/evaluation.js';
import type { OverrideRecord } from '../contracts/registry.js';

/** Rows from PostgreSQL's JSON functions, in which a bigint is a number. */
interface IntervalJson {
  readonly interval_low: number | null;
  readonly interval_high: number | null;
  readonly interval_level: number | null;
  readonly interval_method: string | null;
}

function intervalOf(row: IntervalJson): Interval | null {
  const { interval_low: low, interval_high: high, interval_level: level, interval_method: method } = row;
  return low === null || high === null || level === null || method === null ? null : { low, high, level, method };
}

type CountJson = string | number;

export interface MetricJson extends IntervalJson {
  readonly name: string;
  /** PostgreSQL's JSON has NaN and infinities as texts. */
  readonly value: number | string | null;
  readonly direction: Metric['direction'];
  readonly n: CountJson;
  readonly remark: string | null;
}

export function metricOf(row: MetricJson): Metric {
  const interval = intervalOf(row);
  const value = row.value === null ? null : Number(row.value);
  const found = { name: row.name, value, direction: row.direction, n: Number(row.n) };
  return { ...found, ...(interval !== null && { interval }), ...(row.remark !== null && { remark: row.remark }) };
}

export interface ComparisonJson extends Omit<Comparison, 'interval' | 'n'> {
  readonly interval_low: number;
  readonly interval_high: number;
  readonly interval_level: number;
  readonly interval_method: string;
  readonly n: CountJson;
}

export const comparisonOf = (row: ComparisonJson): Comparison => ({
  against: row.against,
  metric: row.metric,
  challenger: row.challenger,
  other: row.other,
  difference: row.difference,
  interval: {
    low: row.interval_low,
    high: row.interval_high,
    level: row.interval_level,
    method: row.interval_method,
  },
  n: Number(row.n),
});

export const paramsOf = (
  rows: readonly { readonly name: string; readonly value: unknown }[],
): Record<string, unknown> => Object.fromEntries(rows.map(({ name, value }) => [name, value]));

export interface DatasetJson {
  readonly hash: string;
  readonly model_name: string;
  readonly line: string;
  readonly rows: CountJson;
  readonly origin: DatasetRef['origin'];
  readonly notes: string[];
}

export const datasetOf = ({ hash, model_name, line, rows, origin, notes }: DatasetJson): DatasetRef => ({
  hash,
  modelName: model_name,
  line,
  rows: Number(rows),
  origin,
  notes,
});

/** Columns of a left join with `overrides`, under names that no other joined table has. */
export const overrideColumns = [
  'overrides.version as override_version',
  'overrides.actor as override_actor',
  'overrides.reason as override_reason',
  'overrides.at as override_at',
] as const;

interface OverrideRow {
  readonly override_actor: string | null;
  readonly override_reason: string | null;
  readonly override_at: Date | null;
}

export const overrideOf = (row: OverrideRow): OverrideRecord | null => {
  const { override_actor: actor, override_reason: reason, override_at: at } = row;
  return actor === null || reason === null || at === null ? null : { actor, reason, at };
};
