import { errorAt } from '../../../contracts/errors.js';

/** Text of one record and the line on which it starts. */
export interface JsonRecordText {
  readonly text: string;
  readonly line: number;
}

type Mode = 'start' | 'array' | 'lines' | 'tail' | 'end';
const SPACE = /\s/;
const STRUCTURE = /["\\{}[\]\r\n]/g;

/**
 * Splits streamed JSON text into the texts of its records, keeping at most one in memory. The text is an array of
 * objects, a sequence of objects (NDJSON), or one object whose member `rows` is such an array. The scanner tracks
 * nesting and strings only; `JSON.parse` validates each record.
 */
export class JsonScanner {
  readonly #file: string;
  readonly #limit: number;
  #mode: Mode = 'start';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #startLine = 1;
  /** Of the chunk before. */
  #endsInReturn = false;
  #pending = '';
  #records = 0;
  #needsComma = false;

  /** @param limit - maximum number of characters in a record. */
  constructor(file: string, limit: number) {
    this.#file = file;
    this.#limit = limit;
  }

  /** @returns the records that end in this chunk. @throws PipelineError `MALFORMED_FILE`, `FILE_TOO_LARGE`. */
  push(text: string): JsonRecordText[] {
    const found: JsonRecordText[] = [];
    let start = this.#inRecord() ? 0 : -1;
    for (let at = this.#next(text, 0); at < text.length; at = this.#next(text, at + 1)) {
      const character = text[at]!;
      if (this.#endsLine(text, at)) this.#line += 1;
      if (!this.#inRecord()) {
        if (this.#between(character)) start = at;
        continue;
      }
      this.#follow(character);
      if (this.#opensRows(character, text, start, at)) {
        this.#enterRows();
        start = -1;
      } else if (!this.#inRecord()) {
        found.push(this.#finish(text.slice(start, at + 1)));
        start = -1;
      }
    }
    if (start >= 0) this.#keep(text.slice(start));
    this.#endsInReturn = text === '' ? this.#endsInReturn : text.endsWith('\r');
    return found;
  }

  /** Lines end in LF, CRLF or CR, as those of a CSV file. */
  #endsLine(text: string, at: number): boolean {
    if (text[at] !== '\n') return text[at] === '\r';
    return !(at === 0 ? this.#endsInReturn : text[at - 1] === '\r');
  }

  /** The next relevant position: inside a record only quotes, escapes, brackets and line breaks matter. */
  #next(text: string, from: number): number {
    if (this.#escaped || !this.#inRecord()) return from;
    STRUCTURE.lastIndex = from;
    return STRUCTURE.test(text) ? STRUCTURE.lastIndex - 1 : text.length;
  }

  /** Call after the last chunk. @throws PipelineError `MALFORMED_FILE` when the text is incomplete. */
  end(): void {
    if (this.#inRecord()) throw this.#malformed(`the file ends inside row ${this.#records + 1}`);
    if (this.#mode === 'array' || this.#mode === 'tail')
      throw this.#malformed('the file ends before the list is closed');
  }

  /** Nesting depth of the records: 0 for a sequence, 1 inside `[`, 2 inside `{ "rows": [`. */
  #recordDepth = 0;

  #inRecord(): boolean {
    return this.#mode !== 'tail' && this.#depth > this.#recordDepth;
  }

  /** Handles a character outside a record. @returns true when a record begins with it. */
  #between(character: string): boolean {
    if (SPACE.test(character)) return false;
    if (this.#mode === 'tail') return this.#closeEnvelope(character);
    if (this.#mode === 'start' && character === '[') {
      this.#mode = 'array';
      this.#depth = this.#recordDepth = 1;
      return false;
    }
    if (this.#mode === 'array' && character !== '{') return this.#separator(character);
    if (this.#mode === 'end' || character !== '{' || this.#needsComma)
      throw this.#malformed(`found "${character}" before row ${this.#records + 1}, wanted an object`);
    if (this.#mode === 'start') this.#mode = 'lines';
    this.#depth += 1;
    this.#startLine = this.#line;
    return true;
  }

  #separator(character: string): false {
    if (character === ',' && this.#needsComma) this.#needsComma = false;
    else if (character === ']' && (this.#needsComma || this.#records === 0)) this.#leaveArray();
    else throw this.#malformed(`found "${character}" at row ${this.#records + 1}, wanted an object`);
    return false;
  }

  #leaveArray(): void {
    this.#depth -= 1;
    this.#needsComma = false;
    this.#mode = this.#depth === 0 ? 'end' : 'tail';
  }

  /** Skips other members of the object after `rows`. */
  #closeEnvelope(character: string): false {
    this.#follow(character);
    if (this.#depth === 0) this.#mode = 'end';
    return false;
  }

  #follow(character: string): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\') this.#escaped = true;
      else if (character === '"') this.#inString = false;
    } else if (character === '"') this.#inString = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
  }

  /** True at the bracket of `"rows": [` directly inside the first object. */
  #opensRows(character: string, text: string, start: number, at: number): boolean {
    if (character !== '[' || this.#mode !== 'lines' || this.#records > 0 || this.#depth !== 2 || this.#inString)
      return false;
    return /"rows"\s*:\s*$/.test(this.#pending + text.slice(start, at));
  }

  #enterRows(): void {
    this.#mode = 'array';
    this.#recordDepth = 2;
    this.#pending = '';
  }

  #keep(text: string): void {
    this.#pending += text;
    if (this.#pending.length <= this.#limit) return;
    const place = { file: this.#file, row: this.#records + 1, line: this.#startLine };
    throw errorAt('FILE_TOO_LARGE', place, `the record is longer than ${this.#limit} characters`);
  }

  #finish(rest: string): JsonRecordText {
    this.#keep(rest);
    const text = this.#pending;
    this.#pending = '';
    this.#records += 1;
    this.#needsComma = this.#mode === 'array';
    return { text, line: this.#startLine };
  }

  #malformed(finding: string): Error {
    return errorAt('MALFORMED_FILE', { file: this.#file, line: this.#line }, finding);
  }
}
