import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Frequency } from '../../learning/time-series/forecasting/index.js';

/** A series with the values that came after it. */
export interface HoldoutSeries {
  readonly name: string;
  readonly frequency: Frequency;
  /** First moment, milliseconds; artificial where the data set hides its dates. */
  readonly start: number;
  readonly training: readonly number[];
  readonly future: readonly number[];
}

const FOLDER = 'spending';

/** True when the folder of public data holds the forecasting sets. */
export const hasForecastingData = (dataFolder: string): boolean => existsSync(join(dataFolder, FOLDER));

function readRows(path: string): string[][] {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return parse(text, { relax_column_count: true });
}

/** Numbers of each row after its name, as far as they go. */
function m4Rows(path: string): Map<string, number[]> {
  const rows = readRows(path).slice(1);
  return new Map(rows.map(([name, ...cells]) => [name!, cells.filter((cell) => cell.trim() !== '').map(Number)]));
}

/** A Monday: the files hide when their series began. */
const ARTIFICIAL_START = Date.UTC(1990, 0, 1);

/** All series of M4's weekly or hourly part with the official test values. */
export function loadM4(dataFolder: string, part: 'Weekly' | 'Hourly'): HoldoutSeries[] {
  const path = (file: string): string => join(dataFolder, FOLDER, 'm4-weekly-hourly', `${part}-${file}`);
  const test = m4Rows(path('test.csv'));
  const frequency = part === 'Weekly' ? 'week' : 'hour';
  return [...m4Rows(path('train.csv.gz'))].map(([name, training]) => ({
    name,
    frequency,
    start: ARTIFICIAL_START,
    training,
    future: test.get(name)!,
  }));
}

/** Monthly retail turnover by state and industry; the last `holdout` months are the future. */
export function loadRetail(dataFolder: string, holdout: number): HoldoutSeries[] {
  const rows = readRows(join(dataFolder, FOLDER, 'aus-retail', 'aus_retail.csv.gz')).slice(1);
  const byName = new Map<string, { start: number; values: number[] }>();
  for (const [, , name, month, turnover] of rows) {
    const known = byName.get(name!) ?? { start: Date.parse(`${month!}-01T00:00:00Z`), values: [] };
    known.values.push(Number(turnover));
    byName.set(name!, known);
  }
  return [...byName].map(([name, { start, values }]) => ({
    name,
    frequency: 'month' as const,
    start,
    training: values.slice(0, -holdout),
    future: values.slice(-holdout),
  }));
}

/** Page views of Peyton Manning's article, logarithms by day, with missing days. */
export function loadPeyton(dataFolder: string): { days: number[]; values: number[] } {
  const path = join(dataFolder, FOLDER, 'prophet-examples', 'example_wp_log_peyton_manning.csv');
  const rows = readRows(path).slice(1);
  return {
    days: rows.map(([date]) => Date.parse(`${date!}T00:00:00Z`) / 86_400_000),
    values: rows.map(([, value]) => Number(value)),
  };
}
