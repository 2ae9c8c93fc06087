const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** East Asian and pictographic characters, as far as the tests use them. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60]|\p{Extended_Pictographic}/u;

interface Row {
  /** One entry a column; the second column of a wide character is empty. */
  cells: string[];
  /** True when the text goes on in the next row because this one was full. */
  wrapped: boolean;
}

/** How a window is resized: with lines broken anew, as in most terminals, or cut, as in xterm and the Linux console. */
export type ResizeKind = 'reflow' | 'cut';

/**
 * A terminal in memory: printable text, CR, LF, wrapping at the last column, and the sequences for moving the cursor up
 * or home and erasing that the program uses. Colours are ignored.
 */
export class VirtualTerminal {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Scrolled-off rows and the screen. */
  #buffer: Row[] = [{ cells: [], wrapped: false }];
  /** Row of the buffer that is the first on the screen. */
  #top = 0;
  #row = 0;
  #column = 0;
  #wraps = true;
  readonly #listeners = new Set<() => void>();

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Rows on the screen, without blanks at their ends and without empty rows at the end. */
  screen(): string[] {
    return textOf(this.#buffer.slice(this.#top));
  }

  /** Everything that was ever shown and not erased, scrolled-off rows included. */
  everything(): string[] {
    return textOf(this.#buffer);
  }

  /** Column of the cursor and its row on the screen, from 0. */
  cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row - this.#top, column: this.#column };
  }

  write(text: string): boolean {
    for (const [piece] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+|\u001b/g)) this.#take(piece);
    return true;
  }

  resize(columns: number, rows: number, kind: ResizeKind): void {
    if (kind === 'reflow') this.#reflow(columns);
    else for (const row of this.#buffer) row.cells.length = Math.min(row.cells.length, columns);
    [this.columns, this.rows] = [columns, rows];
    this.#column = Math.min(this.#column, columns - 1);
    while (this.#buffer.length > this.#row + 1 && this.#buffer.at(-1)!.cells.length === 0) this.#buffer.pop();
    this.#top = Math.max(0, this.#row - rows + 1, Math.min(this.#top, this.#buffer.length - rows));
    for (const listener of this.#listeners) listener();
  }

  #take(piece: string): void {
    if (piece === '\r') this.#column = 0;
    else if (piece === '\n') this.#lineFeed();
    else if (piece.startsWith('\u001b')) this.#control(piece);
    else for (const { segment } of graphemes.segment(piece)) this.#put(segment);
  }

  /** Also returns to the first column, as the driver of a terminal does. */
  #lineFeed(): void {
    this.#row += 1;
    this.#column = 0;
    if (this.#row === this.#buffer.length) this.#buffer.push({ cells: [], wrapped: false });
    this.#top = Math.max(this.#top, this.#row - this.rows + 1);
  }

  #control(sequence: string): void {
    const { parameter, letter } = /^\u001b\[(?<parameter>[?\d;]*)(?<letter>[A-Za-z])$/.exec(sequence)!.groups!;
    const cells = this.#buffer[this.#row]!.cells;
    if (letter === 'A') this.#row = Math.max(this.#top, this.#row - Number(parameter));
    else if (letter === 'H') [this.#row, this.#column] = [this.#top, 0];
    else if (letter === 'K') cells.length = Math.min(cells.length, this.#column);
    else if (letter === 'J') {
      cells.length = Math.min(cells.length, this.#column);
      this.#buffer.length = this.#row + 1;
    } else if (parameter === '?7') this.#wraps = letter === 'h';
    else if (letter !== 'm') throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
  }

  #put(character: string): void {
    const width = wide.test(character) ? 2 : 1;
    if (this.#column + width > this.columns) {
      if (!this.#wraps) return;
      this.#buffer[this.#row]!.wrapped = true;
      this.#lineFeed();
    }
    const { cells } = this.#buffer[this.#row]!;
    while (cells.length < this.#column) cells.push(' ');
    cells.splice(this.#column, width, character, ...(width === 2 ? [''] : []));
    this.#column += width;
  }

  /** Breaks each line anew; the cursor stays in its line. */
  #reflow(columns: number): void {
    const rows: Row[] = [];
    let line: string[] = [];
    let cursor = 0;
    for (const [i, row] of this.#buffer.entries()) {
      if (i === this.#row) cursor = rows.length + Math.floor(line.length / columns);
      line.push(...row.cells);
      if (row.wrapped) continue;
      rows.push(...broken(line, columns));
      line = [];
    }
    this.#buffer = rows;
    this.#row = cursor;
    this.#top = Math.max(0, rows.length - this.rows);
  }
}

function broken(line: readonly string[], columns: number): Row[] {
  const count = Math.max(1, Math.ceil(line.length / columns));
  return Array.from({ length: count }, (_, i) => ({
    cells: line.slice(i * columns, (i + 1) * columns),
    wrapped: i < count - 1,
  }));
}

function textOf(rows: readonly Row[]): string[] {
  const texts = rows.map(({ cells }) => cells.join('').trimEnd());
  while (texts.at(-1) === '') texts.pop();
  return texts;
}
