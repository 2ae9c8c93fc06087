import { CsvError, parse } from 'csv-parse/sync';
import type { SourceText } from '../../../../contracts/dataset.js';
import { errorAt } from '../../../../contracts/errors.js';
import { csvOptions } from '../../../../learning/text/csv.js';

/** One record of a file with a header. */
export interface NamedRecord {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseRecords({ name, text }: SourceText, delimiter: ',' | '\t'): readonly ParsedRecord[] {
  try {
    const options = csvOptions({ delimiter, quoted: delimiter === ',' });
    return parse(text, { ...options, info: true }) as unknown as ParsedRecord[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number(cause.lines ?? 1);
    throw errorAt('MALFORMED_FILE', { file: name, line }, 'a quoted field is broken');
  }
}

/**
 * Reads the records of a CSV (quoted as in RFC 4180) or tab-separated file (no quotes) with a header.
 * @param wanted - required column names.
 * @throws PipelineError `MISSING_COLUMN` when a required column is absent; `MALFORMED_FILE`.
 */
export function readSeparated(file: SourceText, delimiter: ',' | '\t', wanted: readonly string[]): NamedRecord[] {
  const [header, ...records] = parseRecords(file, delimiter);
  const names = header?.record.map((name) => name.trim()) ?? [];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw errorAt('MISSING_COLUMN', { file: file.name }, `wanted the columns ${missing.join(', ')}`);
  return records.map(({ record, info: { lines } }) => {
    const place = { file: file.name, line: lines };
    if (record.length !== names.length)
      throw errorAt('MALFORMED_FILE', place, `found ${record.length} columns, wanted ${names.length}`);
    return { line: lines, values: Object.fromEntries(names.map((name, i) => [name, record[i] ?? ''])) };
  });
}
