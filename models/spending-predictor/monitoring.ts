import type { MonitoredColumn, MonitoredValue, Monitoring } from '../../contracts/monitored-columns.js';
import { asValue, hoursOfDay, valueAt, valuesOf, writtenHour } from '../../learning/evaluation/monitored/columns.js';
import { numberColumn, textColumn } from '../../learning/table.js';
import { columnNames } from './data/columns.js';
import { TOTAL_TARGET } from './evaluation/evaluation-targets.js';

/** The transactions that a request brings. */
const sent = (input: unknown): readonly unknown[] | undefined => {
  const found = valueAt(input, ['transactions']);
  return Array.isArray(found) && found.length > 0 ? (found as readonly unknown[]) : undefined;
};

/** A column of transactions, of which a request has several; undefined for one that names its customer only. */
const ofTransactions = (name: 'category' | 'instalments', kind: MonitoredColumn['kind']): MonitoredColumn => ({
  ...{ name, kind, role: 'feature' },
  ofHeldOut: ({ rows }) => valuesOf(rows, columnNames[name]),
  ofAnswer: ({ input }) => sent(input)?.map((row) => asValue(valueAt(row, [name])) ?? null),
});

/** Amount of a transaction, signed as it is sent. */
const amount: MonitoredColumn = {
  ...{ name: 'amount', kind: 'numeric', role: 'feature' },
  ofHeldOut: ({ rows }) => valuesOf(rows, columnNames.amount),
  ofAnswer: ({ input }) => sent(input)?.map((row) => asValue(valueAt(row, ['amount'])) ?? null),
};

/** Hour at which a transaction was booked, on the customer's clock. */
const hour: MonitoredColumn = {
  ...{ name: 'hour', kind: 'numeric', role: 'time' },
  ofHeldOut({ rows }) {
    const moments = valuesOf(rows, columnNames.time);
    const offsets = valuesOf(rows, columnNames.clock);
    return moments === null ? null : hoursOfDay(moments as Float64Array, offsets as Float64Array | null);
  },
  ofAnswer: ({ input }) =>
    sent(input)?.flatMap((row): MonitoredValue[] => {
      const found = writtenHour(valueAt(row, ['bookedAt']));
      return found === undefined ? [] : [found];
    }),
};

/** Total of the first complete month that is forecast. */
const monthTotal: MonitoredColumn = {
  ...{ name: 'monthTotal', kind: 'numeric', role: 'score' },
  ofHeldOut({ scored }) {
    const [targets, horizons] = [textColumn(scored, 'target'), numberColumn(scored, 'horizon')];
    return numberColumn(scored, 'prediction').filter((_, i) => targets[i] === TOTAL_TARGET && horizons[i] === 1);
  },
  ofAnswer({ output }) {
    const months = valueAt(output, ['monthly']);
    if (!Array.isArray(months)) return undefined;
    const complete = (months as readonly unknown[]).find(
      (month) => String(valueAt(month, ['from'])).endsWith('-01') && isComplete(month),
    );
    return complete === undefined ? undefined : asValue(valueAt(complete, ['total', 'mean']));
  },
};

const FEWEST_DAYS = 28;
const isComplete = (month: unknown): boolean => Number(valueAt(month, ['days'])) >= FEWEST_DAYS;

/** What is monitored of forecasts. */
export const monitoring: Monitoring = {
  columns: [
    ofTransactions('category', 'categorical'),
    ofTransactions('instalments', 'numeric'),
    amount,
    monthTotal,
    hour,
  ],
};
