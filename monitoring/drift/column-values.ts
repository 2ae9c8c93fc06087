import type { MonitoredColumn, MonitoredValue } from '../../contracts/monitored-columns.js';

/** Values of one column in a growing buffer: numbers with NaN = missing, or texts with null = missing. */
export interface ColumnValues {
  readonly column: MonitoredColumn;
  add(value: MonitoredValue): void;
  readonly numbers: () => Float64Array | null;
  readonly texts: () => readonly (string | null)[] | null;
  readonly count: () => number;
}

const FIRST_ROOM = 1024;

function numberValues(column: MonitoredColumn): ColumnValues {
  let [values, count] = [new Float64Array(FIRST_ROOM), 0];
  return {
    column,
    add(value) {
      if (count === values.length) {
        const larger = new Float64Array(2 * count);
        larger.set(values);
        values = larger;
      }
      values[count++] = toNumber(value);
    },
    numbers: () => values.subarray(0, count),
    texts: () => null,
    count: () => count,
  };
}

/** A text that is no number counts as missing, as does an infinite value. */
function toNumber(value: MonitoredValue): number {
  if (value === null || value === '') return Number.NaN;
  const found = Number(value);
  return Number.isFinite(found) ? found : Number.NaN;
}

function textValues(column: MonitoredColumn): ColumnValues {
  const values: (string | null)[] = [];
  return {
    column,
    add: (value) => void values.push(value === null || value === '' ? null : String(value)),
    numbers: () => null,
    texts: () => values,
    count: () => values.length,
  };
}

export const columnValues = (column: MonitoredColumn): ColumnValues =>
  column.kind === 'numeric' ? numberValues(column) : textValues(column);
