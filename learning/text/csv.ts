import { parse } from 'csv-parse/sync';

/** Delimiters that are looked for where none is given. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The line that spreadsheets put in front of the header to name the delimiter. */
const SEPARATOR_LINE = /^\s*"?sep=(.)"?[ \t]*\r?(?:\n|$)/i;

/** How a CSV text is divided into fields. */
export interface CsvDialect {
  readonly delimiter: string;
  /** The line on which the header or the first record stands, from 1. @default 1 */
  readonly firstLine?: number;
  /** False where quotes are part of the text. @default true */
  readonly quoted?: boolean;
  /** A quote inside an unquoted field is part of it, as in a spreadsheet's `="00123"`. @default false */
  readonly relaxed?: boolean;
}

/** Options of csv-parse with which every CSV text is read: records end in LF, CRLF, CR, or CR CRLF. Blank lines are skipped. */
export const csvOptions = ({ delimiter, firstLine = 1, quoted = true, relaxed = false }: CsvDialect) => ({
  delimiter,
  from_line: firstLine,
  record_delimiter: ['\r\r\n', '\r\n', '\n', '\r'],
  skip_empty_lines: true,
  bom: true,
  relax_column_count: true, // checked by the reader, whose message names row and line
  relax_quotes: relaxed,
  ...(quoted ? {} : { quote: null }),
});

/** A record with the line on which it starts. */
export interface PlacedRecord {
  readonly line: number;
  readonly record: readonly string[];
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** The lines of a text on which its records start, as csv-parse goes through it, which takes CRLF inside quotes for two. */
export class RecordLines {
  #surplus = 0;
  #next: number;

  constructor({ firstLine = 1 }: Pick<CsvDialect, 'firstLine'> = {}) {
    this.#next = firstLine;
  }

  /** Where the record after the last one starts, if no blank line is between them. */
  get next(): number {
    return this.#next;
  }

  /**
   * Takes the records in their order, in csv-parse's `on_record`, which is called before a later one can be refused.
   * @param end - the line on which csv-parse says that the record ends.
   */
  startOf(record: readonly string[], { lines: end }: { readonly lines: number }): number {
    const text = record.join('');
    const breaks = count(text, /\r\n|\n|\r/g);
    this.#surplus += count(text, /[\r\n]/g) - breaks;
    const last = end - this.#surplus;
    this.#next = last + 1;
    return last - breaks;
  }
}

/** Whether a field of a text is a spreadsheet's formula for a text, `="00123"`. */
export const hasTextFormulas = (text: string): boolean => /(?:^|[\r\n,;\t|])="[^"\r\n]*"(?=[\r\n,;\t|]|$)/.test(text);

/** What a spreadsheet's `sep=;` says; null without such a line. */
export const separatorLine = (text: string): string | null => SEPARATOR_LINE.exec(text)?.[1] ?? null;

/** The first records of a text; one that cannot be parsed ends them. */
export function firstRecords(text: string, dialect: CsvDialect, count: number): string[][] {
  const records: string[][] = [];
  const keep = (record: string[]): null => {
    records.push(record);
    return null;
  };
  try {
    parse(text, { ...csvOptions(dialect), to: count, on_record: keep });
  } catch {
    // The text may end inside a quoted field, and with another delimiter quotes may stand anywhere.
  }
  return records;
}

/** Trimmed names in the header of a text. */
export const headerOf = (text: string, dialect: CsvDialect): string[] =>
  firstRecords(text, dialect, 1)
    .flat()
    .map((name) => name.trim());

/** The delimiter with which the header of a text has all these names; a comma when none has. */
export function delimiterOf(text: string, wanted: readonly string[]): string {
  const fits = (delimiter: string): boolean => {
    const names = headerOf(text, { delimiter });
    return wanted.every((name) => names.includes(name));
  };
  return DELIMITERS.find(fits) ?? ',';
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A CSV document with commas; cells are quoted where it is necessary. */
export const writeCsv = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
