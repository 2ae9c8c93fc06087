import type { FileFormat } from '../../../contracts/dataset.js';

/** Names of the columns of a file of series. */
export const seriesColumns = { id: 'unique_id', time: 'ds', clock: 'dsOffset', value: 'y' } as const;

/** One value a row, with its period and, where a file has several series, the name of its series. */
export const seriesFormat: FileFormat = {
  name: 'series',
  description: 'One value a row: period, value, and the name of its series. CSV, JSON.',
  encodings: ['csv', 'json'],
  schema: {
    line: 'series',
    key: 'row',
    label: seriesColumns.value,
    labelOptional: true,
    columns: [
      {
        name: seriesColumns.id,
        type: 'text',
        nullable: true,
        optional: true,
        description: 'Name of the series. Absent: the file has one series.',
      },
      {
        name: seriesColumns.time,
        type: 'timestamp',
        periods: true,
        description: 'Period of the value: any moment in it, or its name (2026-01, 2026Q1, 2026).',
      },
      {
        name: seriesColumns.clock,
        type: 'number',
        clockOf: seriesColumns.time,
        description: 'Offset from UTC of the clock of ds, in hours.',
      },
      { name: seriesColumns.value, type: 'number', nullable: true, description: 'Value; empty = missing.' },
    ],
    features: [],
    split: { kind: 'time', column: seriesColumns.time, days: 1 },
    minimumRows: 1,
  },
  aliases: {
    [seriesColumns.id]: [
      ...['id', 'series', 'seriesId', 'seriesName', 'itemId', 'item', 'key', 'name'],
      ...['store', 'storeId', 'shop', 'product', 'productId', 'sku', 'region', 'account', 'accountId', 'customer'],
      'customerId',
    ],
    [seriesColumns.time]: [
      'date',
      'datetime',
      'timestamp',
      'time',
      'period',
      'month',
      'quarter',
      'week',
      'day',
      'year',
    ],
    [seriesColumns.value]: ['value', 'target', 'amount', 'quantity', 'count', 'total', 'sales', 'demand'],
  },
  matches: ({ columns }) =>
    columns !== null && columns.includes(seriesColumns.time) && columns.includes(seriesColumns.value),
};
