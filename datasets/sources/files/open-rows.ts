import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { chooseFormat, type FilePreview, type MatchedFormat } from './choose-format.js';
import { previewsOfCsv, readCsvRows, titleLines } from './csv-rows.js';
import { peekText, type TextHead } from './decode-text.js';
import { peekRecords, readJsonRecords, readJsonRows } from './json-rows.js';
import type { FileLimits } from './limits.js';
import type { ReadingOptions } from './reading-options.js';
import type { DataRow } from './row-sink.js';

/** A file whose format is known. */
export interface OpenedRows {
  readonly matched: MatchedFormat;
  /** Null for a row without any value. */
  readonly rows: AsyncIterable<DataRow | null>;
  /** Column names of the file; complete after the last row. */
  readonly names: () => readonly string[];
  /** Remarks on the file as a whole. */
  readonly remarks: readonly string[];
}

/** Everything about one reading that its steps share. */
export interface Reading {
  readonly file: string;
  /** Formats to choose from; or the one that follows from what the file has. */
  readonly formats: readonly FileFormat[] | ((preview: FilePreview) => FileFormat);
  readonly limits: FileLimits;
  readonly options: ReadingOptions;
}

const formatsFor = (preview: FilePreview, formats: Reading['formats']): readonly FileFormat[] =>
  typeof formats === 'function' ? [formats(preview)] : formats;

async function openJson(text: AsyncIterable<string>, { file, formats, limits, options }: Reading): Promise<OpenedRows> {
  const { preview, records } = await peekRecords(readJsonRecords(text, file, limits));
  if (preview.width === 0) throw errorAt('FILE_EMPTY', { file }, 'the file holds no record');
  const of = ({ encodings }: FileFormat): FilePreview[] => (encodings.includes('json') ? [preview] : []);
  const matched = chooseFormat(file, formatsFor(preview, formats), { of, fallback: preview }, options);
  const names = new Set<string>();
  return { matched, rows: readJsonRows(records, file, matched, names), names: () => [...names], remarks: [] };
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { '\t': 'tabs', ' ': 'blanks' };

function openCsv(head: TextHead, { file, formats, limits, options }: Reading): OpenedRows {
  const previews = previewsOfCsv(head.head, options);
  const matched = chooseFormat(file, formatsFor(previews.fallback, formats), previews, options);
  const { preview, format } = matched;
  const { delimiter = ',' } = preview;
  const usual = delimiter === (format.delimiter ?? ',');
  const titles = titleLines(head.head, preview);
  return {
    matched,
    rows: readCsvRows(head, file, matched, limits),
    names: () => preview.columns ?? [],
    remarks: [
      ...(titles > 0 ? [`lines above the header that were skipped: ${titles}`] : []),
      ...(usual ? [] : [`fields separated by ${DELIMITER_NAMES[delimiter] ?? `"${delimiter}"`}`]),
    ],
  };
}

/** True when the head shows JSON or a complete first line, or is longer than a line may be. O(n) for any text. */
const enough =
  (limits: FileLimits) =>
  (head: string): boolean => {
    const first = head.search(/\S/);
    if (first < 0) return head.length > limits.lineBytes;
    return head[first] === '[' || head[first] === '{' || head.includes('\n', first) || head.length > limits.lineBytes;
  };

/**
 * Recognises encoding and format of a text and opens its rows.
 * @throws PipelineError `FILE_EMPTY`, `MALFORMED_FILE`, `FILE_TOO_LARGE`, and those of `chooseFormat`.
 */
export async function openRows(source: AsyncGenerator<string>, reading: Reading): Promise<OpenedRows> {
  const { file, limits } = reading;
  const head = await peekText(source, enough(limits));
  const first = head.head.trimStart()[0];
  if (first === undefined) throw errorAt('FILE_EMPTY', { file }, 'the file holds nothing but white space');
  if (first === '[' || first === '{') return openJson(head.text, reading);
  if (/\.(?:json|ndjson|jsonl)(?:\.gz)?$/i.test(file))
    throw errorAt('MALFORMED_FILE', { file, line: 1 }, 'the name says JSON, the text starts with neither [ nor {');
  if (head.head.length > limits.lineBytes && !head.head.includes('\n'))
    throw errorAt('FILE_TOO_LARGE', { file, line: 1 }, `the line is longer than ${limits.lineBytes} characters`);
  return openCsv(head, reading);
}
