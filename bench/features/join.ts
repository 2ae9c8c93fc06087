import type { FeatureView } from '../../contracts/feature-view.js';
import type { Table } from '../../contracts/table.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { joinPointInTime } from '../../feature-store/offline/join-point-in-time.js';
import { textColumn } from '../../learning/table.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { cpuSince } from '../support/cpu.js';
import { historiesOf } from './histories.js';

const [ROWS, FEATURES, USERS, MONTHS] = [17_000, 1_000, 500, 24];
const DAY_MS = 86_400_000;

/** Copies of the views under names of their own, each computed by itself, until they have so many fields. */
function manyViews(fields: number): FeatureView[] {
  const views: FeatureView[] = [];
  for (let copy = 0, count = 0; count < fields; copy++)
    for (const view of featureViews) {
      const named = view.fields.map((field) => ({ ...field, name: `${field.name}${copy}` }));
      views.push({ ...view, fields: named });
      count += named.length;
    }
  return views;
}

/** 17,000 rows of 500 customers, each at a moment of its own in the last year. */
function labelledRows(ids: readonly (string | null)[], asOf: number): Table {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const moments = Float64Array.from(rows, (row) => asOf - (row % 361) * DAY_MS - row);
  const entities = rows.map((row) => ids[row % ids.length]!);
  return {
    rowCount: ROWS,
    columns: { entity_id: { kind: 'text', values: entities }, as_of: { kind: 'timestamp', values: moments } },
  };
}

/** Feast's case of 17,000 rows and 1,000 features: time and memory of the join, histories loaded before. */
export function joinRows({ onProgress }: BenchmarkContext): BenchmarkRow[] {
  const { tables, asOf } = historiesOf(USERS, MONTHS);
  const views = manyViews(FEATURES);
  const rows = labelledRows(textColumn(tables.users!, 'id'), asOf);
  onProgress(`join: ${tables.transactions!.rowCount} transactions of ${USERS} customers`);
  const [before, started] = [process.cpuUsage(), performance.now()];
  const joined = joinPointInTime(rows, views, tables);
  const [seconds, wall] = [cpuSince(before), (performance.now() - started) / 1000];
  const fields = Object.keys(joined.columns).length - 2;
  const name = `point-in-time join, ${ROWS} rows x ${fields} features`;
  const peak = process.resourceUsage().maxRSS / 1024;
  return [
    benchmarkRow({ name: `${name}, wall`, value: wall, unit: 's', target: { atMost: 60 } }),
    benchmarkRow({ name: `${name}, CPU`, value: seconds, unit: 's' }),
    benchmarkRow({ name: `${name}, peak memory of the process`, value: peak, unit: 'MB', target: { atMost: 2_048 } }),
  ];
}
