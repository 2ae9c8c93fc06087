import type { DateOrder, FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { BlankRows } from '../../../learning/blank-rows.js';
import { columnRemarks } from './column-sources.js';
import type { DataFile } from './data-file.js';
import { decodeText } from './decode-text.js';
import { withLine } from './line-names.js';
import { defaultFileLimits, type FileLimits } from './limits.js';
import { openFile } from './open-file.js';
import { type OpenedRows, openRows, type Reading } from './open-rows.js';
import { readLayout } from './read-layout.js';
import type { ReadingOptions } from './reading-options.js';
import { keepUsableRows, type KeptRows, requireBothClasses, transformRows } from './row-checks.js';
import { type CollectedRows, createRowSink } from './row-sink.js';
import { schemaRemarks } from '../tables/parse-schema.js';
import { keepsClocks } from './written-clocks.js';

export type { DataFile } from './data-file.js';

async function collect(
  opened: OpenedRows,
  { file, limits, options }: Reading,
  timeZone: string,
): Promise<CollectedRows> {
  const { columns, format, preview } = opened.matched;
  const { schema } = format;
  const { verbatimColumns: verbatim = [] } = format;
  const { delimiter = null } = preview;
  const sink = createRowSink({ file, schema, columns, options, delimiter, timeZone, verbatim });
  const blank = new BlankRows();
  let count = 0;
  for await (const row of opened.rows) {
    blank.add(row === null);
    if (row === null) continue;
    count += 1;
    if (count > limits.rows)
      throw errorAt('FILE_TOO_LARGE', { file, row: count, line: row.line }, `the limit is ${limits.rows} rows`);
    sink.add(row);
  }
  if (count === 0) throw errorAt('FILE_EMPTY', { file }, 'the file holds a header and no data row');
  const { table, remarks } = sink.finish();
  const named = preview.columns === null ? [] : columnRemarks(columns, opened.names());
  return { table, remarks: [...opened.remarks, ...remarks, ...named, ...blank.remarks({ file })] };
}

function requireUsable(file: string, format: FileFormat, table: Table, purpose: Purpose): void {
  const { schema } = format;
  if (purpose === 'training' && table.rowCount < schema.minimumRows)
    throw errorAt('TOO_FEW_ROWS', { file }, `found ${table.rowCount} rows, wanted at least ${schema.minimumRows}`);
  // If labels are optional, the model decides whether a file without them is usable.
  const labels = table.columns[schema.label]?.values ?? [];
  const areClasses = schema.labelOptional !== true && format.labelsAreClasses !== false;
  if (areClasses && new Set<string | number | null>(labels).size === 1)
    throw errorAt(
      'SINGLE_CLASS',
      { file, column: schema.label },
      `every row has the same ${schema.label}, so there is nothing to learn`,
    );
  if (purpose === 'training') requireBothClasses(file, format, table);
}

type Purpose = NonNullable<ReadFileOptions['purpose']>;

/** The end of a reading, and the last step of the format, which what a layout parses does not need. */
interface LastSteps extends Required<Pick<ReadFileOptions, 'now' | 'purpose'>> {
  readonly transform: (rows: KeptRows) => Table;
}

function finish(file: DataFile, { now, purpose, transform }: LastSteps): DataFile {
  const { format, fileName } = file;
  const kept = keepUsableRows(fileName, format, file.table, now);
  const table = transform(kept);
  requireUsable(fileName, format, table, purpose);
  const { table: schema } = format.schema;
  const described = schema === undefined || purpose === 'evaluation' ? [] : schemaRemarks(schema);
  return { ...file, table, remarks: [...file.remarks, ...kept.remarks, ...described] };
}

/** The zone of `--time-zone`. @throws PipelineError `INVALID_INPUT` for a format whose times are nobody's clock. */
function zoneFor({ name, schema }: FileFormat, file: string, zone: string | undefined): string | undefined {
  if (zone === undefined || keepsClocks(schema)) return zone;
  const finding = `--time-zone: format ${name} keeps no customer's clock; its times without a zone are UTC`;
  throw errorAt('INVALID_INPUT', { file }, finding);
}

/** The order of dates in the texts of a format, where it is not the usual one. */
function dateOrderIn(
  { hasDatesInTexts = false, schema }: FileFormat,
  dateFormat: ReadingOptions['dateFormat'],
  orderOf: ReadFileOptions['dateOrderOf'] = () => 'day-first',
): Pick<DataFile, 'dateOrder'> {
  if (!hasDatesInTexts || dateFormat === 'day first') return {};
  const isMonthFirst = dateFormat === 'month first' || orderOf(schema.line) === 'month-first';
  return isMonthFirst ? { dateOrder: 'month-first' } : {};
}

/** How a file is read. */
export interface ReadFileOptions extends ReadingOptions {
  readonly limits?: Partial<FileLimits>;
  /** Milliseconds since the epoch; rows dated later are implausible. @default the present */
  readonly now?: number;
  /** For an evaluation, rows may be few, and no class is needed in a holdout. @default 'training' */
  readonly purpose?: 'training' | 'evaluation';
  /** Zone of the customers' clocks in files of a line. @default UTC */
  readonly timeZoneOf?: (line: string) => string;
  /** Line of the file. @default that of its layout, with the file's name where unrelated data sets share the layout */
  readonly lineName?: string | undefined;
  /** How dates in numbers are written in texts of a line; `dateFormat` overrides it. @default 'day-first' */
  readonly dateOrderOf?: (line: string) => DateOrder;
}

/**
 * Reads a data file into the table of the first format that matches it: CSV (quoted as in RFC 4180, with header or by
 * position) or JSON (array, one object a line, or `{"rows": […]}`), plain or gzip, UTF-8 or UTF-16, recognised by content
 * and not by name. Delimiter, decimal sign, grouping, currency, order of dates and names of columns are detected where
 * they are unambiguous. A format with a `layout` may also read a folder. Streams: memory is the table and one record.
 * Types, presence and uniqueness are checked here, ranges and categories by validation. Rules: docs/data-formats.md.
 * Where the format keeps the customers' clocks, moments without a zone are read on that of `timeZoneOf`.
 * @throws PipelineError with file, row, line and column where they apply: `FILE_NOT_READABLE`, `FILE_EMPTY`,
 *   `FILE_TOO_LARGE`, `MALFORMED_FILE`, `UNKNOWN_FORMAT`, `MISSING_COLUMN`, `INVALID_VALUE`, `INVALID_INPUT`,
 *   `TOO_FEW_ROWS`, `SINGLE_CLASS`.
 */
export async function readDataFile(
  path: string,
  formats: readonly FileFormat[],
  {
    limits = {},
    now = Date.now(),
    purpose = 'training',
    timeZoneOf = () => 'UTC',
    dateOrderOf,
    lineName,
    ...options
  }: ReadFileOptions = {},
): Promise<DataFile> {
  const bounded = { ...defaultFileLimits, ...limits };
  const described = (read: FileFormat) => {
    const format = withLine(read, path, lineName);
    return { format, ...dateOrderIn(format, options.dateFormat, dateOrderOf) };
  };
  const texts = await readLayout(path, formats, bounded, options.encoding);
  if (texts !== null)
    return finish({ ...texts, ...described(texts.format) }, { now, purpose, transform: ({ table }) => table });
  const { fileName, bytes, hash } = await openFile(path, bounded);
  const decoded: string[] = [];
  const decoding = { encoding: options.encoding, remark: (sentence: string) => void decoded.push(sentence) };
  const reading = { file: fileName, formats, limits: bounded, options };
  const opened = await openRows(decodeText(bytes, fileName, decoding), reading);
  const found = described(opened.matched.format);
  const { format } = found;
  const timeZone = zoneFor(format, fileName, options.timeZone) ?? timeZoneOf(format.schema.line);
  const { table, remarks } = await collect(opened, reading, timeZone);
  const clock = keepsClocks(format.schema) ? { timeZone } : {};
  const file = { ...found, table, fileHash: hash(), fileName, remarks: [...decoded, ...remarks], ...clock };
  return finish(file, { now, purpose, transform: (kept) => transformRows(fileName, format, kept) });
}
