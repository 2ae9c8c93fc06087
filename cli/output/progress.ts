import type { Paint, TerminalVariables } from './paint.js';
import { createPaint, printable, wantsColour } from './paint.js';
import { cutText, textWidth } from './text-width.js';

/** Where progress goes: standard error, so that standard output holds the result only. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Lines, or a function that lays them out for so many columns; null off a terminal, where any width will do. */
export type ProgressBlock = readonly string[] | ((columns: number | null) => readonly string[]);

/** A block of lines that changes while a command waits. */
export interface ProgressView {
  /** True on a terminal that rewrites the block; elsewhere it becomes a log. */
  readonly live: boolean;
  readonly paint: Paint;
  /** Shows the block in place of the former one; off a terminal only lines not shown before are printed. */
  update(block: ProgressBlock): void;
  /** Leaves the last lines standing, with the cursor below them. */
  done(): void;
}

/** False for a terminal that cannot move the cursor, and in CI, where a log keeps every frame. */
const movesCursor = ({ isTTY }: ProgressStream, { TERM, CI = '' }: TerminalVariables): boolean =>
  isTTY === true && TERM !== 'dumb' && ['', 'false', '0'].includes(CI);

/** Rewrites its block on a terminal that can; elsewhere each new line is printed once. */
export const createProgress = (stream: ProgressStream, variables: TerminalVariables = {}): ProgressView =>
  movesCursor(stream, variables)
    ? liveProgress(stream, createPaint(wantsColour(true, variables)))
    : plainProgress(stream);

const linesOf = (block: ProgressBlock, columns: number | null): readonly string[] =>
  typeof block === 'function' ? block(columns) : block;

const CURSOR_UP = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`);
const ERASE_REST_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
const HOME = '\u001b[H';
/** Characters beyond the last column are dropped, also those whose width the terminal and we see differently. */
const withoutWrapping = (text: string): string => `\u001b[?7l${text}\u001b[?7h`;

/** A window that is dragged reports many sizes. */
const RESIZE_PAUSE_MS = 100;

interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** One column stays free: terminals differ in where the cursor is after the last one. */
function fitting(block: ProgressBlock, { columns, rows }: Screen): readonly string[] {
  const width = Math.max(columns - 1, 1);
  const lines = linesOf(block, width).map(printable);
  const most = Math.max(rows - 1, 1);
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more`];
  return shown.map((line) => (textWidth(line) <= width ? line : cutText(withoutColour(line), width)));
}

const withoutColour = (line: string): string => line.replace(/\u001b\[[\d;]*m/g, '');

function liveProgress(stream: ProgressStream, paint: Paint): ProgressView {
  let shown: readonly string[] = [];
  let last: ProgressBlock = [];
  let resizing: NodeJS.Timeout | undefined;
  // A terminal that does not know its size says 0.
  const screen = (): Screen => ({ columns: stream.columns || 80, rows: stream.rows || 24 });

  const draw = (): void => {
    const { columns, rows } = screen();
    const lines = fitting(last, { columns, rows });
    const frame = lines.map((line) => `${line}${ERASE_REST_OF_LINE}\n`).join('') + ERASE_BELOW;
    stream.write(withoutWrapping(`${startOfBlock(shown, { columns, rows })}\r${frame}`));
    shown = lines;
  };
  const onResize = (): void => {
    clearTimeout(resizing);
    resizing = setTimeout(draw, RESIZE_PAUSE_MS).unref();
  };
  return {
    live: true,
    paint,
    update(block) {
      stream.off?.('resize', onResize);
      stream.on?.('resize', onResize);
      last = block;
      draw();
    },
    done() {
      clearTimeout(resizing);
      stream.off?.('resize', onResize);
      if (shown.length > 0) stream.write(`\r${ERASE_BELOW}`); // such as the ^C that the terminal has shown
      shown = [];
    },
  };
}

/**
 * Moves the cursor to where the block begins. When the window has become narrower than the block, some terminals have
 * broken its lines and others have not, and when it has become lower its first lines may be out of reach: then
 * everything is scrolled away, so that nothing is lost or overwritten, and the block begins at the top.
 */
function startOfBlock(shown: readonly string[], { columns, rows }: Screen): string {
  const whole = shown.length < rows && shown.every((line) => textWidth(line) <= columns);
  return whole ? CURSOR_UP(shown.length) : '\n'.repeat(rows) + HOME;
}

/** A line without the width of its columns: a change of the width alone is not printed again. */
const withoutPadding = (line: string): string => line.replace(/\s+/g, ' ');

function plainProgress(stream: ProgressStream): ProgressView {
  let last = new Set<string>();
  return {
    live: false,
    paint: createPaint(false),
    update(block) {
      const lines = linesOf(block, null);
      for (const line of lines) if (!last.has(withoutPadding(line))) stream.write(`${printable(line)}\n`);
      last = new Set(lines.map(withoutPadding));
    },
    done() {
      last = new Set();
    },
  };
}
