import { errorAt, PipelineError } from '../../../contracts/errors.js';
import { numberColumn, textColumn, timestampColumn } from '../../../learning/table.js';
import { HOUR_MS } from '../../../learning/time-series/calendar/index.js';
import type { Frequency } from '../../../learning/time-series/forecasting/index.js';
import { readDataFile, type DataFile, type ReadFileOptions } from '../files/read-file.js';
import { type DatedValue, frequencyOfRows, regularSeries, type RegularSeries } from './regular-series.js';
import { seriesColumns, seriesFormat } from './series-format.js';

/** A series of a file with its name and what is to be said of it. */
export interface NamedSeries extends RegularSeries {
  /** Null for the only series of a file that does not name it. */
  readonly name: string | null;
}

/** The series of a file, in order of first appearance. */
export interface SeriesFile {
  readonly fileName: string;
  readonly series: readonly NamedSeries[];
  /** On the file, and on series that were left out: sentences without a value of a row. */
  readonly remarks: readonly string[];
}

type Rows = ReadonlyMap<string | null, readonly DatedValue[]>;

/** Of a series by its number, because its name may be that of a person. */
const seriesTitle = (index: number, rows: Rows): string =>
  rows.size === 1 ? 'the series' : `series ${index + 1} of ${rows.size}`;

/** @throws PipelineError `INVALID_VALUE` for a row without a name in a file whose other rows have one. */
function groupRows({ table, fileName }: DataFile): Rows {
  const names = textColumn(table, seriesColumns.id);
  const times = timestampColumn(table, seriesColumns.time);
  const offsets = numberColumn(table, seriesColumns.clock);
  const values = numberColumn(table, seriesColumns.value);
  const groups = new Map<string | null, DatedValue[]>();
  names.forEach((name, i) => {
    const group = groups.get(name) ?? [];
    group.push({ time: times[i]!, local: times[i]! + offsets[i]! * HOUR_MS, value: values[i]!, row: i + 1 });
    groups.set(name, group);
  });
  const unnamed = groups.get(null)?.[0];
  if (unnamed === undefined || groups.size === 1) return groups;
  const place = { file: fileName, row: unnamed.row, column: seriesColumns.id };
  throw errorAt('INVALID_VALUE', place, 'found nothing, wanted the name of a series, as in other rows');
}

/** The commonest frequency, for series that are too short to show their own. */
function commonest(found: readonly (Frequency | null)[]): Frequency | null {
  const counts = new Map<Frequency, number>();
  for (const frequency of found) if (frequency !== null) counts.set(frequency, (counts.get(frequency) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

export interface ReadSeriesOptions extends Omit<ReadFileOptions, 'timeZoneOf'> {
  /** @default detected, for each series */
  readonly frequency?: Frequency | undefined;
}

/**
 * Reads a file of series: one value a row with its period (columns `ds`, `y`, and `unique_id` where there are several
 * series), in any order. A series that is too short or has too many gaps is left out with a remark where others remain.
 * @throws PipelineError as `readDataFile`; `INVALID_VALUE` for two values in one period, unknown steps and too many gaps,
 *   `TOO_FEW_ROWS` when no series is long enough.
 */
export async function readSeriesFile(
  path: string,
  { frequency, ...options }: ReadSeriesOptions = {},
): Promise<SeriesFile> {
  const file = await readDataFile(path, [seriesFormat], options);
  const rows = groupRows(file);
  const detected = [...rows.values()].map((own) => frequency ?? frequencyOfRows(own));
  const fallback = commonest(detected);
  const faults: PipelineError[] = [];
  const series = [...rows].flatMap(([name, own], index): NamedSeries[] => {
    const place = { file: file.fileName, title: seriesTitle(index, rows) };
    const found = regularSeries(own, { ...place, frequency: detected[index] ?? null, fallback });
    if (!(found instanceof PipelineError)) return [{ name, ...found }];
    faults.push(found);
    return [];
  });
  if (series.length === 0) throw faults[0]!;
  const leftOut = faults.map(({ message }) => `left out: ${message}`);
  return { fileName: file.fileName, series, remarks: [...file.remarks, ...leftOut] };
}
