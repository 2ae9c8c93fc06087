import { printable } from './paint.js';

/** Where progress goes: standard error, so that standard output holds the result only. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A block of lines that changes while a command waits. */
export interface ProgressView {
  /** Shows these lines in place of the former ones; off a terminal only lines not shown before are printed. */
  update(lines: readonly string[]): void;
  /** Leaves the last lines standing. */
  done(): void;
}

/** Rewrites its block on a terminal; elsewhere each new line is printed once. */
export const createProgress = (stream: ProgressStream): ProgressView =>
  stream.isTTY === true ? liveProgress(stream) : plainProgress(stream);

function liveProgress(stream: ProgressStream): ProgressView {
  let shown = 0;
  const clear = (): string => (shown === 0 ? '' : `\u001b[${shown}A\u001b[0J`);
  return {
    update(lines) {
      // A wrapped line would take two rows of the terminal, and the cursor goes back by counted lines.
      const fitting = lines.map((line) => printable(line).slice(0, (stream.columns ?? 80) - 1));
      stream.write(clear() + fitting.map((line) => `${line}\n`).join(''));
      shown = fitting.length;
    },
    done() {
      shown = 0;
    },
  };
}

/** A line without the width of its columns: a change of the width alone is not printed again. */
const withoutPadding = (line: string): string => line.replace(/\s+/g, ' ');

function plainProgress(stream: ProgressStream): ProgressView {
  let last = new Set<string>();
  return {
    update(lines) {
      for (const line of lines) if (!last.has(withoutPadding(line))) stream.write(`${printable(line)}\n`);
      last = new Set(lines.map(withoutPadding));
    },
    done() {
      last = new Set();
    },
  };
}
