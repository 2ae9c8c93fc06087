import type { Paint, TerminalVariables } from './paint.js';
import { createPaint, printable, wantsColour } from './paint.js';
import type { ProgressStream, ProgressView } from './progress.js';
import { createProgress } from './progress.js';
import type { HumanTable } from './table.js';
import { renderTable } from './table.js';
import { visibleJson } from './visible.js';

/**
 * Output of a command: results on standard output, everything else on standard error. Control characters in what is
 * printed, line feeds included, are made visible here, whatever a view passes on.
 */
export interface Output {
  /** True with `--json`: standard output holds exactly one JSON document. */
  readonly json: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
  /** The command's result: the value as JSON with `--json`, else what `print` prints. Call it once. */
  readonly result: (value: unknown, print: () => void) => void;
  /** One line for people on standard output; silent with `--json`. */
  readonly line: (text?: string) => void;
  /** A table for people on standard output; silent with `--json`. */
  readonly table: (table: HumanTable) => void;
  /** A line on standard error. */
  readonly notice: (text: string) => void;
  /** Progress on standard error. */
  readonly progress: () => ProgressView;
  /** Help on standard output, with its line feeds, also with `--json`. */
  readonly help: (text: string) => void;
}

export interface OutputStreams {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Variables of the environment. */
  readonly terminal: TerminalVariables;
  /** Writes the commands in a text so that they work when typed. @default they stay as they are */
  readonly asTyped?: (text: string) => string;
}

/** JSON has neither NaN nor infinities; null would say that there is no value. */
const nonFiniteAsText = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Binds an Output to two streams. */
export function createOutput({ stdout, stderr }: OutputStreams, options: OutputOptions): Output {
  const { asTyped: typed = (text: string): string => text } = options;
  const line = (text = ''): void => {
    if (!options.json) stdout.write(`${printable(typed(text))}\n`);
  };
  const width = stdout.isTTY === true && stdout.columns ? { width: stdout.columns } : {};
  return {
    json: options.json,
    verbose: options.verbose,
    paint: createPaint(wantsColour(stdout.isTTY === true && !options.json, options.terminal)),
    result(value, print) {
      if (options.json) stdout.write(`${visibleJson(JSON.stringify(value, nonFiniteAsText, 2))}\n`);
      else print();
    },
    line,
    table({ rows, ...layout }) {
      const cells = rows.map((row) => row.map(typed));
      if (!options.json) stdout.write(`${renderTable({ ...width, ...layout, rows: cells })}\n`);
    },
    notice: (text) => void stderr.write(`${printable(typed(text))}\n`),
    progress: () => createProgress(stderr, options.terminal),
    help: (text) => void stdout.write(typed(text)),
  };
}
