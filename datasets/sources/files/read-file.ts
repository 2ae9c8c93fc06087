import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt, PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { chooseFormat } from './choose-format.js';
import { previewCsv, readCsvRows } from './csv-rows.js';
import type { DataFile } from './data-file.js';
import { decodeText, peekText } from './decode-text.js';
import { peekRecords, readJsonRecords, readJsonRows } from './json-rows.js';
import { defaultFileLimits, type FileLimits } from './limits.js';
import { openFile } from './open-file.js';
import { readLayout } from './read-layout.js';
import { createRowSink, type DataRow, fileColumns } from './row-sink.js';
import { keepsClocks } from './written-clocks.js';

export type { DataFile } from './data-file.js';

interface OpenedRows {
  readonly format: FileFormat;
  readonly rows: AsyncIterable<DataRow>;
}

async function openJson(
  text: AsyncIterable<string>,
  file: string,
  formats: readonly FileFormat[],
  limits: FileLimits,
): Promise<OpenedRows> {
  const { preview, records } = await peekRecords(readJsonRecords(text, file, limits));
  if (preview.width === 0) throw errorAt('FILE_EMPTY', { file }, 'the file holds no record');
  const chosen = chooseFormat(file, formats, ({ encodings }) => (encodings.includes('json') ? preview : null));
  const columns = fileColumns(chosen.format);
  return { format: chosen.format, rows: readJsonRows(records, file, { ...chosen, columns }) };
}

function openCsv(
  { head, text }: { readonly head: string; readonly text: AsyncIterable<string> },
  file: string,
  formats: readonly FileFormat[],
  limits: FileLimits,
): OpenedRows {
  const { format } = chooseFormat(file, formats, (candidate) =>
    candidate.encodings.includes('csv') ? previewCsv(head, candidate) : null,
  );
  return { format, rows: readCsvRows(text, file, { format, columns: fileColumns(format) }, limits) };
}

/** True when the head shows JSON or a complete first line, or is longer than a line may be. O(n) for any text. */
const enough =
  (limits: FileLimits) =>
  (head: string): boolean => {
    const first = head.search(/\S/);
    if (first < 0) return head.length > limits.lineBytes;
    return head[first] === '[' || head[first] === '{' || head.includes('\n', first) || head.length > limits.lineBytes;
  };

async function openRows(
  source: AsyncGenerator<string>,
  file: string,
  formats: readonly FileFormat[],
  limits: FileLimits,
): Promise<OpenedRows> {
  const { head, text } = await peekText(source, enough(limits));
  const first = head.trimStart()[0];
  if (first === undefined) throw errorAt('FILE_EMPTY', { file }, 'the file holds nothing but white space');
  if (first === '[' || first === '{') return openJson(text, file, formats, limits);
  if (/\.(?:json|ndjson|jsonl)(?:\.gz)?$/i.test(file))
    throw errorAt('MALFORMED_FILE', { file, line: 1 }, 'the name says JSON, the text starts with neither [ nor {');
  if (head.length > limits.lineBytes && !head.includes('\n'))
    throw errorAt('FILE_TOO_LARGE', { file, line: 1 }, `the line is longer than ${limits.lineBytes} characters`);
  return openCsv({ head, text }, file, formats, limits);
}

async function collect(
  { format, rows }: OpenedRows,
  file: string,
  { limits, timeZone }: { readonly limits: FileLimits; readonly timeZone: string },
): Promise<Table> {
  const sink = createRowSink(file, format, { columns: fileColumns(format), timeZone });
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > limits.rows)
      throw errorAt('FILE_TOO_LARGE', { file, row: count, line: row.line }, `the limit is ${limits.rows} rows`);
    sink.add(row);
  }
  if (count === 0) throw errorAt('FILE_EMPTY', { file }, 'the file holds a header and no data row');
  return sink.finish();
}

function requireLearnable(file: string, { schema }: FileFormat, table: Table): void {
  if (table.rowCount < schema.minimumRows)
    throw errorAt('TOO_FEW_ROWS', { file }, `found ${table.rowCount} rows, wanted at least ${schema.minimumRows}`);
  // If labels are optional, the model decides whether a file without them is usable.
  if (schema.labelOptional === true) return;
  const labels = table.columns[schema.label]?.values ?? [];
  if (new Set<string | number | null>(labels).size === 1)
    throw errorAt('SINGLE_CLASS', { file, column: schema.label }, 'all labels are the same, wanted at least two');
}

/** Applies the format's transform; adds the file name to its errors, which the transform does not know. */
function transform(file: string, format: FileFormat, table: Table): Table {
  try {
    return format.transform?.(table) ?? table;
  } catch (fault) {
    if (!(fault instanceof PipelineError)) throw fault;
    throw new PipelineError(fault.code, `${file}, ${fault.message}`, { ...fault.details, file }, { cause: fault });
  }
}

function finish({ table: read, ...file }: DataFile): DataFile {
  const { format, fileName } = file;
  const table = transform(fileName, format, read);
  requireLearnable(fileName, format, table);
  return { ...file, table };
}

/** Limits, and the zone of the customers' clocks in files of a line. */
export interface ReadFileOptions extends Partial<FileLimits> {
  readonly timeZoneOf?: (line: string) => string;
}

/**
 * Reads a data file into the table of the first format that matches it: CSV (quoted as in RFC 4180, with header or by
 * position) or JSON (array, one object a line, or `{"rows": […]}`), plain or gzip, UTF-8, recognised by content and not
 * by name. A format with a `layout` may also read a folder. Streams: memory is the table and one record. Types,
 * presence and uniqueness are checked here, ranges and categories by validation. Rules: docs/data-formats.md.
 * Where the format keeps the customers' clocks, moments without a zone are read on that of `timeZoneOf`.
 * @throws PipelineError with file, row, line and column where they apply: `FILE_NOT_READABLE`, `FILE_EMPTY`,
 *   `FILE_TOO_LARGE`, `MALFORMED_FILE`, `UNKNOWN_FORMAT`, `MISSING_COLUMN`, `INVALID_VALUE`, `TOO_FEW_ROWS`,
 *   `SINGLE_CLASS`.
 */
export async function readDataFile(
  path: string,
  formats: readonly FileFormat[],
  { timeZoneOf = () => 'UTC', ...limits }: ReadFileOptions = {},
): Promise<DataFile> {
  const bounded = { ...defaultFileLimits, ...limits };
  const texts = await readLayout(path, formats, bounded);
  if (texts !== null) return finish(texts);
  const { fileName, bytes, hash } = await openFile(path, bounded);
  const opened = await openRows(decodeText(bytes, fileName), fileName, formats, bounded);
  const { format } = opened;
  const timeZone = timeZoneOf(format.schema.line);
  const table = await collect(opened, fileName, { limits: bounded, timeZone });
  return finish({ format, table, fileHash: hash(), fileName, ...(keepsClocks(format.schema) && { timeZone }) });
}
