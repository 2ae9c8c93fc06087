import { errorAt } from '../../../contracts/errors.js';
import { parseJsonText } from '../../../learning/text/parse-json.js';
import { isMissingCell, type Scalar } from './cells.js';
import { type FilePreview, type MatchedFormat, missingColumns } from './choose-format.js';
import { cellOf, isRequired, namesIn } from './column-sources.js';
import { type JsonRecordText, JsonScanner } from './json-scanner.js';
import type { FileLimits } from './limits.js';
import { areDirections } from './number-readings.js';
import type { DataRow } from './row-sink.js';

/** One record of a JSON file. */
export interface JsonRecord {
  readonly line: number;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Records that are read ahead to find the column names; later records may have further members. */
const PREVIEW_RECORDS = 200;
/** Names of members that are told of at most. */
const MOST_NAMES = 2_000;
const STRINGS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** True for a flat record with two members of the same name, of which `JSON.parse` would keep only the last. */
function hasRepeatedName(text: string, members: object): boolean {
  let names = 0;
  for (const [, colon] of text.matchAll(STRINGS)) if (colon !== undefined) names += 1;
  const flat = Object.values(members).every((value) => value === null || typeof value !== 'object');
  return flat && names !== Object.keys(members).length;
}

function parseRecord({ text, line }: JsonRecordText, file: string, row: number): JsonRecord {
  let members: object;
  try {
    members = parseJsonText(text) as object;
  } catch (fault) {
    // The parser's own message quotes the text, which may be personal.
    const hint = /\b(?:NaN|-?Infinity)\b/.test(text) ? '; NaN and Infinity are not JSON, leave the value out' : '';
    throw errorAt('MALFORMED_FILE', { file, row, line }, `the record is not valid JSON${hint}`, fault);
  }
  if (hasRepeatedName(text, members))
    throw errorAt('MALFORMED_FILE', { file, row, line }, 'the record has a member twice');
  return { line, members: members as Record<string, unknown> };
}

/** Parses the records of JSON text. @throws PipelineError `MALFORMED_FILE`, `FILE_TOO_LARGE`, each with row and line. */
export async function* readJsonRecords(
  text: AsyncIterable<string>,
  file: string,
  limits: FileLimits,
): AsyncGenerator<JsonRecord> {
  const scanner = new JsonScanner(file, limits.lineBytes);
  let row = 0;
  for await (const chunk of text) for (const record of scanner.push(chunk)) yield parseRecord(record, file, ++row);
  scanner.end();
}

function holdsDirections(records: readonly JsonRecord[]) {
  return (name: string): boolean => {
    const cells = records.map(({ members }) => members[name] as Scalar);
    return areDirections(cells.filter((cell) => !isMissingCell(cell)));
  };
}

/** All member names of the first records, and a stream that yields these records again. */
export async function peekRecords(
  records: AsyncGenerator<JsonRecord>,
): Promise<{ readonly preview: FilePreview; readonly records: AsyncIterable<JsonRecord> }> {
  const first: JsonRecord[] = [];
  const names = new Set<string>();
  while (first.length < PREVIEW_RECORDS) {
    const next = await records.next();
    if (next.done === true) break;
    first.push(next.value);
    for (const name of Object.keys(next.value.members)) names.add(name);
  }
  const all = (async function* () {
    yield* first;
    yield* records;
  })();
  const preview = { columns: [...names], width: names.size, holdsDirections: holdsDirections(first) };
  return { preview, records: all };
}

/**
 * Data rows with the cells of the matched format's columns; an absent member is a missing value, and a record without
 * any value is null.
 * @param names - gets the names of all members that records have.
 * @throws PipelineError `MISSING_COLUMN` after the last record, for a required column that no record has.
 */
export async function* readJsonRows(
  records: AsyncIterable<JsonRecord>,
  file: string,
  target: MatchedFormat,
  names: Set<string>,
): AsyncGenerator<DataRow | null> {
  // A column that the first records lack may come later under its own name.
  const columns = target.columns.map((column) =>
    column.source.kind === 'absent' ? { ...column, source: { kind: 'one', name: column.nameInFile } as const } : column,
  );
  for await (const { line, members } of records) {
    if (names.size < MOST_NAMES) for (const name of Object.keys(members)) names.add(name);
    const field = (name: string): Scalar => (Object.hasOwn(members, name) ? (members[name] as Scalar) : undefined);
    const cells = columns.map(({ source }) => cellOf(source, field));
    yield cells.every((cell) => isMissingCell(cell)) ? null : { line, cells };
  }
  const unseen = columns.filter(
    (column) => isRequired(target.format, column) && !namesIn(column.source).some((name) => names.has(name)),
  );
  if (unseen.length > 0)
    throw missingColumns(
      file,
      unseen.map(({ nameInFile }) => nameInFile),
      target,
    );
}
