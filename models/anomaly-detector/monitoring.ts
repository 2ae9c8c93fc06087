import type { Monitoring, MonitoredColumn } from '../../contracts/monitored-columns.js';
import {
  featureColumn,
  hoursOfDay,
  scoreColumn,
  valueAt,
  valuesOf,
  writtenHour,
} from '../../learning/evaluation/monitored/columns.js';
import { columnNames } from './data/columns.js';
import { model } from './index.js';

/** Hour at which a transaction was booked, on the customer's clock. */
const hour: MonitoredColumn = {
  ...{ name: 'hour', kind: 'numeric', role: 'time' },
  ofHeldOut({ rows }) {
    const moments = valuesOf(rows, columnNames.time);
    const offsets = valuesOf(rows, columnNames.clock);
    return moments === null ? null : hoursOfDay(moments as Float64Array, offsets as Float64Array | null);
  },
  ofAnswer: ({ input }) => writtenHour(valueAt(input, [columnNames.time])),
};

/** What is monitored of transactions and their answers; a request that brings its past alone has no features. */
export const monitoring: Monitoring = {
  columns: [
    ...model.driftFeatures.map((name) => featureColumn(name, 'numeric', ['features', name])),
    featureColumn(columnNames.category, 'categorical'),
    scoreColumn('score', 'numeric', { from: 'score', path: ['score'] }),
    hour,
  ],
};
