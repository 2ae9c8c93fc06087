import type { ColumnSpec, DatasetSchema } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import { numberColumn, timestampColumn } from '../../../learning/table.js';
import { type Clock, onClock, writtenOffset } from '../../../learning/time-series/calendar/index.js';
import { normaliseMoment } from './normalise-cell.js';

/** How a moment was written, as one number: its offset in hours, or one of these. */
const EXACT = Infinity; // with Z, or as a number since the epoch
const READING = Number.NaN; // without a zone: what the customer's clock showed

/** Notes how the moments of a column are written. */
export function createClockSink() {
  const codes: number[] = [];
  return {
    add(cell: unknown): void {
      const offset = typeof cell === 'string' ? writtenOffset(normaliseMoment(cell)) : null;
      codes.push(offset === undefined ? READING : (offset ?? EXACT));
    },
    finish: (): Column => ({ kind: 'number', values: Float64Array.from(codes) }),
  };
}

const writtenAs = (code: number): number | null | undefined => {
  if (Number.isNaN(code)) return undefined;
  return code === EXACT ? null : code;
};

function onClocks(table: Table, { name, clockOf = '' }: ColumnSpec, clock: Clock): Table {
  const codes = numberColumn(table, name);
  const parsed = timestampColumn(table, clockOf);
  const [moments, offsets] = [new Float64Array(table.rowCount), new Float64Array(table.rowCount)];
  parsed.forEach((time, row) => {
    const { moment, offsetHours } = onClock(clock, time, writtenAs(codes[row]!));
    moments[row] = moment;
    offsets[row] = offsetHours;
  });
  const columns = { [clockOf]: { kind: 'timestamp', values: moments }, [name]: { kind: 'number', values: offsets } };
  return { ...table, columns: { ...table.columns, ...(columns as Record<string, Column>) } };
}

/** Whether a schema keeps the clocks on which its moments were written. */
export const keepsClocks = ({ columns }: Pick<DatasetSchema, 'columns'>): boolean =>
  columns.some(({ clockOf }) => clockOf !== undefined);

/**
 * Puts the moments that were written without a zone on the customers' clock, and the offset of each moment's clock beside
 * it: as written, else the clock's.
 * @param table - as it was read: moments without a zone as if UTC, and the notes of `createClockSink`.
 */
export const placeOnClocks = (table: Table, specs: readonly ColumnSpec[], clock: Clock): Table =>
  specs.filter(({ clockOf }) => clockOf !== undefined).reduce((read, spec) => onClocks(read, spec, clock), table);
