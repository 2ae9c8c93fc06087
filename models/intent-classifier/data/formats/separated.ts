import { CsvError, parse } from 'csv-parse/sync';
import type { SourceText } from '../../../../contracts/dataset.js';
import { errorAt } from '../../../../contracts/errors.js';
import { type CsvDialect, csvOptions, type PlacedRecord, RecordLines } from '../../../../learning/text/csv.js';

/** One record of a file with a header. */
export interface NamedRecord {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

function parseRecords({ name, text }: SourceText, dialect: CsvDialect): readonly PlacedRecord[] {
  const lines = new RecordLines();
  const records: PlacedRecord[] = [];
  const keep = (record: string[], info: { readonly lines: number }): null => {
    records.push({ line: lines.startOf(record, info), record });
    return null;
  };
  try {
    // Blank lines are kept, so that they are counted.
    parse(text, { ...csvOptions(dialect), skip_empty_lines: false, on_record: keep });
    return records;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw errorAt('MALFORMED_FILE', { file: name, line: lines.next }, 'a quoted field is broken');
  }
}

const isBlank = ({ record }: PlacedRecord): boolean => record.every((cell) => cell.trim() === '');

/**
 * Reads the records of a text with a header; a blank line is a record without values. Quotes are as in RFC 4180.
 * @param wanted - required column names.
 * @throws PipelineError `MISSING_COLUMN` when a required column is absent; `MALFORMED_FILE`.
 */
export function readSeparated(file: SourceText, dialect: CsvDialect, wanted: readonly string[]): NamedRecord[] {
  const all = parseRecords(file, dialect);
  const [header, ...records] = all.slice(all.findIndex((record) => !isBlank(record)));
  const names = header?.record.map((name) => name.trim()) ?? [];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw errorAt('MISSING_COLUMN', { file: file.name }, `wanted the columns ${missing.join(', ')}`);
  return records.map((placed) => {
    const { record, line } = placed;
    if (record.length !== names.length && !isBlank(placed)) {
      const finding = `found ${record.length} columns, wanted ${names.length}`;
      throw errorAt('MALFORMED_FILE', { file: file.name, line }, finding);
    }
    return { line, values: Object.fromEntries(names.map((name, i) => [name, record[i] ?? ''])) };
  });
}
